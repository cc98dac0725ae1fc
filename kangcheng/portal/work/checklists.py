"""Checklists: the catalogue, a standard with its items, rounds with units, progress, comparison; opening and closing a round."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kangcheng.base.sheets import MOST_BYTES
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, as_file, listing, sheet, taken, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.areas import selectors as areas
from kangcheng.work.checklists import selectors, services
from kangcheng.work.checklists.selectors import holds, show_points
from kangcheng.work.checklists.types import SELF, STAGES, ChecklistError, Item, RoundView, Section, Standard

DOORS = ("plan.look", "inspect.write")
COUNTY = slice(0, 6)
DRAWN = 40  # units in the chart
ROUNDS = (
    Column("title", Words("轮次", "Round"), order="title", link=lambda r: r["url"]),
    Column("checklist", Words("检查表", "Checklist"), order="checklist"),
    Column("year", Words("年度", "Year"), "text", order="year"),
    Column("due_on", Words("截止", "Due"), "day", order="due_on"),
    Column("units", Words("单位", "Units"), "number", order="units"),
    Column("self_checked", Words("已自查", "Self-checked"), "number"),
    Column("verdicts", Words("已评审", "Judged"), "number"),
    Column("met", Words("达标", "Met"), "number"),
    Column("rate", Words("达标率", "Rate"), "percent", order="rate"),
    Column("state", Words("状态", "State"), "tag", tone=lambda r: r["tone"]),
)


def standard_named(request: Asking, checklist: str) -> Standard:
    """A checklist in force today. Raises NotFound."""
    found = {one.id: one for one in selectors.standards(citypack.pack(), request.today)}
    if checklist not in found:
        raise NotFound(t("没有这张检查表", "No such checklist"), where=checklist)
    return found[checklist]


def found_round(request: Asking, round_id: UUID) -> tuple[RoundView, Standard]:
    """A round with units the reader may see. Raises NotFound."""
    try:
        return selectors.get_round(round_id, request.actor)
    except ChecklistError as error:
        raise NotFound(t("没有这一轮评审", "No such round"), where=str(round_id)) from error


def may_open(request: Asking, standard: Standard) -> bool:
    """True when the reader gives verdicts of this standard anywhere."""
    return any(request.actor.post(role)[0] for role in standard.verdict)


def _row(one: RoundView, titles: dict[str, str], request: Asking) -> dict[str, Any]:
    late = one.closed_on is None and one.due_on < request.today and one.verdicts < one.units
    state = ("closed", "", t("已结束", "closed")) if one.closed_on else ("open", "info", t("进行中", "open"))
    return {
        "title": one.title, "url": reverse("portal:round", args=(one.id,)), "checklist": titles.get(one.checklist, one.checklist),
        "year": one.year, "due_on": one.due_on, "units": one.units, "self_checked": one.self_checked, "verdicts": one.verdicts,
        "met": one.met, "rate": one.met / one.verdicts if one.verdicts else None,
        "state": t("已到期", "overdue") if late else state[2], "tone": "bad" if late else state[1], "checklist_id": one.checklist,
    }  # fmt: skip


@page(*DOORS)
def catalogue(request: Asking) -> HttpResponse:
    """Every checklist in force with its size, and all rounds the reader has to do with."""
    standards = selectors.standards(citypack.pack(), request.today)
    titles = {one.id: t(one.title, one.title_en or one.title) for one in standards}
    rows = [_row(one, titles, request) for one in selectors.rounds(request.actor)]
    filters = (
        Filter("title", Words("轮次", "Round"), "title"),
        Filter(
            "checklist", Words("检查表", "Checklist"), lambda all_, text: [r for r in all_ if r["checklist_id"] == text],
            list(titles.items()),
        ),
    )  # fmt: skip
    if wants_sheet(request):
        return sheet(request, rows, ROUNDS, filters=filters, name=t("评审轮次", "rounds"))
    context = {
        "standards": [(one, titles[one.id], len(one.items), show_points(one.full)) for one in standards],
        "listing": listing(
            request, rows, ROUNDS, filters=filters, empty=Words("还没有开展评审", "No round yet")
        ),
        "tab": "checklists",
    }
    return render(request, "portal/work/checklists/catalogue.html", context)


@page(*DOORS)
def standard(request: Asking, checklist: str) -> HttpResponse:
    """One standard: sections, items, how they score, grades; open a round of it."""
    found = standard_named(request, checklist)
    units = selectors.units_for(found, request.today) if may_open(request, found) else []
    counties = areas.names({unit.area_code[COUNTY] for unit in units})
    context = {
        "standard": found,
        "full": show_points(found.full),
        "sections": [(section, _items(section)) for section in found.sections],
        "grades": [(grade, show_points(grade.at_least) if grade.at_least is not None else "—") for grade in found.grades],
        "types": [citypack.title("institution-types", code) for code in found.types],
        "may_open": may_open(request, found), "units": len(units), "counties": sorted(counties.items()),
        "comparison": _comparison(found.id, request), "year": request.today.year,
        "due": request.today.replace(month=12, day=31),
    }  # fmt: skip
    return render(request, "portal/work/checklists/standard.html", context)


def _items(section: Section) -> list[tuple[Item, str, str]]:
    """Items of a section with how they are answered and their points."""
    return [(item, selectors.how(item), show_points(item.score)) for item in section.items]


def _comparison(checklist: str, request: Asking) -> dict[str, Any] | None:
    """Scores by year, one line per unit, for the chart; None while there is one year only."""
    scores = selectors.comparison(checklist, request.actor)
    years = sorted({year for by_year in scores.values() for year in by_year})
    if len(years) < 2 or len(scores) > DRAWN:
        return None
    series = [
        {
            "name": name,
            "type": "line",
            "data": [float(by_year[year]) if year in by_year else None for year in years],
        }
        for name, by_year in scores.items()
    ]
    return {
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [str(year) for year in years]},
        "yAxis": {"type": "value"},
        "series": series,
    }


@page("inspect.write")
@require_POST
def open_round(request: Asking, checklist: str) -> HttpResponse:
    """Open a round at every institution the standard is for, of the whole city or of one county."""
    found = standard_named(request, checklist)
    county = request.POST.get("county", "")[:12]
    units = [
        unit
        for unit in selectors.units_for(found, request.today, area=county)
        if holds(request.actor, found.verdict, unit.institution_id, unit.area_code)
    ]
    try:
        year, due = int(request.POST.get("year", "")), parse_date(request.POST.get("due", ""))
    except (ValueError, KangchengError):
        raise ChecklistError(
            t("年度或截止日期无法识别", "year or date cannot be read"), where="year, due"
        ) from None
    round_id = services.open_round(
        checklist=checklist, title=request.POST.get("title", ""), year=year, due_on=due, units=units, pack=citypack.pack(),
        by=request.actor, on=request.today,
    )  # fmt: skip
    messages.success(
        request, t(f"已向 {len(units)} 个单位开展评审。", f"Opened at {len(units)} units."), extra_tags="good"
    )
    return redirect("portal:round", round_id=round_id)


UNITS = (
    Column("name", Words("单位", "Unit"), order="name", link=lambda r: reverse("portal:unit", args=(r.pk,))),
    Column("self_score", Words("自查得分", "Self-check"), "number", order="self_score", source=lambda r: points(r.self_score)),
    Column("score", Words("评审得分", "Verdict"), "number", order="score", source=lambda r: points(r.score)),
    Column("difference", Words("差", "Difference"), "number", source=lambda r: _difference(r)),
    Column("grade", Words("等次", "Grade"), source=lambda r: r.grade_title),
    Column(
        "met", Words("达标", "Met"), "tag", order="met", tone=lambda r: {True: "good", False: "bad", None: ""}[r.met],
        source=lambda r: {True: t("达标", "met"), False: t("未达标", "not met"), None: "—"}[r.met],
    ),
    Column("judged_on", Words("评审日期", "Judged on"), "day", order="judged_on"),
    Column("open_", Words("待整改", "To rectify"), "number", order="open_"),
)  # fmt: skip
_PROGRESS: dict[str, Q] = {
    "unchecked": Q(self_score=None, score=None),
    "waiting": Q(score=None),
    "met": Q(met=True),
    "below": Q(met=False),
}
UNIT_FILTERS = (
    Filter("name", Words("单位", "Unit"), "name__icontains"),
    Filter(
        "state", Words("进度", "Progress"), lambda rows, text: rows.filter(_PROGRESS[text]),
        [
            ("unchecked", Words("未自查", "not self-checked")), ("waiting", Words("待评审", "to be judged")),
            ("met", Words("达标", "met")), ("below", Words("未达标", "not met")),
        ],
    ),
)  # fmt: skip


def points(value: Any) -> str | None:
    """Points of a column for people."""
    return None if value is None else show_points(selectors.fraction(value))


def _difference(row: Any) -> str | None:
    if row.self_score is None or row.score is None:
        return None
    return show_points(selectors.fraction(row.score) - selectors.fraction(row.self_score))


@page(*DOORS)
def round_(request: Asking, round_id: UUID) -> HttpResponse:
    """One round: progress, units with scores, the chart, what most units lack."""
    found, standard = found_round(request, round_id)
    open_ = Count("rectifications", filter=Q(rectifications__state__in=selectors.OPEN))
    rows = selectors.units(round_id, request.actor).annotate(open_=open_)
    titles = {grade.id: t(grade.title, grade.title_en or grade.title) for grade in standard.grades}
    if wants_sheet(request):
        plain = [_graded(row, titles) for row in rows]
        return sheet(request, plain, UNITS, name=f"{found.title}")
    shown = listing(request, rows, UNITS, filters=UNIT_FILTERS, sort="name")
    shown.rows = [_graded(row, titles) for row in shown.rows]
    weakest = selectors.weakest(round_id, request.actor)[:10]
    context = {
        "round": found, "standard": standard, "listing": shown, "rate": found.met / found.verdicts if found.verdicts else None,
        "weakest": [(standard.items[name].title, count) for name, count in weakest],
        "chart": _bars(rows), "may_close": may_open(request, standard) and found.closed_on is None,
        "may_import": any(request.actor.has(role) for role in (*standard.self_check, *standard.verdict)), "stages": STAGES,
    }  # fmt: skip
    return render(request, "portal/work/checklists/round.html", context)


def _graded(row: Any, titles: dict[str, str]) -> Any:
    row.grade_title = titles.get(row.grade, "—")
    return row


def _bars(rows: Any) -> dict[str, Any] | None:
    judged = [row for row in rows if row.score is not None or row.self_score is not None][:DRAWN]
    if not judged:
        return None
    series = [
        {"name": name, "type": "bar", "data": [float(getattr(row, key)) if getattr(row, key) is not None else None for row in judged]}
        for key, name in (("self_score", t("自查", "self-check")), ("score", t("评审", "verdict")))
    ]  # fmt: skip
    return {
        "tooltip": {"trigger": "axis"}, "legend": {}, "grid": {"bottom": 90},
        "xAxis": {"type": "category", "data": [row.name for row in judged], "axisLabel": {"rotate": 40, "interval": 0}},
        "yAxis": {"type": "value", "max": float(judged[0].full)}, "series": series,
    }  # fmt: skip


@page("inspect.write")
@require_POST
def close_round(request: Asking, round_id: UUID) -> HttpResponse:
    """End the round: rectifications and re-checks go on."""
    found_round(request, round_id)
    services.close_round(
        round_id=round_id, by=request.actor, on=request.today, why=request.POST.get("why", "")[:200]
    )
    messages.success(request, t("本轮已结束。", "The round is closed."), extra_tags="good")
    return redirect("portal:round", round_id=round_id)


@page(*DOORS)
def blank(request: Asking, round_id: UUID) -> HttpResponse:
    """The spreadsheet to fill for the reader's units."""
    found, standard = found_round(request, round_id)
    rows = list(selectors.units(round_id, request.actor))
    taken(request, "checklist", rows=len(rows))
    return as_file(selectors.blank_sheet(standard, rows), f"{found.title}.xlsx")


@page(*DOORS)
@require_POST
def import_(request: Asking, round_id: UUID) -> HttpResponse:
    """Answers from a filled spreadsheet become drafts, all or none."""
    _, standard = found_round(request, round_id)
    upload = request.FILES.get("file")
    if upload is None or (upload.size or 0) > MOST_BYTES:
        raise ChecklistError(
            t("没有文件或文件过大", "no file, or too large"), where="file", rule=f"≤ {MOST_BYTES // 2**20} MB"
        )
    stage = request.POST.get("stage", SELF)
    rows = list(selectors.units(round_id, request.actor))
    read = selectors.read_sheet(upload.read(), (upload.name or "")[:200], standard, rows)
    done = services.draft_many(read, stage=stage, by=request.actor, on=request.today)
    messages.success(
        request,
        t(f"已写入 {done} 个单位的草稿，核对后提交。", f"{done} drafts written: check and submit."),
        extra_tags="good",
    )
    return redirect("portal:round", round_id=round_id)
