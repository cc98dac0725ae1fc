"""Indicators: all of them for a month, and one with its trend, its split and its way back to the clause."""

from fractions import Fraction
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kangcheng.kernel.money import rounded, show_yuan
from kangcheng.performance.indicators.selectors import changed, computer, drawn, name_of, shifted, within
from kangcheng.performance.indicators.types import Counted, Value, show
from kangcheng.performance.tables import tables
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.performance.periods import chosen, last_day, months
from kangcheng.portal.performance.selectors import column, in_order, label
from kangcheng.portal.words import Words, t

COLUMNS = (
    Column("title", Words("指标", "Indicator"), order="title", link=lambda r: r["url"]),
    Column("shown", Words("本期", "This period"), "number"),
    Column("change", Words("比上期", "Against last"), "number"),
    Column("target", Words("目标", "Target"), "number"),
    Column("met", Words("达标", "Met"), "tag", tone=lambda r: r["tone"]),
    Column("clauses", Words("依据", "Clause"), "mono"),
)
FILTERS = (Filter("title", Words("指标", "Indicator"), "title"),)


def row(value: Value, before: Value, period: str) -> dict[str, Any]:
    """One indicator of the list."""
    met = _met(value)
    return {
        "title": t(value.indicator.title, value.indicator.title_en),
        "shown": value.shown,
        "change": changed(value, before),
        "target": _target(value),
        "met": {True: t("达标", "met"), False: t("未达标", "missed"), None: "—"}[met],
        "tone": {True: "good", False: "bad", None: ""}[met],
        "clauses": "、".join(value.indicator.clauses),
        "url": f"{reverse('portal:indicator', args=(value.indicator.id,))}?period={period}",
    }


def _target(value: Value) -> str:
    target = value.indicator.target
    return f"{target['comparator']} {target['value']}" if target else ""


def _met(value: Value) -> bool | None:
    from kangcheng.kernel.units import parse_quantity

    target = value.indicator.target
    if not target or value.number is None or target["comparator"] == "~":
        return None
    goal = parse_quantity(target["value"], value.indicator.unit)
    return {
        ">=": value.number >= goal, ">": value.number > goal, "<=": value.number <= goal,
        "<": value.number < goal, "=": value.number == goal,
    }[target["comparator"]]  # fmt: skip


@page("plan.look")
def indicators(request: Asking) -> HttpResponse:
    """Every indicator for one month, with the change and the target."""
    last = last_day()
    if last is None:
        return render(request, "portal/performance/no_lake.html")
    period = chosen(request.GET.get("period"), last)
    with computer(citypack.pack()) as computed:
        rows = [
            row(computed.value(id, period), computed.value(id, shifted(period, "previous")), name_of(period))
            for id in computed.indicators
        ]
        as_of = computed.as_of
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=FILTERS, name=f"指标{period.text}")
    context = {
        "listing": listing(request, rows, COLUMNS, filters=FILTERS, sort="title"),
        "period": name_of(period),
        "span": period,
        "periods": [(name_of(m), m.text) for m in months(last)],
        "as_of": as_of,
    }
    return render(request, "portal/performance/indicators.html", context)


@page("plan.look")
def indicator(request: Asking, id: str) -> HttpResponse:
    """One indicator: value, what it is made of, trend and split."""
    last = last_day()
    if last is None:
        return render(request, "portal/performance/no_lake.html")
    period = chosen(request.GET.get("period"), last)
    with computer(citypack.pack()) as computed:
        if id not in computed.indicators:
            raise NotFound(t("没有这个指标", "No such indicator"), where=id)
        definition = computed.indicators[id]
        by = (
            request.GET.get("by")
            if request.GET.get("by") in definition.breakdowns
            else (definition.breakdowns or [None])[0]
        )
        value = computed.value(id, period, by=(by,) if by else ())
        trend = computed.series(id, within(period, "month"))
    context = {
        "value": value,
        "before": None,
        "by": by,
        "parts": [
            {
                "key": label(by or "", key) if key else t("未注明", "not stated"),
                "shown": show(value.by[(key,)], definition),
            }
            for key in in_order(by or "", (key for (key,) in value.by))
        ],
        "trend": _trend(trend),
        "period": name_of(period),
        "periods": [(name_of(m), m.text) for m in months(last)],
        "clauses": [c for c in map(_clause, definition.clauses) if c],
        "numerator": _part(definition.numerator, value.numerator),
        "denominator": _part(definition.denominator, value.denominator),
        "splits": [(name, column(name)) for name in definition.breakdowns],
    }
    return render(request, "portal/performance/indicator.html", context)


def _part(counted: Counted | None, number: Fraction | None) -> str:
    """A numerator or denominator as people write it: money in yuan, counts with thousands."""
    if counted is None or number is None:
        return ""
    measure = counted.measure
    kinds = {c.name: c.type for c in tables(citypack.pack())[measure.table].columns}
    if measure.how == "sum" and kinds.get(measure.column) == "fen":
        return f"{show_yuan(rounded(number))} {t('元', 'yuan')}"
    return f"{rounded(number):,}"


def _clause(citation: str) -> Any:
    return next((c for key, c in citypack.pack().clauses.items() if str(key) == citation), None)


def _trend(values: list[Value]) -> dict[str, Any]:
    return {
        "grid": {"left": 70, "right": 20, "top": 20, "bottom": 30},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [v.span.text.split("年")[-1] for v in values]},
        "yAxis": {"type": "value", "scale": True},
        "series": [
            {
                "type": "line",
                "data": [drawn(v.number, v) for v in values],
                "color": "#0d6e6e",
                "areaStyle": {"opacity": 0.08},
            }
        ],
    }
