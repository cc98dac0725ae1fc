"""Questions to the ledger: balances by account, party and day; trial balance; one entry; an account's statement."""

from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q, Sum

from kangcheng.funds.ledger.models import Account, Entry, MonthClose, Posting
from kangcheng.funds.ledger.types import (
    ClosedMonth,
    EntryView,
    LedgerError,
    Line,
    TrialBalance,
    TrialRow,
    family_of,
)


def balance(account: str, *, party: UUID | None = None, on: date | None = None) -> int:
    """Debit less credit of one account up to and including `on`, fen; of one party when given."""
    asked = Q(account=account)
    if party is not None:
        asked &= Q(party=party)
    if on is not None:
        asked &= Q(happened_on__lte=on)
    return Posting.objects.filter(asked).aggregate(total=Sum("amount"))["total"] or 0


def balances(family: str, *, since: date | None = None, on: date | None = None) -> dict[str, int]:
    """Debit less credit of every account of a family (`fund`, `financing`...), moved from `since` to `on`, both inside."""
    asked = Q(account=family) | Q(account__startswith=f"{family}:")
    if since is not None:
        asked &= Q(happened_on__gte=since)
    if on is not None:
        asked &= Q(happened_on__lte=on)
    rows = Posting.objects.filter(asked).values("account").annotate(total=Sum("amount")).order_by("account")
    return {row["account"]: row["total"] for row in rows}


def party_balances(account: str, *, on: date | None = None) -> dict[UUID | None, int]:
    """Debit less credit of an account by party, zero balances left out."""
    asked = Q(account=account)
    if on is not None:
        asked &= Q(happened_on__lte=on)
    rows = Posting.objects.filter(asked).values("party").annotate(total=Sum("amount"))
    return {row["party"]: row["total"] for row in rows if row["total"]}


def trial_balance(*, on: date) -> TrialBalance:
    """Debits and credits of every account up to and including `on`."""
    rows = (
        Posting.objects.filter(happened_on__lte=on)
        .values("account")
        .annotate(
            debit=Sum("amount", filter=Q(amount__gt=0), default=0),
            credit=Sum("amount", filter=Q(amount__lt=0), default=0),
        )
        .order_by("account")
    )
    return TrialBalance(on, tuple(_trial_row(row["account"], row["debit"], -row["credit"]) for row in rows))


def unbalanced() -> list[UUID]:
    """Entries that do not balance or have fewer than two postings: always none; a test of the database itself."""
    query = """
        SELECT e.id FROM funds_entry e LEFT JOIN funds_posting p ON p.entry_id = e.id
        GROUP BY e.id HAVING coalesce(sum(p.amount), 1) <> 0 OR count(p.id) < 2
    """
    with connection.cursor() as sql:
        sql.execute(query)
        return [row[0] for row in sql.fetchall()]


def entry(entry_id: UUID) -> EntryView:
    """One entry with its lines; raises LedgerError when there is none."""
    found = Entry.objects.filter(pk=entry_id).prefetch_related("postings").first()
    if found is None:
        raise LedgerError("没有这张凭证 (no such entry)", where=str(entry_id))
    return _view(found)


def entries_of(subject: str) -> list[EntryView]:
    """All entries about one subject ("settlement:<id>"), oldest first."""
    found = Entry.objects.filter(subject=subject).order_by("number").prefetch_related("postings")
    return [_view(one) for one in found]


def entries(*, since: date, on: date, after: int = 0, limit: int = 50) -> list[EntryView]:
    """Entries of a span of days by number, `limit` of them after number `after` (keyset paging)."""
    found = Entry.objects.filter(happened_on__gte=since, happened_on__lte=on, number__gt=after)
    return [_view(one) for one in found.order_by("number").prefetch_related("postings")[:limit]]


def accounts() -> dict[str, str]:
    """Code -> kind of every account that was posted to."""
    return dict(Account.objects.order_by("code").values_list("code", "kind"))


def months_closed() -> list[date]:
    """First days of the closed months."""
    return list(MonthClose.objects.order_by("month").values_list("month", flat=True))


def month_due() -> date | None:
    """First day of the next month to close: after the last closed one, else the month of the first entry; None without entries."""
    last = MonthClose.objects.order_by("-month").values_list("month", flat=True).first()
    if last is not None:
        return date(last.year + last.month // 12, last.month % 12 + 1, 1)
    first = Entry.objects.order_by("happened_on").values_list("happened_on", flat=True).first()
    return first.replace(day=1) if first else None


def closings() -> list[ClosedMonth]:
    """Every closed month, newest first."""
    return [
        ClosedMonth(row.month, row.created_at, row.closed_by, row.debit, row.digest)
        for row in MonthClose.objects.order_by("-month")
    ]


def title(code: str) -> str:
    """Chinese name of an account: the family's title, and the payer or source after a dot."""
    name = code.partition(":")[2]
    return f"{family_of(code).title}·{name}" if name else family_of(code).title


def _trial_row(code: str, debit: int, credit: int) -> TrialRow:
    return TrialRow(code, title(code), family_of(code).kind, debit, credit)


def _view(found: Entry) -> EntryView:
    lines = tuple(Line(line.account, line.amount, line.party) for line in found.postings.all())
    return EntryView(
        found.id, found.number, found.business, found.subject, found.happened_on, found.memo, found.actor_name,
        lines, {"reverses": found.reverses_id},
    )  # fmt: skip
