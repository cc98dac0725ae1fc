"""Reports that write themselves: the list, one report with every figure linked to its indicator, and the .docx."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kangcheng.performance.indicators.selectors import name_of, newest
from kangcheng.performance.indicators.services import refresh
from kangcheng.performance.reports import services
from kangcheng.performance.reports.types import Chart
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.lists import as_file
from kangcheng.portal.performance.periods import last_day, months
from kangcheng.portal.performance.selectors import in_words
from kangcheng.portal.words import t

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COLOURS = ["#0d6e6e", "#1d5fa8", "#b06a00", "#7a4fa3", "#2e7d4f", "#a83a5b"]


@page("report.write", "plan.look")
def reports(request: Asking) -> HttpResponse:
    """Every report of the pack, with the periods it can be written for."""
    last = last_day()
    context = {
        "templates": services.templates(citypack.pack()),
        "periods": [(name_of(m), m.text) for m in months(last)] if last else [],
        "lake": newest(),
    }
    return render(request, "portal/performance/reports.html", context)


@page("report.write", "plan.look")
def report(request: Asking, name: str, period: str) -> HttpResponse:
    """One report on screen."""
    document = in_words(services.write(name=name, period=period, pack=citypack.pack()))
    charts = [_drawn(section.chart) if section.chart else None for section in document.sections]
    context = {
        "document": document,
        "sections": list(zip(document.sections, charts, strict=True)),
        "name": name,
        "period": period,
    }
    return render(request, "portal/performance/report.html", context)


@page("report.write", "plan.look")
def download(request: Asking, name: str, period: str) -> HttpResponse:
    """The same report as .docx."""
    document = in_words(services.write(name=name, period=period, pack=citypack.pack()))
    return as_file(services.as_file(document, ".docx"), f"{document.title}{document.span.text}.docx", WORD)


@page("report.write")
@require_POST
def refresh_lake(request: Asking) -> HttpResponse:
    """Bring the figures up to date."""
    done = refresh(
        by=request.actor,
        on=request.today,
        now=timezone.now(),
        why=t("页面上更新数据", "refresh from the page"),
    )
    messages.success(
        request,
        t(
            f"数据已更新，共 {sum(done.rows.values()):,} 行。",
            f"Refreshed: {sum(done.rows.values()):,} rows.",
        ),
        extra_tags="good",
    )
    return redirect("portal:reports")


def _drawn(chart: Chart) -> dict[str, Any]:
    if chart.kind == "pie":
        (_, numbers) = chart.series[0]
        data = [{"name": label, "value": number} for label, number in zip(chart.labels, numbers, strict=True)]
        return {
            "color": COLOURS,
            "tooltip": {},
            "series": [{"type": "pie", "radius": ["40%", "68%"], "data": data}],
        }
    return {
        "color": COLOURS,
        "grid": {"left": 80, "right": 20, "top": 40, "bottom": 30},
        "legend": {"top": 4},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": list(chart.labels)},
        "yAxis": {"type": "value"},
        "series": [
            {"name": name, "type": chart.kind, "data": list(numbers)} for name, numbers in chart.series
        ],
    }
