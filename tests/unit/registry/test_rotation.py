"""New keys: nobody is lost while everything is sealed and indexed anew, nor when that is stopped half-way."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from kangcheng.base import files, keys, personal, rotation
from kangcheng.base.audit import AuditEvent
from kangcheng.gateway.machines import services as machines
from kangcheng.gateway.machines.models import Machine, MachineToken
from kangcheng.gateway.machines.selectors import caller
from kangcheng.kernel.errors import Faults
from kangcheng.kernel.ids import mask_identity
from kangcheng.registry.cards import services as cards
from kangcheng.registry.cards.types import NewCard
from kangcheng.registry.matching import candidates, facts
from kangcheng.registry.matching import services as matching
from kangcheng.registry.models import ImportRow, MatchPair, Resident, SourceRecord
from kangcheng.registry.people import selectors, services
from kangcheng.registry.people.selectors.search import Wanted
from tests.unit.registry.conftest import identity
from tests.unit.registry.matching.conftest import limits, send

__all__ = ["limits", "send"]
pytestmark = pytest.mark.django_db
PHONE, CARD = "13800001234", "E1500001"


@pytest.fixture
def path(tmp_path, monkeypatch):
    """The key file of a city; its ring is in use."""
    file = tmp_path / "data.json"
    monkeypatch.setattr(files, "_folder", tmp_path / "files")
    before = personal.use(keys.key_ring(file), source=file)
    yield file
    personal.use(before)


@pytest.fixture
def people(path, someone, system, today):
    """Three residents with phone and card, one of them with a history."""
    ids = [someone(n, phone=f"{PHONE[:-1]}{n}") for n in (1, 2, 3)]
    for n, person in enumerate(ids, 1):
        cards.issue(new=NewCard(person, "evoucher", f"{CARD}{n}", today), by=system, on=today)
    services.update(person_id=ids[0], by=system, on=today, why="改名", name="测试改名")
    return ids


def run(path, system, today):
    rotation.begin(path, wait=0)
    done = rotation.renew(batch=2)
    matching.renew_digests(batch=1)
    rotation.finish(path, by=system, on=today, done=done)
    return done


def all_found(ids, today):
    for n, person in enumerate(ids, 1):
        assert selectors.find_by_identity(identity(n)).id == person
        assert selectors.find(by="evoucher", value=f"{CARD}{n}", on=today)[0].id == person
        for text in (identity(n), mask_identity(identity(n)), f"{PHONE[:-1]}{n}"):
            found = selectors.search(Wanted(text), on=today, within=models.Q())
            assert person in [one.id for one in found], text


def test_everybody_is_found_before_while_and_after(people, path, system, today):
    old = keys.key_ring(path)
    rotation.begin(path, wait=0)
    all_found(people, today)
    assert rotation.reindex(Resident, batch=2) == 3
    all_found(people, today)  # cards still with the earlier key
    done = rotation.renew(batch=2)
    assert done.rows >= 4 and rotation.renew() == rotation.Rotated(0, 0, 0)
    rotation.finish(path, by=system, on=today, done=done)
    all_found(people, today)
    ring = keys.key_ring(path)
    assert not ring.rotating and set(ring.retired) == set(old.index) and not set(ring.index) & set(old.index)
    personal.use(replace(ring, retired={}))  # without the old key, histories included
    all_found(people, today)
    past = Resident.pgh_event_model.objects.get(pgh_obj_id=people[0])
    assert bytes(past.identity_index) == personal.blind_index(identity(1), "identity-number")
    assert Resident.pgh_event_model.objects.count() == 1, "a rotation writes no history"
    assert AuditEvent.objects.get(action="keys.rotate").detail["rows"] == done.rows


def test_a_rotation_that_was_stopped_is_gone_on_with(people, path, system, today, monkeypatch):
    write, left = rotation._write, [1]

    def stops(model, columns, rows):
        if not left:
            raise KeyboardInterrupt
        left.pop()
        write(model, columns, rows)

    rotation.begin(path, wait=0)
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(rotation, "_write", stops)
        rotation.reindex(Resident, batch=2)
    half = keys.key_ring(path)
    assert half.rotating
    all_found(people, today)
    run(path, system, today)
    whole = keys.key_ring(path)
    assert whole.current == half.current and next(iter(whole.index)) == next(iter(half.index))
    all_found(people, today)


def test_while_a_rotation_runs_a_number_and_a_card_still_belong_to_one_person(
    people, path, someone, system, today
):
    rotation.begin(path, wait=0)
    with pytest.raises(Faults, match="已登记"):
        someone(2)
    other = someone(4)
    with pytest.raises(Faults):
        services.update(person_id=other, by=system, on=today, why="改号", identity=identity(3))
    with pytest.raises(Faults):
        cards.issue(new=NewCard(other, "evoucher", f"{CARD}1", today), by=system, on=today)
    assert Resident.objects.count() == 4


def test_decisions_and_records_are_remembered(people, path, send, system, today):
    home = {"name": "张小明", "identity": "", "phone": f"{PHONE[:-1]}9"}
    first = send("h1", "001", **home)
    number = matching.sender_number("h2", identity(1))
    kept = send("h2", number, identity=identity(1), name="测试改名")
    pair = MatchPair.objects.create(
        record_id=first.record_id, person_id=people[1], state="different", weight=1, weights="w", asked_on=today,
        facts_index=facts.digest(*_both(first.record_id, people[1])),
    )  # fmt: skip
    rotation.begin(path, wait=0)
    assert not send("h1", "001", **home).changed
    assert matching.sender_number("h2", identity(1)) != number
    assert not send(
        "h2", matching.sender_number("h2", identity(1)), identity=identity(1), name="测试改名"
    ).changed
    run(path, system, today)
    assert not send("h1", "001", **home).changed
    assert SourceRecord.objects.filter(system="h2").count() == 1 and kept.person_id == people[0]
    pair.refresh_from_db()
    assert facts.same(pair.facts_index, *_both(first.record_id, people[1]))


def _both(record_id, person_id):
    row = SourceRecord.objects.get(pk=record_id)
    return candidates.record_traits(row), candidates.traits_of([person_id])[person_id]


def test_a_token_holds_on_and_is_named(people, path, system, today):
    machine = Machine.objects.create(
        code="emr", title="市医院", scopes="system/*.rs", made_by=system.user_id, valid_from=today
    )
    MachineToken.objects.create(
        machine=machine, mark=machines.mark_of("secret"), made_by=system.user_id,
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    issued = timezone.now()
    run(path, system, today)
    run(path, system, today)
    assert caller("secret", "treatment", today) and not caller("other", "treatment", today)
    assert machines.older_than(issued) == ["emr"]


def test_a_database_of_before_the_rotation_is_found_again(people, path, system, today):
    personal.mark_keys()
    marks = list(personal.KeyMark.objects.values("name", "mark"))
    with connection.cursor() as sql:
        sql.execute("CREATE TEMPORARY TABLE kept AS SELECT id, identity_index, phone_index, identity_masked_index "
                    "FROM registry_resident")  # fmt: skip
    run(path, system, today)
    assert rotation.take_up_again(path) == set()
    with connection.cursor() as sql:  # as a restore brings it back
        sql.execute(
            "UPDATE registry_resident r SET identity_index = k.identity_index, phone_index = k.phone_index, "
            "identity_masked_index = k.identity_masked_index FROM kept k WHERE k.id = r.id"
        )
    personal.KeyMark.objects.all().delete()
    personal.KeyMark.objects.bulk_create(personal.KeyMark(**mark) for mark in marks)
    assert selectors.find_by_identity(identity(1)) is None and personal.foreign_keys() == []
    assert len(rotation.take_up_again(path)) == 1
    all_found(people, today)
    run(path, system, today)
    all_found(people, today)
    assert not keys.key_ring(path).rotating


def test_a_key_file_of_before_index_keys_had_ids_is_read(path):
    import base64
    import json

    raw = json.loads(path.read_text())
    (key,) = raw["index"].values()
    path.write_text(json.dumps({"current": raw["current"], "seal": raw["seal"], "index": key}))
    ring = keys.key_ring(path)
    assert list(ring.index.values()) == [base64.b64decode(key)] and keys.key_ring(path) == ring
    personal.use(ring, source=path)
    mark = personal._mac(base64.b64decode(key), b"key-mark\x00mark")
    personal.KeyMark.objects.create(name="index", mark=mark)
    personal.mark_keys()
    assert personal.foreign_keys() == []
    keys.rotate(path)
    assert next(iter(ring.index)) in keys.key_ring(path).index


def test_every_index_column_is_made_anew():
    """A new index nobody told the rotation of would find nobody after it."""
    digests = {(SourceRecord, "facts_index"), (MatchPair, "facts_index")}
    columns = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and field.name.endswith("_index") and not hasattr(model, "pgh_tracked_model")
    }  # fmt: skip
    assert columns - digests == {(model, name) for model in rotation.indexed() for name in rotation.blind(model)
                                 if not hasattr(model, "pgh_tracked_model")}  # fmt: skip
    assert ImportRow in rotation.indexed() and Resident.pgh_event_model in rotation.indexed()
