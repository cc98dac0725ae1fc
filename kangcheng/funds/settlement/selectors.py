"""Questions about settlements: one with its explanation, lists with filters and paging, a person's accumulators, chains."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from kangcheng.funds.engine import reference
from kangcheng.funds.settlement import chain, claims, results
from kangcheng.funds.settlement.answers import answer_of, by_id, stack_of
from kangcheng.funds.settlement.models import Accumulator, Balance, Pool, Settlement
from kangcheng.funds.settlement.rework import chain_effect
from kangcheng.funds.settlement.types import LIVE, Answer, SettlementError

__all__ = [
    "Filters", "Page", "Row", "accumulators", "balances", "by_id", "by_number", "chain_effect", "explained", "find",
    "history", "listed", "live_of", "pools", "replay", "total_of",
]  # fmt: skip

replay = chain.replay

SORTS = {"settled_on": "settled_on", "total": "total", "cash": "cash", "fund": "fund", "number": "number"}
_LISTED = (
    "pk", "number", "settled_on", "discharged_on", "person_id", "institution_id", "bill_id", "level", "scheme", "setting",
    "state", "total", "fund", "accounts", "waived", "institution_borne", "cash", "payers",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What a list shows; None or empty means all. Days inside."""

    since: date | None = None
    on: date | None = None
    institution_ids: tuple[UUID, ...] | None = None
    area: str = ""  # area code of the institution, as a prefix
    person_id: UUID | None = None
    scheme: str = ""
    setting: str = ""
    level: str = ""
    payer: str = ""  # only settlements to which this payer paid something
    states: tuple[str, ...] = ()
    number: int | None = None
    least_total: int | None = None


@dataclass(frozen=True)
class Row:
    """One settlement in a list. Amounts in fen."""

    id: UUID
    number: int
    settled_on: date
    discharged_on: date
    person_id: UUID
    institution_id: UUID
    bill_id: UUID | None
    level: str
    scheme: str
    setting: str
    state: str
    total: int
    fund: int
    accounts: int
    waived: int
    institution: int
    cash: int
    payers: dict[str, int]


@dataclass(frozen=True)
class Page:
    """Rows of a page; `after` of the next page, None at the end."""

    rows: tuple[Row, ...]
    after: str | None = field(default=None)


def listed(filters: Filters, *, sort: str = "-settled_on", after: str | None = None, limit: int = 50) -> Page:
    """A page of settlements. `sort` is a name of SORTS, "-" before it for descending; `after` comes from the page before."""
    name, down = sort.lstrip("-"), sort.startswith("-")
    if name not in SORTS:
        raise SettlementError(
            f"不能按 {name!r} 排序 (unknown sort)", where="sort", todo=f"可为 {'、'.join(SORTS)}"
        )
    rows = Settlement.objects.filter(_asked(filters))
    if after:
        rows = rows.filter(_beyond(name, down, after))
    mark = "-" if down else ""
    found = list(rows.order_by(f"{mark}{name}", f"{mark}number").values_list(*_LISTED)[: limit + 1])
    shown = tuple(Row(*row) for row in found[:limit])
    if len(found) <= limit:
        return Page(shown)
    last = shown[-1]
    return Page(shown, f"{getattr(last, name)}~{last.number}")


def total_of(filters: Filters) -> int:
    """How many settlements the filters let through."""
    return Settlement.objects.filter(_asked(filters)).count()


def history(
    person_ids: Iterable[UUID], *, institution_ids: Iterable[UUID] | None = None, limit: int = 50
) -> tuple[Row, ...]:
    """A person's settlements (at some institutions), newest first; give all ids of a merged person."""
    rows = Settlement.objects.filter(person_id__in=list(person_ids)).order_by("-settled_on", "-number")
    if institution_ids is not None:
        rows = rows.filter(institution_id__in=list(institution_ids))
    return tuple(Row(*row) for row in rows.values_list(*_LISTED)[:limit])


def find(*, bill_id: UUID) -> Answer | None:
    """The live settlement of a bill, None without one."""
    live = live_of(bill_id)
    return by_id(live) if live else None


def by_number(number: int) -> Answer | None:
    """The settlement with this number."""
    found = Settlement.objects.filter(number=number).values_list("pk", flat=True).first()
    return by_id(found) if found else None


def live_of(bill_id: UUID) -> UUID | None:
    """Id of the live settlement of a bill."""
    return Settlement.objects.filter(bill_id=bill_id, state__in=LIVE).values_list("pk", flat=True).first()


def explained(settlement_id: UUID) -> Answer:
    """One settlement with its explanation. One that was loaded in bulk is run again from what was before it."""
    row = Settlement.objects.filter(pk=settlement_id).first()
    if row is None:
        raise SettlementError("没有这笔结算 (no such settlement)", where=f"settlement:{settlement_id}")
    stack = stack_of(row)
    answer = answer_of(row, stack)
    if answer.reasons is not None:
        return answer
    state = chain.state_before([row, *chain.later_than(row)]) if row.state in LIVE else reference.State()
    result = reference.settle(stack, claims.from_json(row.claim), state, explain=True)
    layers = results.layers(results.to_json(result)["layers"], results.titles_of(stack))
    return replace(
        answer, reasons=results.reasons(results.reasons_json(result)), layers=answer.layers or layers
    )


def accumulators(owner_ids: Iterable[UUID], *, year: int | None = None) -> list[dict[str, Any]]:
    """Running figures of a person or household: name, period, scope, scheme, value; of one year when given."""
    rows = Accumulator.objects.filter(owner_id__in=list(owner_ids)).exclude(value=0)
    if year is not None:
        rows = rows.filter(Q(period__startswith=f"year:{year}-") | Q(period="life"))
    names = ("owner_id", "name", "period", "scope", "scheme", "value")
    return [dict(row) for row in rows.order_by("period", "name").values(*names)]


def balances(owner_ids: Iterable[UUID]) -> dict[str, int]:
    """Account name -> fen of a person and the household together."""
    found: dict[str, int] = {}
    for name, amount in Balance.objects.filter(owner_id__in=list(owner_ids)).values_list("name", "amount"):
        found[name] = found.get(name, 0) + amount
    return found


def pools() -> list[dict[str, Any]]:
    """Pots and quotas: name, size and used, in fen or cases."""
    return [dict(row) for row in Pool.objects.order_by("name").values("name", "size", "used")]


def _asked(filters: Filters) -> Q:
    asked = Q()
    exact: dict[str, Any] = {
        "person_id": filters.person_id, "scheme": filters.scheme, "setting": filters.setting, "level": filters.level,
        "number": filters.number,
    }  # fmt: skip
    for name, value in exact.items():
        if value not in (None, ""):
            asked &= Q(**{name: value})
    if filters.since is not None:
        asked &= Q(settled_on__gte=filters.since)
    if filters.on is not None:
        asked &= Q(settled_on__lte=filters.on)
    if filters.institution_ids is not None:
        asked &= Q(institution_id__in=filters.institution_ids)
    if filters.area:
        asked &= Q(area_code__startswith=filters.area)
    if filters.payer:
        asked &= Q(payers__has_key=filters.payer)
    if filters.states:
        asked &= Q(state__in=filters.states)
    if filters.least_total is not None:
        asked &= Q(total__gte=filters.least_total)
    return asked


def _beyond(name: str, down: bool, after: str) -> Q:
    """Rows after the last one shown, by the sorted value and then the number."""
    try:
        text, number = after.rsplit("~", 1)
        value: Any = date.fromisoformat(text) if name == "settled_on" else int(text)
        last = int(number)
    except ValueError as error:
        raise SettlementError(
            "翻页标记无效 (bad page mark)", where="after", todo="从第一页重新开始"
        ) from error
    step = "lt" if down else "gt"
    return Q(**{f"{name}__{step}": value}) | Q(**{name: value, f"number__{step}": last})
