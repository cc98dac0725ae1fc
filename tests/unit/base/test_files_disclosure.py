"""Stored files and the small-count rule."""

import pytest

from kangcheng.base import files, keys, personal
from kangcheng.base.disclosure import share, show, suppress, suppress_row


@pytest.fixture
def folder(tmp_path):
    before = files._folder
    files.use(tmp_path)
    yield tmp_path
    files.use(before)


@pytest.mark.django_db
def test_a_file_comes_back_and_damage_is_noticed(folder, system):
    one = files.store(content=b"ledger", name="../台账.xlsx", media_type="text/plain", by=system)
    two = files.store(content=b"ledger", name="b.xlsx", media_type="text/plain", by=system)
    assert files.read(one) == files.read(two) == b"ledger"
    assert one.name == "台账.xlsx" and one.size == 6
    (path,) = [path for path in folder.rglob("*") if path.is_file()]
    path.write_bytes(b"changed")
    with pytest.raises(files.FileError, match="altered"):
        files.read(one)
    path.unlink()
    with pytest.raises(files.FileError, match="missing"):
        files.read(one)


def on_disk(folder):
    (path,) = [path for path in folder.rglob("*") if path.is_file()]
    return path


@pytest.fixture
def ring(tmp_path_factory):
    """A key file of the test's own, in use until its end."""
    path = tmp_path_factory.mktemp("keys") / "data.json"
    before = personal.use(keys.key_ring(path), source=path)
    yield path
    personal.use(before)


@pytest.mark.django_db
def test_the_bytes_on_disk_are_sealed(folder, system, ring):
    one = files.store(content="病历".encode() * 9, name="a", media_type="text/plain", by=system)
    raw = on_disk(folder).read_bytes()
    assert raw.startswith(files.MARK) and "病历".encode() not in raw
    on_disk(folder).write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(files.FileError, match="altered"):
        files.read(one)


@pytest.mark.django_db
def test_old_keys_and_files_in_the_clear_are_read_until_they_are_sealed_again(folder, system, ring):
    sealed = files.store(content=b"sealed", name="a", media_type="text/plain", by=system)
    first = files._path(sealed.sha256).read_bytes()
    plain = files.store(
        content=files.MARK + b" a file of before", name="b", media_type="text/plain", by=system
    )
    files._path(plain.sha256).write_bytes(files.MARK + b" a file of before")
    personal.use(keys.rotate(ring), source=ring)
    assert files.read(sealed) == b"sealed" and files.read(plain) == files.MARK + b" a file of before"
    assert files.reseal() == 2 and files.reseal() == 0
    assert files.read(sealed) == b"sealed" and files.read(plain) == files.MARK + b" a file of before"
    assert first != files._path(sealed.sha256).read_bytes()
    other = keys.key_ring(ring.with_name("other.json"))
    personal.use(other)
    with pytest.raises(personal.KeyMissingError):
        files.read(sealed)


def test_empty_and_huge_files_are_refused(folder, system, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 3)
    for content in (b"", b"1234"):
        with pytest.raises(files.FileError, match="too large"):
            files.store(content=content, name="x", media_type="text/plain", by=system)


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (12345, "12,345")])
def test_small_counts_are_hidden(count, shown):
    assert show(suppress(count, below=5), below=5) == shown


def test_one_hidden_cell_hides_a_second():
    assert suppress_row([3, 10, 7, 0], below=5) == [None, 10, None, 0]
    assert suppress_row([3, 2, 10], below=5) == [None, None, 10]
    assert suppress_row([3, 0, 0], below=5) == [None, 0, 0]
    assert suppress_row([9, 8], below=5) == [9, 8]


def test_shares_that_give_a_small_count_away_are_hidden():
    assert share(6, 12, below=5) == (6, 12)
    assert share(2, 12, below=5) is None and share(11, 12, below=5) is None and share(0, 0, below=5) is None
    assert share(0, 12, below=5) == (0, 12)
