"""The fund at a glance: income, outlay by payer, the trend, by level of institution; and what was waived."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from kangcheng.funds.overview import selectors
from kangcheng.funds.overview.types import LevelRow, Month, WaivedRow
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.counter.picture import payer
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.lists import Column, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.institutions import selectors as institutions

COLOURS = ["#0d6e6e", "#1d5fa8", "#7a4fa3", "#b06a00", "#2e7d4f", "#a83a5b", "#53707a", "#8f8f2a"]
WAN = 1_000_000  # fen in 万元


def span_of(request: Asking) -> tuple[date, date]:
    """The days asked for; without any, the year of the newest settlement up to it."""
    last = newest_day() or request.today
    if last.year == request.today.year:
        last = request.today
    since, on = (_day(request.GET.get(name)) for name in ("since", "on"))
    return since or date(last.year, 1, 1), on or last


def newest_day() -> date | None:
    """The day of the newest settlement, None without any."""
    found = settlements.listed(settlements.Filters(), limit=1).rows
    return found[0].settled_on if found else None


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text) if text else None
    except KangchengError:
        return None


@page("fund.look")
def fund(request: Asking) -> HttpResponse:
    """Income, outlay and balance of a span, with three pictures."""
    since, on = span_of(request)
    found = selectors.overview(since=since, on=on)
    months = selectors.by_month(since=since, on=on)
    top = selectors.by_institution(since=since, on=on, limit=10)
    names = institutions.names([row[0] for row in top])
    context = {
        "since": since,
        "on": on,
        "fund": found,
        "income": sum(found.income.values()),
        "outlay": sum(found.outlay.values()),
        "payers": [
            (code, payer(code), fen, fen / (sum(found.outlay.values()) or 1))
            for code, fen in _ranked(found.outlay)
        ],
        "sources": [(citypack.title("financing-sources", code), fen) for code, fen in _ranked(found.income)],
        "trend": trend(months),
        "levels": levels(selectors.by_level(since=since, on=on)),
        "top": [(names.get(id, "—"), count, fen) for id, count, fen in top],
    }
    return render(request, "portal/funds/fund.html", context)


def _ranked(amounts: Any) -> list[tuple[str, int]]:
    return sorted(amounts.items(), key=lambda item: -item[1])


def trend(months: list[Month]) -> dict[str, Any]:
    """Outlay by payer, stacked, with income as a line, in 万元."""
    codes = sorted({code for month in months for code in month.outlay})
    bars = [
        {
            "name": payer(code),
            "type": "bar",
            "stack": "out",
            "data": [round(m.outlay.get(code, 0) / WAN, 2) for m in months],
        }
        for code in codes
    ]
    line = {
        "name": t("收入", "income"),
        "type": "line",
        "color": "#17262b",
        "data": [round(m.income / WAN, 2) for m in months],
    }
    return {
        "color": COLOURS,
        "legend": {"top": 0, "type": "scroll"},
        "grid": {"left": 60, "right": 20, "top": 44, "bottom": 30},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [f"{m.month:%Y-%m}" for m in months]},
        "yAxis": {"type": "value"},
        "series": [*bars, line],
    }


def levels(rows: list[LevelRow]) -> dict[str, Any]:
    """What was paid at each level of institution, by setting, in 万元."""
    order = list(citypack.titles("hospital-levels"))
    names = sorted(
        {row.level for row in rows},
        key=lambda name: (name not in order, order.index(name) if name in order else name),
    )
    settings = sorted({row.setting for row in rows})
    paid = {(row.level, row.setting): row.fund for row in rows}
    return {
        "color": COLOURS,
        "legend": {"top": 0},
        "grid": {"left": 60, "right": 20, "top": 44, "bottom": 30},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [name or t("未评级", "no level") for name in names]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "name": citypack.title("settings", s),
                "type": "bar",
                "stack": "all",
                "data": [round(paid.get((n, s), 0) / WAN, 2) for n in names],
            }
            for s in settings
        ],
    }


KINDS = {
    "waive": Words("减免", "waived"),
    "subsidy": Words("补助", "subsidy"),
    "cap": Words("限价", "price cap"),
}
WAIVED = (
    Column("title", Words("项目", "Entitlement"), order="title", link=lambda r: r["url"]),
    Column("kind", Words("种类", "Kind"), order="kind"),
    Column("source", Words("资金来源", "Source"), order="source"),
    Column("uses", Words("次数", "Uses"), "number", order="uses"),
    Column("people", Words("人数", "People"), "number", order="people"),
    Column("amount", Words("金额（元）", "Yuan"), "yuan", order="amount"),
)


def _waived(row: WaivedRow) -> dict[str, Any]:
    entry = citypack.pack().entries.get(("entitlement", row.entitlement))
    return {
        "title": t(entry.title, entry.title_en) if entry else row.entitlement,
        "kind": str(KINDS.get(row.kind, row.kind)),
        "source": payer(row.source),
        "uses": row.uses,
        "people": row.people,
        "amount": row.amount,
        "url": f"/plan/entries/entitlement/{row.entitlement}/" if entry else None,
    }


@page("fund.look")
def waivers(request: Asking) -> HttpResponse:
    """The ledger of waived, subsidised and capped amounts by entitlement and funding source."""
    since, on = span_of(request)
    rows = [_waived(row) for row in selectors.waived(since=since, on=on)]
    if wants_sheet(request):
        return sheet(request, rows, WAIVED, name=t("减免与补助", "waivers"))
    context = {
        "listing": listing(request, rows, WAIVED, sort="-amount"),
        "since": since,
        "on": on,
        "total": sum(r["amount"] for r in rows),
    }
    return render(request, "portal/funds/waivers.html", context)
