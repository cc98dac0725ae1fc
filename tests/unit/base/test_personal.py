"""Sealed values open only with their key, in their column, unchanged."""

import os

import pytest

from kangcheng.base import keys, personal

NUMBER = "11010519491231002X"


@pytest.fixture
def ring(tmp_path):
    ring = keys.key_ring(tmp_path / "data.json")
    before = personal.use(ring)
    yield ring
    personal.use(before)


def test_seal_opens_again_and_never_repeats(ring):
    one, two = personal.seal(NUMBER, "identity"), personal.seal(NUMBER, "identity")
    assert one != two and NUMBER.encode() not in one
    assert personal.unseal(one, "identity") == personal.unseal(two, "identity") == NUMBER
    assert personal.unseal(personal.seal("", "phone"), "phone") == ""


def test_a_value_in_the_wrong_column_does_not_open(ring):
    with pytest.raises(personal.SealError, match="misplaced"):
        personal.unseal(personal.seal(NUMBER, "identity"), "phone")


def test_every_flipped_byte_is_noticed(ring):
    sealed = personal.seal(NUMBER, "identity")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(personal.SealError):
            personal.unseal(changed, "identity")


def test_rotation_keeps_old_values_readable_and_seals_new_ones_anew(ring, tmp_path):
    old = personal.seal(NUMBER, "identity")
    index = personal.blind_index(NUMBER, "identity")
    new_ring = keys.rotate(tmp_path / "data.json")
    personal.use(new_ring)
    assert personal.unseal(old, "identity") == NUMBER
    assert personal.seal(NUMBER, "identity")[personal.KEY_ID] != old[personal.KEY_ID]
    assert personal.blind_index(NUMBER, "identity") not in (index, None)
    assert personal.blind_indexes(NUMBER, "identity") == [personal.blind_index(NUMBER, "identity"), index]
    assert keys.rotate(tmp_path / "data.json") == new_ring  # gone on with, not begun again
    personal.use(keys.retire(tmp_path / "data.json"))
    assert index not in personal.blind_indexes(NUMBER, "identity")
    assert index in personal.blind_indexes(NUMBER, "identity", retired=True)
    assert keys.rotate(tmp_path / "data.json").current != new_ring.current


def test_a_key_added_by_another_process_is_found(ring, tmp_path):
    file = tmp_path / "data.json"
    personal.use(ring, source=file)
    rotated = keys.rotate(file)
    personal.use(rotated)
    sealed = personal.seal(NUMBER, "identity")
    personal.use(ring, source=file)
    os.utime(file, ns=(1, 1))  # changed since it was read
    assert personal.unseal(sealed, "identity") == NUMBER


def test_blind_index_depends_on_value_purpose_and_key(ring, tmp_path):
    index = personal.blind_index(NUMBER, "identity")
    assert len(index) == 32 and index == personal.blind_index(NUMBER, "identity")
    assert index != personal.blind_index(NUMBER, "phone") and index != personal.blind_index("1", "identity")
    personal.use(keys.key_ring(tmp_path / "other.json"))
    assert index != personal.blind_index(NUMBER, "identity")


def test_a_machine_without_the_key_says_so(ring, tmp_path):
    sealed = personal.seal(NUMBER, "identity")
    personal.use(keys.key_ring(tmp_path / "other.json"))
    with pytest.raises(personal.SealError, match="not on this machine"):
        personal.unseal(sealed, "identity")
    field = personal.SealedTextField(purpose="identity")
    shown = field.from_db_value(sealed)
    assert isinstance(shown, personal.Unreadable) and NUMBER not in shown


@pytest.mark.django_db
def test_key_marks_tell_a_foreign_database(ring, tmp_path):
    personal.mark_keys()
    assert personal.foreign_keys() == []
    personal.use(keys.key_ring(tmp_path / "other.json"))
    assert personal.foreign_keys() == [f"index-{next(iter(ring.index))}", f"seal-{ring.current}"]


def test_key_files(tmp_path):
    path = tmp_path / "keys" / "data.json"
    ring = keys.key_ring(path)
    assert keys.key_ring(path) == ring
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(keys.KeyFileError, match="missing"):
        keys.key_ring(tmp_path / "none.json", make=False)
    path.write_text('{"current": "x", "seal": {}, "index": ""}')
    with pytest.raises(keys.KeyFileError):
        keys.key_ring(path)
    path.write_text("[]")
    with pytest.raises(keys.KeyFileError):
        keys.key_ring(path)
    assert keys.text_key(tmp_path / "secret") == keys.text_key(tmp_path / "secret") != ""


@pytest.mark.django_db
def test_rotation_reseals_every_row_and_writes_no_history(ring, tmp_path):
    from kangcheng.registry.models import Resident

    assert ("Resident", "identity") in [(model.__name__, field) for model, field in personal.sealed_columns()]
    for number in (NUMBER, "110105194912310038"):
        Resident.objects.create(
            name="张三", name_pinyin="zhang san", name_initials="zs", sex="M", birth_on="1949-12-31",
            identity=number, identity_index=personal.blind_index(number, "identity-number"), area_code="150302",
        )  # fmt: skip
    new = keys.rotate(tmp_path / "data.json")
    personal.use(new)
    assert personal.reseal(Resident, "identity", batch=1) == 2
    assert personal.reseal(Resident, "identity") == 0
    personal.use(
        keys.KeyRing(new.current, {new.current: new.seal[new.current]}, new.index)
    )  # the old key is gone
    assert sorted(row.identity for row in Resident.objects.all()) == sorted([NUMBER, "110105194912310038"])
    assert not Resident.pgh_event_model.objects.exists()
