"""The fund at a glance: from the ledger where money is asked, from settlements where levels and people are."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from kangcheng.funds.entitlements.models import EntitlementUse
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.ledger.models import Posting
from kangcheng.funds.overview.types import LevelRow, Month, Overview, WaivedRow
from kangcheng.funds.settlement.models import Settlement
from kangcheng.funds.settlement.types import LIVE


def overview(*, since: date, on: date) -> Overview:
    """Income, outlay, waived and patients' money of a span of days."""
    live = Settlement.objects.filter(state__in=LIVE, settled_on__gte=since, settled_on__lte=on)
    counted = live.aggregate(
        claims=Count("pk"), people=Count("person_id", distinct=True), accounts=Sum("accounts", default=0),
        cash=Sum("cash", default=0),
    )  # fmt: skip
    return Overview(
        since,
        on,
        {name: -fen for name, fen in _named("financing", since, on).items()},
        _outlay(since, on),
        _named("waived", since, on),
        sum(_named("borne", since, on).values()),
        counted["cash"],
        counted["accounts"],
        counted["claims"],
        counted["people"],
    )


def by_month(*, since: date, on: date) -> list[Month]:
    """Income and outlay by payer for every month that the ledger knows in the span."""
    rows = (
        Posting.objects.filter(
            happened_on__gte=since, happened_on__lte=on, account__regex="^(fund|allowance|financing):"
        )
        .annotate(month=TruncMonth("happened_on"))
        .values_list("month", "account")
        .annotate(fen=Sum("amount"))
    )
    claims = dict(
        Settlement.objects.filter(state__in=LIVE, settled_on__gte=since, settled_on__lte=on)
        .annotate(month=TruncMonth("settled_on"))
        .values_list("month")
        .annotate(number=Count("pk"))
    )
    income: dict[date, int] = {}
    outlay: dict[date, dict[str, int]] = {}
    for month, account, fen in rows:
        family, _, name = account.partition(":")
        if family == "financing":
            income[month] = income.get(month, 0) - fen
        else:
            paid = outlay.setdefault(month, {})
            paid[name] = paid.get(name, 0) + fen
    months = sorted({*income, *outlay, *claims})
    return [
        Month(month, income.get(month, 0), outlay.get(month, {}), claims.get(month, 0)) for month in months
    ]


def by_level(*, since: date, on: date) -> list[LevelRow]:
    """Live settlements by level of the institution and setting."""
    rows = (
        Settlement.objects.filter(state__in=LIVE, settled_on__gte=since, settled_on__lte=on)
        .values_list("level", "setting")
        .annotate(number=Count("pk"), bill=Sum("total"), paid=Sum("fund"), own=Sum("cash"))
        .order_by("level", "setting")
    )
    return [LevelRow(*row) for row in rows]


def by_institution(*, since: date, on: date, limit: int = 50) -> list[tuple[UUID, int, int]]:
    """(institution, claims, fen of all payers) of the institutions that got most."""
    rows = (
        Settlement.objects.filter(state__in=LIVE, settled_on__gte=since, settled_on__lte=on)
        .values_list("institution_id")
        .annotate(number=Count("pk"), paid=Sum("fund"))
        .order_by("-paid")
    )
    return [(row[0], row[1], row[2]) for row in rows[:limit]]


def waived(*, since: date, on: date) -> list[WaivedRow]:
    """The ledger of waived, subsidised and capped amounts by entitlement and source (uses not cancelled)."""
    rows = (
        EntitlementUse.objects.filter(cancelled_on=None, used_on__gte=since, used_on__lte=on)
        .values_list("entitlement", "kind", "source")
        .annotate(uses=Count("pk"), people=Count("person_id", distinct=True), fen=Sum("amount"))
        .order_by("kind", "-fen")
    )
    return [WaivedRow(*row) for row in rows]


def waived_rows(
    *, since: date, on: date, source: str = "", after: UUID | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Single uses, newest first by id (keyset paging by the last id shown)."""
    rows = EntitlementUse.objects.filter(used_on__gte=since, used_on__lte=on)
    if source:
        rows = rows.filter(source=source)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    names: Sequence[str] = (
        "id", "person_id", "entitlement", "kind", "source", "amount", "used_on", "settlement_id", "payout_id",
        "cancelled_on",
    )  # fmt: skip
    return list(rows.order_by("-pk").values(*names)[:limit])


def in_policy_ratio(*, since: date, on: date, setting: str = "inpatient") -> tuple[int, int]:
    """(fen paid by all payers, fen in scope) of live settlements: bill less out of scope, over limit and first pays."""
    query = """
        SELECT coalesce(sum(fund), 0), coalesce(sum(total
            - coalesce((result->'parts'->>'out_of_scope')::bigint, 0)
            - coalesce((result->'parts'->>'over_limit')::bigint, 0)
            - coalesce((result->'parts'->>'item_first_pay')::bigint, 0)
            - coalesce((result->'parts'->>'place_first_pay')::bigint, 0)), 0)
        FROM funds_settlement
        WHERE state IN ('held', 'settled') AND setting = %s AND settled_on BETWEEN %s AND %s
    """
    with connection.cursor() as sql:
        sql.execute(query, [setting, since, on])
        paid, scope = sql.fetchone()
        return int(paid), int(scope)


def _named(family: str, since: date, on: date) -> dict[str, int]:
    found = ledger.balances(family, since=since, on=on)
    return {code.partition(":")[2]: fen for code, fen in found.items()}


def _outlay(since: date, on: date) -> dict[str, int]:
    paid = _named("fund", since, on)
    for payer, fen in _named("allowance", since, on).items():
        paid[payer] = paid.get(payer, 0) + fen
    return {payer: fen for payer, fen in paid.items() if fen}
