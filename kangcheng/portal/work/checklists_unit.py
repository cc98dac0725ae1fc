"""One unit of a round: its sheets, the difference between them, what is to be put right; filling, submitting, reversing, printing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.portal.work.checklists import DOORS, points
from kangcheng.work.checklists import selectors, services
from kangcheng.work.checklists.selectors import holds, show_points
from kangcheng.work.checklists.types import (
    ON_SITE,
    RECHECK,
    SELF,
    STAGES,
    STAGES_EN,
    ChecklistError,
    CheckView,
    Item,
    Standard,
)
from kangcheng.work.templates import selectors as documents
from kangcheng.work.templates import services as issuing

STATES = {
    "open": Words("待整改", "to do"), "reported": Words("已报整改", "reported"), "done": Words("已销号", "done"),
    "cancelled": Words("已取消", "cancelled"),
}  # fmt: skip
TONES = {"open": "warn", "reported": "info", "done": "good", "cancelled": ""}


def found_unit(request: Asking, unit_id: UUID) -> tuple[Any, Standard]:
    """A unit the reader may see, with its standard. Raises NotFound."""
    try:
        row = selectors.unit(unit_id, request.actor)
    except ChecklistError as error:
        raise NotFound(t("没有这个受评单位", "No such unit"), where=str(unit_id)) from error
    return row, selectors.standard_of(row.round)


def may_fill(request: Asking, row: Any, standard: Standard, stage: str) -> bool:
    """True when the reader may fill this stage now."""
    roles = standard.self_check if stage == SELF else standard.verdict
    if not holds(request.actor, roles, row.institution_id, row.area_code):
        return False
    if stage == RECHECK:
        return bool(row.rectifications.filter(state__in=selectors.OPEN).exists())
    judged = selectors.standing(row, ON_SITE) is not None
    return row.round.closed_on is None and not judged and selectors.standing(row, stage) is None


@page(*DOORS)
def unit(request: Asking, unit_id: UUID) -> HttpResponse:
    """One unit: where it stands, every sheet, the difference, the rectifications, the documents."""
    row, standard = found_unit(request, unit_id)
    shown = [_sheet(one, standard) for one in selectors.sheets(row)]
    verdicts = holds(request.actor, standard.verdict, row.institution_id, row.area_code)
    left = selectors.rectifications(request.actor, unit_id=row.pk)
    live = [one for one in shown if not one["view"].reversed_on]
    context = {
        "unit": row, "standard": standard, "score": points(row.score), "self_score": points(row.self_score),
        "full": points(row.full), "grade": _grade(standard, row.grade), "sheets": shown,
        "differences": _differences(row, standard), "rectifications": [_left(one, request) for one in left],
        "may": {stage: may_fill(request, row, standard, stage) for stage in STAGES},
        "stages": [(stage, t(STAGES[stage], STAGES_EN[stage])) for stage in STAGES if may_fill(request, row, standard, stage)],
        "may_reverse": verdicts, "newest": live[-1]["view"].id if live else None,
        "may_report": holds(request.actor, standard.self_check, row.institution_id, row.area_code),
        "may_notify": verdicts and standard.notice and any(one.state in selectors.OPEN for one in left),
        "documents": documents.of_subject("checklist_unit", str(row.pk), request.actor),
    }  # fmt: skip
    return render(request, "portal/work/checklists/unit.html", context)


def _grade(standard: Standard, code: str) -> str:
    return next((t(one.title, one.title_en or one.title) for one in standard.grades if one.id == code), "—")


def _sheet(one: CheckView, standard: Standard) -> dict[str, Any]:
    return {
        "view": one, "stage": t(STAGES[one.stage], STAGES_EN[one.stage]), "score": show_points(one.score),
        "grade": _grade(standard, one.grade), "failed": [standard.items[name].title for name in one.failed],
        "vetoed": [standard.items[name].title for name in one.vetoed],
    }  # fmt: skip


def _differences(row: Any, standard: Standard) -> list[dict[str, Any]]:
    return [
        {
            "title": standard.items[one.item].title, "own": in_words(standard.items[one.item], one.self_answer),
            "verdict": in_words(standard.items[one.item], one.verdict_answer), "own_points": show_points(one.self_points),
            "verdict_points": show_points(one.verdict_points),
            "change": show_points(one.verdict_points - one.self_points),
        }
        for one in selectors.differences(row)
    ]  # fmt: skip


def in_words(item: Item, answer: str | None) -> str:
    """An answer as people say it."""
    if answer is None:
        return "—"
    if answer == "na":
        return t("不适用", "not applicable")
    if item.how == "yes_no":
        return t("是", "yes") if answer == "yes" else t("否", "no")
    if item.how == "levels":
        return next(
            (t(one.title, one.title_en or one.title) for one in item.levels if one.id == answer), answer
        )
    unit_ = item.each_unit if item.how == "deduct" else item.measure.unit if item.measure else ""
    return answer if answer.endswith("%") else f"{answer} {unit_}".strip()


def _left(one: Any, request: Asking) -> dict[str, Any]:
    late = one.state in selectors.OPEN and one.due_on is not None and one.due_on < request.today
    return {
        "view": one, "state": t("逾期", "overdue") if late else str(STATES[one.state]), "tone": "bad" if late else TONES[one.state],
        "open": one.state in selectors.OPEN,
    }  # fmt: skip


# --- filling


@page(*DOORS)
def fill(request: Asking, unit_id: UUID, stage: str) -> HttpResponse:
    """The form of a stage; what is wrong is shown at its item and nothing typed is lost."""
    row, standard = found_unit(request, unit_id)
    if stage not in STAGES or not may_fill(request, row, standard, stage):
        raise NotFound(t("现在不能填这张表", "This sheet cannot be filled now"), where=stage)
    if request.method == "POST":
        return _post(request, row, standard, stage)
    draft = selectors.draft(row, stage)
    before = selectors.answers_for_recheck(row) if stage == RECHECK else {}
    answers = {**before, **(draft.answers if draft else {})}
    return _form(
        request, row, standard, stage, answers, draft.remarks if draft else {}, draft.number if draft else 0
    )


def _post(request: Asking, row: Any, standard: Standard, stage: str) -> HttpResponse:
    answers, remarks = given(request, standard)
    asked: dict[str, Any] = {
        "unit_id": row.pk,
        "stage": stage,
        "answers": answers,
        "remarks": remarks,
        "by": request.actor,
        "on": request.today,
    }
    try:
        if request.POST.get("do") == "save":
            services.save_draft(**asked, seen=_seen(request))
            messages.success(request, t("草稿已保存。", "Draft saved."), extra_tags="good")
            return redirect("portal:unit_fill", unit_id=row.pk, stage=stage)
        done = services.submit(**asked, pack=citypack.pack(), at=timezone.now())
    except KangchengError as error:
        return _form(request, row, standard, stage, answers, remarks, _seen(request), error)
    words = t(
        f"已提交，得 {show_points(done.score)} 分，{_grade(standard, done.grade)}。",
        f"Submitted: {show_points(done.score)} points.",
    )
    messages.success(request, words, extra_tags="good" if done.met else "warn")
    return redirect("portal:unit", unit_id=row.pk)


def given(request: Asking, standard: Standard) -> tuple[dict[str, str], dict[str, str]]:
    """Answers and remarks of the form."""
    answers = {name: request.POST.get(f"a-{name}", "")[:64] for name in standard.items}
    remarks = {name: request.POST.get(f"r-{name}", "")[:300] for name in standard.items}
    return {k: v for k, v in answers.items() if v.strip()}, {k: v for k, v in remarks.items() if v.strip()}


def _seen(request: Asking) -> int:
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _form(
    request: Asking, row: Any, standard: Standard, stage: str, answers: Mapping[str, str], remarks: Mapping[str, str],
    seen: int, error: KangchengError | None = None,
) -> HttpResponse:  # fmt: skip
    faults = {fault.where: fault.what for fault in error.faults} if isinstance(error, Faults) else {}
    asked = _asked(row, standard, stage)
    sections = [
        (section, [_item(item, answers, remarks, faults) for item in section.items if item.id in asked])
        for section in standard.sections
    ]
    context = {
        "unit": row, "standard": standard, "stage": stage, "stage_title": t(STAGES[stage], STAGES_EN[stage]), "seen": seen,
        "sections": [(section, items) for section, items in sections if items], "error": error, "faults": len(faults),
        **_so_far(row, standard, answers),
    }  # fmt: skip
    return render(request, "portal/work/checklists/fill.html", context, status=422 if error else 200)


def _asked(row: Any, standard: Standard, stage: str) -> set[str]:
    """Items on the form: of a re-check those that wait to be put right."""
    if stage == RECHECK:
        return set(row.rectifications.filter(state__in=selectors.OPEN).values_list("item", flat=True))
    return {item.id for item in selectors.applicable(standard, row.attributes)}


def _item(
    item: Item, answers: Mapping[str, str], remarks: Mapping[str, str], faults: Mapping[str, str]
) -> dict[str, Any]:
    choices = []
    if item.how == "yes_no":
        choices = [("yes", t("是", "yes")), ("no", t("否", "no"))]
    elif item.how == "levels":
        choices = [(one.id, t(one.title, one.title_en or one.title)) for one in item.levels]
    if item.optional:
        choices.append(("na", t("不适用", "not applicable")))
    typed = item.how in ("measure", "deduct")
    return {
        "item": item, "score": show_points(item.score), "choices": choices, "typed": typed,
        "how": selectors.how(item), "answer": answers.get(item.id, ""), "remark": remarks.get(item.id, ""),
        "fault": faults.get(item.id, ""),
    }  # fmt: skip


def _so_far(row: Any, standard: Standard, answers: Mapping[str, str]) -> dict[str, Any]:
    result, waiting = selectors.preview(standard, answers, row.attributes)
    return {
        "so_far": show_points(result.score), "full": show_points(standard.full), "waiting": waiting,
        "would_be": "" if waiting else _grade(standard, result.grade), "would_meet": result.met and not waiting,
        "missed": [standard.items[name].title for name in result.failed],
    }  # fmt: skip


@page(*DOORS)
@require_POST
def preview(request: Asking, unit_id: UUID, stage: str) -> HttpResponse:
    """Points so far, while the form is being filled."""
    row, standard = found_unit(request, unit_id)
    before = selectors.answers_for_recheck(row) if stage == RECHECK else {}
    context = _so_far(row, standard, {**before, **given(request, standard)[0]})
    return render(request, "portal/work/checklists/_score.html", context)


# --- what follows


@page("inspect.write")
@require_POST
def reverse_sheet(request: Asking, unit_id: UUID, sheet_id: UUID) -> HttpResponse:
    """Take a submitted sheet back, saying why."""
    row, _ = found_unit(request, unit_id)
    if not row.sheets.filter(pk=sheet_id).exists():
        raise NotFound(t("没有这张表", "No such sheet"), where=str(sheet_id))
    services.reverse(
        sheet_id=sheet_id, by=request.actor, on=request.today, why=request.POST.get("why", "")[:500]
    )
    messages.success(request, t("已撤销。", "Taken back."), extra_tags="good")
    return redirect("portal:unit", unit_id=unit_id)


@page(*DOORS)
@require_POST
def report(request: Asking, unit_id: UUID, rectification_id: UUID) -> HttpResponse:
    """The unit reports what it has put right."""
    row, _ = found_unit(request, unit_id)
    if not row.rectifications.filter(pk=rectification_id).exists():
        raise NotFound(t("没有这项整改", "Nothing of that kind"), where=str(rectification_id))
    words = request.POST.get("words", "")[:500]
    services.report(rectification_id=rectification_id, words=words, by=request.actor, on=request.today)
    messages.success(
        request, t("整改情况已报送，等待复查。", "Reported: a re-check follows."), extra_tags="good"
    )
    return redirect("portal:unit", unit_id=unit_id)


@page("inspect.write")
@require_POST
def notify(request: Asking, unit_id: UUID) -> HttpResponse:
    """Issue the standard's notice with everything that waits to be put right."""
    row, standard = found_unit(request, unit_id)
    verdict = selectors.latest_verdict(row)
    left = [
        one for one in selectors.rectifications(request.actor, unit_id=row.pk) if one.state in selectors.OPEN
    ]
    if not standard.notice or verdict is None or not left:
        raise ChecklistError(t("没有待整改的事项", "nothing to put right"), where=row.name)
    days = [one.due_on for one in left if one.due_on]
    fields = {
        "unit": row.name, "checklist": standard.title, "checked_on": verdict.on, "score": selectors.fraction(verdict.score),
        "items": [{"item": one.title, "due_on": one.due_on} for one in left], "latest": max(days) if days else None,
    }  # fmt: skip
    issued = issuing.issue(
        template=standard.notice, fields=fields, pack=citypack.pack(), by=request.actor, on=request.today,
        institution_id=row.institution_id, area_code=row.area_code, subject=("checklist_unit", str(row.pk)),
    )  # fmt: skip
    messages.success(request, t(f"已签发 {issued.number}。", f"Issued {issued.number}."), extra_tags="good")
    return redirect("portal:issued_document", document_id=issued.id)


@page(*DOORS)
def printed(request: Asking, unit_id: UUID) -> HttpResponse:
    """The whole sheet on paper: every item with the unit's own answer and the verdict's."""
    row, standard = found_unit(request, unit_id)
    own, verdict = selectors.standing(row, SELF), selectors.latest_verdict(row)
    one, two = selectors.points_of(own), selectors.points_of(verdict)
    sections = [
        (
            section,
            [
                {
                    "item": item, "score": show_points(item.score),
                    "own": in_words(item, own.answers.get(item.id)) if own else "",
                    "verdict": in_words(item, verdict.answers.get(item.id)) if verdict else "",
                    "points": show_points(two[item.id]) if item.id in two else "",
                    "own_points": show_points(one[item.id]) if item.id in one else "",
                    "remark": (verdict.remarks if verdict else {}).get(item.id, ""),
                }
                for item in section.items
            ],
        )
        for section in standard.sections
    ]  # fmt: skip
    context = {
        "unit": row, "standard": standard, "sections": sections, "own": own, "verdict": verdict, "score": points(row.score),
        "self_score": points(row.self_score), "full": points(row.full), "grade": _grade(standard, row.grade),
    }  # fmt: skip
    return render(request, "portal/work/checklists/print.html", context)


LEFT = (
    Column("unit", Words("单位", "Unit"), order="unit", link=lambda r: r["url"]),
    Column("title", Words("事项", "Item")),
    Column("due_on", Words("期限", "Due"), "day", order="due_on"),
    Column("state", Words("状态", "State"), "tag", tone=lambda r: r["tone"]),
    Column("report", Words("整改情况", "What was done")),
    Column("clause", Words("依据", "Clause"), "mono"),
)
LEFT_FILTERS = (
    Filter("unit", Words("单位", "Unit"), "unit"),
    Filter(
        "state", Words("状态", "State"),
        lambda rows, text: [r for r in rows if r["code"] == text or (text == "late" and r["tone"] == "bad")],
        [("late", Words("逾期", "overdue")), *STATES.items()],
    ),
)  # fmt: skip


@page(*DOORS)
def rectifications(request: Asking) -> HttpResponse:
    """Everything that is to be put right at the reader's units, the earliest deadline first."""
    found = [_left(one, request) for one in selectors.rectifications(request.actor)]
    rows = [
        {
            "unit": one["view"].unit_name, "url": f"/checklists/units/{one['view'].unit_row}/", "title": one["view"].title,
            "due_on": one["view"].due_on, "state": one["state"], "tone": one["tone"], "report": one["view"].report,
            "clause": one["view"].clause, "code": one["view"].state,
        }
        for one in found
    ]  # fmt: skip
    if wants_sheet(request):
        return sheet(request, rows, LEFT, filters=LEFT_FILTERS, name=t("整改清单", "rectifications"))
    context = {
        "listing": listing(request, rows, LEFT, filters=LEFT_FILTERS, empty=Words("没有整改事项", "Nothing to put right")),
        "late": sum(row["tone"] == "bad" for row in rows), "waiting": sum(one["open"] for one in found),
        "done": sum(row["code"] == "done" for row in rows), "tab": "rectifications",
    }  # fmt: skip
    return render(request, "portal/work/checklists/rectifications.html", context)
