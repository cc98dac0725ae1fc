"""Stored files and the small-count rule."""

import pytest

from kangcheng.base import files
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
