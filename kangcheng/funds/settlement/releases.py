"""Rule books by release: kept in memory while in use, and in the database for ever once a settlement ran on them."""

from django.db import transaction

from kangcheng.funds.settlement.models import Release
from kangcheng.funds.settlement.rulebook import RuleBook, content_of
from kangcheng.funds.settlement.types import SettlementError
from kangcheng.kernel.ids import new_id
from kangcheng.policy.pack import Pack

MOST_IN_MEMORY = 8

_books: dict[str, RuleBook] = {}
_kept: set[str] = set()


def book_of(pack: Pack) -> RuleBook:
    """The rule book of a pack, kept between calls by the hash of its content."""
    found = _books.get(pack.release_hash)
    if found is None:
        found = _remember(RuleBook(pack.name, pack.release_hash, content_of(pack)))
    return found


def keep(book: RuleBook) -> None:
    """Store the book once, so that what is settled by it can be explained from it for ever. Free after the first time."""
    if book.release_hash in _kept:
        return
    release = Release(id=new_id(), release_hash=book.release_hash, pack=book.pack, content=book.content)
    Release.objects.bulk_create([release], ignore_conflicts=True)
    transaction.on_commit(lambda: _kept.add(book.release_hash))


def kept(release_hash: str) -> RuleBook:
    """The book of an earlier release. Raises SettlementError when it was never used here."""
    found = _books.get(release_hash)
    if found is not None:
        return found
    row = Release.objects.filter(release_hash=release_hash).first()
    if row is None:
        raise SettlementError(
            "找不到当时的政策包版本 (release not kept)",
            where=f"release {release_hash[:12]}",
            rule="每笔结算的政策包版本随结算保存",
            todo="从备份恢复 funds_release",
        )
    return _remember(RuleBook(row.pack, row.release_hash, row.content))


def _remember(book: RuleBook) -> RuleBook:
    if len(_books) >= MOST_IN_MEMORY:
        _books.pop(next(iter(_books)))
    _books[book.release_hash] = book
    return book
