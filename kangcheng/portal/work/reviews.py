"""Reviews: the queue of findings, running a rule over the city's rows, one finding with its explanation, reply and verdict."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kangcheng.base import files
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.money import parse_yuan
from kangcheng.lake.export import current
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.work.checklists.selectors import holds
from kangcheng.work.reviews import selectors, services
from kangcheng.work.reviews.types import (
    SEVERITIES,
    SEVERITIES_EN,
    STATES,
    STATES_EN,
    FindingView,
    Review,
    ReviewError,
)
from kangcheng.work.templates import selectors as documents

DOORS = ("claim.audit", "inspect.write", "report.write")
TONES = {
    "open": "warn",
    "asked": "info",
    "replied": "warn",
    "confirmed": "bad",
    "cleared": "good",
    "closed": "",
}
HEAVY = {"high": "bad", "middle": "warn", "low": ""}
MOST_FILES = 5
TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
DOES = {
    "ask": Words("请单位答复", "asked for a reply"), "reply": Words("单位答复", "the unit replied"),
    "confirm": Words("属实", "confirmed"), "clear": Words("排除", "cleared"), "notify": Words("发出通报", "notice given"),
    "close": Words("办结", "closed"), "reopen": Words("撤销结论", "verdict taken back"),
}  # fmt: skip


def _columns(names: dict[UUID, str], request: Asking) -> tuple[Column, ...]:
    def late(row: Any) -> bool:
        return row.state == "asked" and row.reply_by is not None and row.reply_by < request.today

    return (
        Column("title", Words("规则", "Rule"), source="run.title", link=lambda r: reverse("portal:finding", args=(r.pk,))),
        Column(
            "severity", Words("轻重", "Severity"), "tag", tone=lambda r: HEAVY[r.severity],
            source=lambda r: t(SEVERITIES[r.severity], SEVERITIES_EN[r.severity]),
        ),
        Column("unit", Words("单位", "Unit"), source=lambda r: names.get(r.unit_id, "—")),
        Column("amount", Words("涉及金额（元）", "Yuan"), "yuan", order="amount"),
        Column("found_on", Words("发现日期", "Found"), "day", order="found_on"),
        Column("reply_by", Words("答复期限", "Reply by"), "day", order="reply_by"),
        Column("drawn", Words("抽中", "Drawn"), source=lambda r: t("是", "yes") if r.drawn else "—"),
        Column(
            "state", Words("状态", "State"), "tag", tone=lambda r: "bad" if late(r) else TONES[r.state],
            source=lambda r: t("逾期未答复", "reply overdue") if late(r) else t(STATES[r.state], STATES_EN[r.state]),
        ),
    )  # fmt: skip


def _filters(rules: list[Review]) -> tuple[Filter, ...]:
    return (
        Filter("review", Words("规则", "Rule"), "review", [(one.id, t(one.title, one.title_en or one.title)) for one in rules]),
        Filter("state", Words("状态", "State"), "state", [(code, t(zh, STATES_EN[code])) for code, zh in STATES.items()]),
        Filter(
            "severity", Words("轻重", "Severity"), "severity",
            [(code, t(zh, SEVERITIES_EN[code])) for code, zh in SEVERITIES.items()],
        ),
        Filter(
            "drawn", Words("抽样", "Sample"), lambda rows, text: rows.filter(drawn=text == "yes"),
            [("yes", Words("抽中的", "drawn")), ("no", Words("未抽中的", "not drawn"))],
        ),
    )  # fmt: skip


@page(*DOORS)
def findings(request: Asking) -> HttpResponse:
    """The queue: findings the reader may see; rules that can be run; the last runs."""
    rules = selectors.reviews(citypack.pack(), request.today)
    rows = selectors.findings(request.actor)
    names = institutions.names(one for one in set(rows.values_list("unit_id", flat=True)) if one)
    columns, filters = _columns(names, request), _filters(rules)
    if wants_sheet(request):
        return sheet(request, rows, columns, filters=filters, name=t("疑点", "findings"))
    runnable = [one for one in rules if one.table and holds(request.actor, one.reviewer, None, "")]
    counts = {state: rows.filter(state=state).count() for state in STATES}
    context = {
        "listing": listing(request, rows, columns, filters=filters, empty=Words("没有疑点", "No finding")),
        "counts": [(t(STATES[state], STATES_EN[state]), count) for state, count in counts.items()],
        "rules": [(one, t(one.title, one.title_en or one.title)) for one in runnable],
        "runs": selectors.runs(request.actor)[:8], "lake": _lake_day(), "year": request.today.replace(month=1, day=1),
        "today": request.today,
    }  # fmt: skip
    return render(request, "portal/work/reviews/findings.html", context)


def _lake_day() -> Any:
    export = current(Path(settings.LAKE_FOLDER))
    return export.as_of if export else None


@page("claim.audit", "inspect.write")
@require_POST
def run(request: Asking) -> HttpResponse:
    """Run a rule over the newest export of the lake, for a period."""
    rules = {one.id: one for one in selectors.reviews(citypack.pack(), request.today)}
    rule = rules.get(request.POST.get("review", ""))
    export = current(Path(settings.LAKE_FOLDER))
    if rule is None or not rule.table or export is None:
        raise ReviewError(
            t("没有这条规则，或还没有数据", "no such rule, or no data yet"),
            where="review",
            todo=t("先在报告页更新数据", "refresh the data first"),
        )
    days = [request.POST.get(name, "").strip() for name in ("start", "below")]
    start, below = (parse_date(text) if text else None for text in days)
    done = services.run(
        review=rule.id, source=export.folder / f"{rule.table}.parquet", pack=citypack.pack(), by=request.actor, on=request.today,
        start=start, below=below, seed=request.POST.get("seed", "")[:64] or str(request.today.year),
        origin=f"{rule.table} {export.as_of:%Y-%m-%d %H:%M}",
    )  # fmt: skip
    words = t(
        f"查 {done.rows} 行，疑点 {done.found} 个，抽 {done.drawn} 个。",
        f"{done.rows} rows, {done.found} findings, {done.drawn} drawn.",
    )
    messages.success(request, words, extra_tags="good")
    return redirect(f"{reverse('portal:findings')}?review={rule.id}")


def found(request: Asking, finding_id: UUID) -> FindingView:
    """A finding the reader may see. Raises NotFound."""
    try:
        return selectors.finding(finding_id, request.actor)
    except ReviewError as error:
        raise NotFound(t("没有这个疑点", "No such finding"), where=str(finding_id)) from error


@page(*DOORS)
def finding(request: Asking, finding_id: UUID) -> HttpResponse:
    """One finding: why it was raised, the rows, what was done, what the reader may do."""
    one = found(request, finding_id)
    rule = selectors.rule_of_finding(finding_id)
    area = selectors.findings(request.actor, pk=finding_id).values_list("area_code", flat=True)[0]
    reviews = holds(request.actor, rule.reviewer, one.unit_id, area)
    heard = one.state == "replied" or (
        one.state == "asked" and one.reply_by is not None and one.reply_by < request.today
    )
    context = {
        "finding": one, "rule": rule, "state": t(STATES[one.state], STATES_EN[one.state]), "tone": TONES[one.state],
        "severity": t(SEVERITIES[one.severity], SEVERITIES_EN[one.severity]), "heavy": HEAVY[one.severity],
        "unit": institutions.names([one.unit_id]).get(one.unit_id, "—") if one.unit_id else "—",
        "heads": list(rule.columns), "rows": [[_cell(rule, name, row) for name in rule.columns] for row in one.rows],
        "steps": [(DOES[step.do], step) for step in one.steps],
        "may_ask": reviews and one.state in ("open", "replied") and one.unit_id is not None,
        "may_confirm": reviews and one.state in ("open", "asked", "replied") and (heard or rule.reply_days is None),
        "may_clear": reviews and one.state in ("open", "asked", "replied"),
        "may_reply": one.state == "asked" and holds(request.actor, (services.UNIT,), one.unit_id, area),
        "may_notify": reviews and one.state == "confirmed" and rule.notice and not one.notice,
        "may_close": reviews and one.state == "confirmed", "may_reopen": reviews and one.state in ("confirmed", "cleared", "closed"),
        "documents": documents.of_subject("finding", str(one.id), request.actor),
    }  # fmt: skip
    return render(request, "portal/work/reviews/finding.html", context)


def _cell(rule: Review, name: str, row: Any) -> str:
    text = row.get(name, "")
    if rule.columns[name] == "money" and text:
        return f"{int(text) / 100:,.2f}"
    return text if len(text) <= 24 else f"{text[:8]}…"


@page(*DOORS)
@require_POST
def act(request: Asking, finding_id: UUID) -> HttpResponse:
    """Ask, reply, confirm, clear, give notice, close, or take the verdict back."""
    one = found(request, finding_id)
    do, words = request.POST.get("do", ""), request.POST.get("words", "")[:2000]
    asked: dict[str, Any] = {"finding_id": finding_id, "by": request.actor, "on": request.today}
    if do == "ask":
        services.ask(**asked, words=words, pack=citypack.pack())
    elif do == "reply":
        services.reply(**asked, words=words, files=_stored(request))
    elif do in ("confirm", "clear"):
        services.decide(**asked, confirmed=do == "confirm", words=words)
    elif do == "notify":
        services.notify(**asked, fields=_fields(one, words), pack=citypack.pack())
    elif do == "close":
        services.close(**asked, words=words, recovered=_recovered(request))
    elif do == "reopen":
        services.reopen(**asked, why=words)
    else:
        raise ReviewError(t("没有这种处理", "no such step"), where=do[:40])
    messages.success(request, str(DOES[do]) + "。", extra_tags="good")
    return redirect("portal:finding", finding_id=finding_id)


def _recovered(request: Asking) -> int | None:
    text = request.POST.get("recovered", "").strip()
    return parse_yuan(text) if text else None


def _fields(one: FindingView, verdict: str) -> dict[str, Any]:
    unit = institutions.names([one.unit_id]).get(one.unit_id, "") if one.unit_id else ""
    return {"unit": unit, "finding": one.explanation, "amount": one.amount, "verdict": verdict}


def _stored(request: Asking) -> list[tuple[UUID, str]]:
    """Evidence: PDF and pictures, kept as files."""
    given = request.FILES.getlist("evidence")[:MOST_FILES]
    for upload in given:
        if Path(upload.name or "").suffix.lower() not in TYPES or (upload.size or 0) > files.MOST_BYTES:
            raise ReviewError(
                t("附件须为 PDF 或图片", "evidence is PDF or a picture"),
                where=(upload.name or "")[:60],
                rule="、".join(TYPES),
            )
    kept = [
        files.store(
            content=upload.read(),
            name=upload.name or "",
            media_type=TYPES[Path(upload.name or "").suffix.lower()],
            by=request.actor,
        )
        for upload in given
    ]
    return [(one.pk, one.name) for one in kept]


@page(*DOORS)
def evidence(request: Asking, finding_id: UUID, file_id: UUID) -> HttpResponse:
    """A file that belongs to a finding the reader may see."""
    from kangcheng.base.models import StoredFile
    from kangcheng.portal.lists import as_file

    one = found(request, finding_id)
    if file_id not in {id_ for step in one.steps for id_, _ in step.files}:
        raise NotFound(t("没有这份附件", "No such file"), where=str(file_id))
    row = StoredFile.objects.get(pk=file_id)
    return as_file(files.read(row), row.name, row.media_type)
