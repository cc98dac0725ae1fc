"""Verbs of checklists: open a round, fill and submit sheets, reverse a verdict, report what was put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kangcheng.base import outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.policy.pack import Pack
from kangcheng.work.checklists import duties, rules, selectors
from kangcheng.work.checklists.cases import due
from kangcheng.work.checklists.models import Rectification, Round, RoundUnit, Sheet
from kangcheng.work.checklists.scope import require
from kangcheng.work.checklists.types import (
    NOT_APPLICABLE,
    ON_SITE,
    RECHECK,
    SELF,
    STAGES,
    ChecklistError,
    CheckView,
    Result,
    Standard,
    Unit,
)

TOPIC = "work.checklist"
LONGEST_REMARK = 300
MOST_UNITS = 20_000


def open_round(
    *, checklist: str, title: str, year: int, due_on: date, units: Sequence[Unit], pack: Pack, by: Actor, on: date
) -> UUID:  # fmt: skip
    """Open a round of a checklist in force on the day at these units; returns its id. Raises ChecklistError."""
    entry = pack.at(on).get("checklist", checklist)
    standard = rules.standard(entry.data)
    if not units or len(units) > MOST_UNITS:
        raise ChecklistError(
            "没有受评单位，或过多 (no unit, or too many)", where=title, rule=f"1 至 {MOST_UNITS}"
        )
    if due_on < on or not title.strip():
        raise ChecklistError("截止日期早于今天，或没有名称 (due before it begins, or no title)", where=title)
    for unit in units:
        require(by, standard.verdict, unit.institution_id, unit.area_code)
    content = {key: value for key, value in entry.data.items() if key != "cases"}
    with acting(by=by, on=on, why="", action="checklist.open"):
        try:
            with transaction.atomic():
                row = Round.objects.create(
                    checklist=checklist, title=title.strip()[:100], year=year, opened_on=on, due_on=due_on, content=content,
                    release_hash=pack.release_hash, opened_by=by.user_id, opened_name=by.name,
                )  # fmt: skip
        except IntegrityError:
            raise ChecklistError(
                "同名的一轮已经有了 (this round exists)", where=title, todo="换一个名称"
            ) from None
        _put_in(row, standard, units)
        detail = {"checklist": checklist, "units": len(units), "year": year}
        record(action="checklist.open", subject=f"round:{row.pk}", by=by, on=on, detail=detail)
    return row.pk


def _put_in(row: Round, standard: Standard, units: Sequence[Unit]) -> None:
    RoundUnit.objects.bulk_create(
        RoundUnit(
            round=row, subject=unit.id, name=unit.name[:100], area_code=unit.area_code, institution_id=unit.institution_id,
            attributes=dict(unit.attributes), full=decimal(standard.full),
        )
        for unit in units
    )  # fmt: skip


def close_round(*, round_id: UUID, by: Actor, on: date, why: str = "") -> None:
    """No sheet is submitted in the round from now on; rectifications go on."""
    with acting(by=by, on=on, why=why, action="checklist.close"):
        row = Round.objects.select_for_update().filter(pk=round_id, closed_on=None).first()
        if row is None:
            raise ChecklistError("没有这一轮，或已结束 (no open round)", where=str(round_id))
        standard = selectors.standard_of(row)
        for place, area in row.units.values_list("institution_id", "area_code"):
            require(by, standard.verdict, place, area)
        row.closed_on = on
        row.save(update_fields=["closed_on"])
        record(action="checklist.close", subject=f"round:{row.pk}", by=by, on=on, why=why)


def save_draft(
    *, unit_id: UUID, stage: str, answers: Mapping[str, str], remarks: Mapping[str, str], seen: int, by: Actor, on: date
) -> int:  # fmt: skip
    """Keep what is filled so far; returns the draft's version. `seen`: the version the writer saw (0: none yet).

    Raises ChecklistError when somebody else has written meanwhile: nothing of theirs is lost.
    """
    with acting(by=by, on=on, why="", action="checklist.draft"):
        unit, standard = _writable(unit_id, stage, by)
        _known(standard, unit, answers)
        row = selectors.draft(unit, stage)
        if (row.number if row else 0) != seen:
            raise ChecklistError(
                "别人刚刚改过这张表 (changed by somebody else meanwhile)",
                where=f"{unit.name} · {STAGES[stage]}",
                rule=f"您打开时是第 {seen} 版，现在是第 {row.number if row else 0} 版（{row.by_name if row else ''}）",
                todo="重新打开，核对后再填",
            )
        if row is None:
            _once(unit, stage)
            row = Sheet(
                unit=unit, stage=stage, state="draft", number=0, by_id=by.user_id, by_name=by.name, on=on
            )
        row.answers, row.remarks = _filled(answers), _filled(remarks, LONGEST_REMARK)
        row.number, row.by_id, row.by_name, row.on = row.number + 1, by.user_id, by.name, on
        row.save()
    return row.number


def submit(
    *, unit_id: UUID, stage: str, answers: Mapping[str, str], remarks: Mapping[str, str], pack: Pack, by: Actor, on: date,
    at: datetime, files: Mapping[str, str] | None = None,
) -> CheckView:  # fmt: skip
    """Submit a whole sheet: scored, kept, and for a verdict its failed items become rectifications with deadlines.

    A re-check takes answers for the items it looked at; the others stay as the verdict before found them.
    Raises Faults naming every item that is wrong or missing.
    """
    with acting(by=by, on=on, why="", action=f"checklist.{stage}"):
        unit, standard = _writable(unit_id, stage, by)
        whole = (
            {**selectors.answers_for_recheck(unit), **_filled(answers)}
            if stage == RECHECK
            else _filled(answers)
        )
        result = rules.scored(standard, whole, unit.attributes)
        noted = _filled(remarks, LONGEST_REMARK)
        _evidence(standard, stage, result, noted)
        _in_order(unit, stage, by)
        row = selectors.draft(unit, stage)
        if row is None:
            _once(unit, stage)
            row = Sheet(unit=unit, stage=stage, number=0)
        _write(row, result, whole, noted, files or {}, by=by, on=on, at=at)
        _standing(unit, row)
        if stage != SELF:
            _to_rectify(unit, row, standard, result, pack, by)
        detail = {
            "score": rules.show_points(result.score),
            "grade": result.grade,
            "failed": len(result.failed),
        }
        record(action=f"checklist.{stage}", subject=f"unit:{unit.pk}", by=by, on=on, detail=detail)
        outbox.append(TOPIC, str(unit.pk), {"stage": stage, "sheet": str(row.pk), "met": result.met})
    return selectors.view(row)


def reverse(*, sheet_id: UUID, by: Actor, on: date, why: str) -> None:
    """Take a submitted sheet back: its rectifications are cancelled, the unit stands where it stood before. Needs a reason.

    The newest goes first: a verdict with a re-check after it is not taken back alone.
    """
    with acting(by=by, on=on, why=why, action="checklist.reverse"):
        row = Sheet.objects.select_related("unit__round").filter(pk=sheet_id, state="submitted").first()
        if row is None:
            raise ChecklistError("没有这张表，或已撤销 (no such sheet)", where=str(sheet_id))
        unit = RoundUnit.objects.select_for_update().get(pk=row.unit_id)
        standard = selectors.standard_of(row.unit.round)
        require(by, standard.verdict, unit.institution_id, unit.area_code)
        if row.stage != RECHECK and unit.sheets.filter(state="submitted", pk__gt=row.pk).exists():
            raise ChecklistError(
                "之后还有评审，须先撤销最近的一次 (reverse the newest first)", where=unit.name
            )
        if row.stage == RECHECK and selectors.standing(unit, RECHECK) != row:
            raise ChecklistError(
                "之后还有复查，须先撤销最近的一次 (reverse the newest first)", where=unit.name
            )
        row.state, row.reversed_on, row.reversed_by, row.reversed_why = (
            "reversed",
            on,
            by.user_id,
            why.strip(),
        )
        row.save()
        _take_back(unit, row, standard, by=by, on=on, why=why)
        _stand_again(unit, row)
        record(action="checklist.reverse", subject=f"unit:{unit.pk}", by=by, on=on, why=why)


def report(
    *, rectification_id: UUID, words: str, by: Actor, on: date, files: Sequence[str] = ()
) -> None:  # fmt: skip
    """The unit says what it has put right; a re-check decides. Raises ChecklistError."""
    with acting(by=by, on=on, why=words[:500], action="checklist.report"):
        row = Rectification.objects.select_for_update(of=("self",)).select_related("unit__round").filter(
            pk=rectification_id, state__in=selectors.OPEN
        ).first()  # fmt: skip
        if row is None:
            raise ChecklistError("没有这项整改，或已销号 (nothing to put right)", where=str(rectification_id))
        standard = selectors.standard_of(row.unit.round)
        require(by, standard.self_check, row.unit.institution_id, row.unit.area_code)
        if not words.strip():
            raise ChecklistError("请写明整改情况 (say what was done)", where="words")
        row.state, row.report, row.reported_on, row.files = "reported", words.strip()[:500], on, list(files)
        row.save()
        record(action="checklist.report", subject=f"rectification:{row.pk}", by=by, on=on)


# --- inside


def _writable(unit_id: UUID, stage: str, by: Actor) -> tuple[RoundUnit, Standard]:
    """The unit, locked, and its standard, when the actor may fill this stage there."""
    if stage not in STAGES:
        raise ChecklistError("没有这个环节 (no such stage)", where=stage)
    unit = (
        RoundUnit.objects.select_for_update(of=("self",)).select_related("round").filter(pk=unit_id).first()
    )
    if unit is None:
        raise ChecklistError("没有这个单位 (no such unit)", where=str(unit_id))
    standard = selectors.standard_of(unit.round)
    require(
        by, standard.self_check if stage == SELF else standard.verdict, unit.institution_id, unit.area_code
    )
    if unit.round.closed_on is not None and stage != RECHECK:
        raise ChecklistError("本轮已结束 (the round is closed)", where=unit.round.title)
    return unit, standard


def _known(standard: Standard, unit: RoundUnit, answers: Mapping[str, str]) -> None:
    known = {item.id for item in rules.applicable(standard, unit.attributes)}
    strange = [name for name, text in answers.items() if text.strip() and name not in known]
    if strange:
        raise Faults(
            [Fault(name, "没有这一项 (no such item)") for name in sorted(strange)], where=standard.title
        )


def _filled(given: Mapping[str, str], longest: int = 64) -> dict[str, str]:
    return {name: text.strip()[:longest] for name, text in given.items() if text.strip()}


def _once(unit: RoundUnit, stage: str) -> None:
    if stage != RECHECK and selectors.standing(unit, stage) is not None:
        raise ChecklistError(
            f"{STAGES[stage]}已提交 (already submitted)", where=unit.name, todo="如有错误，由评审方撤销后重填"
        )


def _in_order(unit: RoundUnit, stage: str, by: Actor) -> None:
    """A verdict is not given by who filled the self-check; a re-check follows a verdict that left something to put right."""
    own = selectors.standing(unit, SELF)
    if stage == ON_SITE and own is not None and own.by_id == by.user_id:
        raise ChecklistError("自查人不能作现场结论 (another person gives the verdict)", where=unit.name)
    if stage == SELF and selectors.standing(unit, ON_SITE) is not None:
        raise ChecklistError("现场评审之后不再自查 (the verdict has been given)", where=unit.name)
    if stage == RECHECK and not unit.rectifications.filter(state__in=selectors.OPEN).exists():
        raise ChecklistError("没有待复查的整改事项 (nothing to check again)", where=unit.name)


def _evidence(standard: Standard, stage: str, result: Result, remarks: Mapping[str, str]) -> None:
    """A self-check names its evidence where the item asks for it."""
    if stage != SELF:
        return
    faults = [
        Fault(one.id, f"{standard.items[one.id].title}：须写明凭据 (name the evidence)", "evidence_required")
        for one in result.items
        if standard.items[one.id].evidence_required and one.answer != NOT_APPLICABLE and one.id not in remarks
    ]
    if faults:
        raise Faults(faults, where=standard.title, todo="补上凭据后提交")


def _write(
    row: Sheet, result: Result, answers: Mapping[str, str], remarks: Mapping[str, str], files: Mapping[str, str], *,
    by: Actor, on: date, at: datetime,
) -> None:  # fmt: skip
    row.state, row.number, row.answers, row.remarks, row.files = (
        "submitted",
        row.number + 1,
        dict(answers),
        dict(remarks),
        dict(files),
    )
    row.items = [
        {
            "id": one.id, "answer": one.answer, "points": str(one.points), "score": str(one.score), "met": one.met,
            "applies": one.applies, "days": one.days,
        }
        for one in result.items
    ]  # fmt: skip
    row.score, row.full, row.grade, row.met = (
        decimal(result.score),
        decimal(result.full),
        result.grade,
        result.met,
    )
    row.failed, row.vetoed = list(result.failed), list(result.vetoed)
    row.by_id, row.by_name, row.on, row.submitted_at = by.user_id, by.name, on, at
    row.save()


def _standing(unit: RoundUnit, row: Sheet) -> None:
    """What the unit's newest sheets came to."""
    if row.stage == SELF:
        unit.self_score = row.score
    else:
        unit.score, unit.grade, unit.met, unit.judged_on = row.score, row.grade, row.met, row.on
    unit.save()


def _stand_again(unit: RoundUnit, taken: Sheet) -> None:
    if taken.stage == SELF:
        unit.self_score = None
    else:
        before = selectors.latest_verdict(unit)
        unit.score = before.score if before else None
        unit.grade, unit.met = (before.grade, before.met) if before else ("", None)
        unit.judged_on = before.on if before else None
    unit.save()


def _take_back(unit: RoundUnit, row: Sheet, standard: Standard, *, by: Actor, on: date, why: str) -> None:
    """What the sheet asked for is cancelled; what it closed waits again."""
    asked = list(row.rectifications.filter(state__in=selectors.OPEN))
    duties.end(asked, why, by=by, on=on)
    row.rectifications.filter(pk__in=[one.pk for one in asked]).update(state="cancelled", closed_on=on)
    closed = list(row.closes.all())
    row.closes.update(state="open", closed_on=None, closed_by=None)
    duties.give(closed, unit, standard, row, by=by, on=on)


def _to_rectify(
    unit: RoundUnit, row: Sheet, standard: Standard, result: Result, pack: Pack, by: Actor
) -> None:
    """Items now met are done; items not met are open, those that were already keep their deadline."""
    waiting = {one.item: one for one in unit.rectifications.filter(state__in=selectors.OPEN)}
    done = [one for name, one in waiting.items() if name not in result.failed]
    for one in done:
        one.state, one.closed_on, one.closed_by = "done", row.on, row
        one.save()
    for one in waiting.values():
        if one.state == "reported":
            one.state = "open"
            one.save()
    fresh = Rectification.objects.bulk_create(
        Rectification(
            unit=unit, sheet=row, item=one.id, title=standard.items[one.id].title[:300],
            clause=standard.items[one.id].clause or standard.clause, due_on=due(pack, standard, row.on, one.days),
        )
        for one in result.items
        if not one.met and one.id not in waiting
    )  # fmt: skip
    duties.end(done, STAGES[row.stage], by=by, on=row.on)
    duties.give(fresh, unit, standard, row, by=by, on=row.on)


def decimal(value: Fraction) -> Decimal:
    """Points as a column keeps them: four decimals."""
    exact = rules.rounded_points(value, 4)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def draft_many(rows: Mapping[UUID, Mapping[str, Any]], *, stage: str, by: Actor, on: date) -> int:
    """Write the drafts of many units (from a spreadsheet), all or none; what was drafted before is replaced."""
    with acting(by=by, on=on, why="", action="checklist.import"):
        for unit_id, given in rows.items():
            unit, _ = _writable(unit_id, stage, by)
            known = selectors.draft(unit, stage)
            save_draft(
                unit_id=unit_id, stage=stage, answers=given["answers"], remarks=given["remarks"],
                seen=known.number if known else 0, by=by, on=on,
            )  # fmt: skip
        record(
            action="checklist.import", subject="checklist:drafts", by=by, on=on, detail={"units": len(rows)}
        )
    return len(rows)
