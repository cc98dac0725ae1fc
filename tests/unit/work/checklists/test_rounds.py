"""Rounds: self-check, verdict, rectification, re-check, reversal; who may; nothing lost between two writers."""

from datetime import date

import pytest
from django.utils import timezone

from kangcheng.base.audit import ReasonError
from kangcheng.kernel.errors import Faults
from kangcheng.work.checklists import selectors, services, sheets
from kangcheng.work.checklists.models import Rectification, RoundUnit
from kangcheng.work.checklists.scope import NotPermitted
from kangcheng.work.checklists.types import ChecklistError
from kangcheng.work.tasks.models import Task
from tests.unit.work.checklists.conftest import CHECKLIST, FAR, GOOD

WEAK = {**GOOD, "area": "500", "toilets": "no"}


@pytest.fixture
def do(opened, pack, today, actor):
    """Submits a sheet of the first hospital: do("self", answers)."""
    unit = opened["第1卫生院"]
    people = {
        "self": actor("institution_manager", institutions=[unit.institution_id]),
        "inspector": actor("inspector", areas=["150302"]),
    }

    def submit(stage, answers, *, on=today, by=None, remarks=None):
        by = by or people["self" if stage == "self" else "inspector"]
        given = {"area": "不动产权证", **(remarks or {})}
        return services.submit(
            unit_id=unit.pk,
            stage=stage,
            answers=answers,
            remarks=given,
            pack=pack,
            by=by,
            on=on,
            at=timezone.now(),
        )

    submit.unit, submit.people = unit, people
    return submit


def fresh(unit):
    """The unit as it stands now."""
    return RoundUnit.objects.get(pk=unit.pk)


def test_from_self_check_to_re_check(do, today):
    do("self", GOOD)
    verdict = do("on_site", WEAK)
    assert (verdict.grade, verdict.met, verdict.failed) == ("standard", True, ("area", "toilets"))
    assert {one.item for one in selectors.differences(fresh(do.unit))} == {"area", "toilets"}
    waiting = selectors.rectifications(do.people["inspector"])
    assert {(one.item, one.due_on) for one in waiting} == {
        ("toilets", date(2024, 7, 2)),
        ("area", date(2024, 8, 13)),
    }
    given = Task.objects.order_by("due_on")
    assert [(one.due_on, one.role, one.institution_id) for one in given] == [
        (day, "institution_manager", do.unit.institution_id) for day in (date(2024, 7, 2), date(2024, 8, 13))
    ]
    for one in waiting:
        services.report(rectification_id=one.id, words="已建成", by=do.people["self"], on=date(2024, 6, 1))
    do("recheck", {"toilets": "yes"}, on=date(2024, 6, 20))
    states = {one.item: one.state for one in selectors.rectifications(do.people["inspector"])}
    assert states == {"toilets": "done", "area": "open"}
    assert [one.title for one in given.filter(state="open")] == ["整改：业务用房建筑面积"]
    unit = fresh(do.unit)
    assert (unit.self_score, unit.score, unit.judged_on) == (100, 85, date(2024, 6, 20))


def test_a_reversal_needs_a_reason_and_restores_what_stood_before(do, today):
    do("on_site", WEAK)
    recheck = do("recheck", {"toilets": "yes", "area": "1000"})
    inspector = do.people["inspector"]
    with pytest.raises(ReasonError):
        services.reverse(sheet_id=recheck.id, by=inspector, on=today, why=" ")
    verdict = selectors.sheets(fresh(do.unit))[0]
    with pytest.raises(ChecklistError, match="最近"):
        services.reverse(sheet_id=verdict.id, by=inspector, on=today, why="填错")
    services.reverse(sheet_id=recheck.id, by=inspector, on=today, why="看错了")
    assert fresh(do.unit).score == 80
    assert {one.state for one in Rectification.objects.all()} == {"open"}
    assert Task.objects.filter(state="open").count() == 2, "what waits again is a task again"
    services.reverse(sheet_id=verdict.id, by=inspector, on=today, why="单位不对")
    unit = fresh(do.unit)
    assert (unit.score, unit.met, unit.grade) == (None, None, "")
    assert {one.state for one in Rectification.objects.all()} == {"cancelled"}
    assert not Task.objects.filter(state="open").exists()
    assert do("on_site", GOOD).met


def test_who_may(do, opened, pack, today, actor):
    own = do.people["self"]
    for stage, by in (
        ("on_site", own),
        ("self", do.people["inspector"]),
        ("on_site", actor("inspector", areas=["150303"])),
        ("self", actor("institution_manager", institutions=[opened["第2卫生院"].institution_id])),
        ("self", actor("cashier", institutions=[do.unit.institution_id])),
    ):
        with pytest.raises(NotPermitted):
            do(stage, GOOD, by=by)


def test_nobody_judges_what_they_filled_themselves(do, actor):
    both = actor("institution_manager", "inspector", institutions=[do.unit.institution_id], areas=["150302"])
    do("self", GOOD, by=both)
    with pytest.raises(ChecklistError, match="自查人"):
        do("on_site", GOOD, by=both)


def test_one_sees_only_ones_own_units(do, actor):
    manager, far = do.people["self"], actor("inspector", areas=[FAR[:6]])
    do("on_site", WEAK)
    (round_,) = selectors.rounds(manager)
    assert (round_.units, round_.verdicts, round_.met) == (1, 1, 1)
    assert (selectors.rounds(far)[0].units, selectors.rounds(far)[0].verdicts) == (1, 0)
    assert selectors.rectifications(far) == []
    assert selectors.rounds(actor("inspector", areas=["99"])) == []
    with pytest.raises(ChecklistError):
        selectors.unit(do.unit.pk, far)


def test_evidence_is_named_in_a_self_check_where_it_is_asked_for(opened, pack, today, actor, do):
    from kangcheng.work.checklists.models import Round

    row = Round.objects.get()
    row.content["sections"][0]["items"][0]["evidence_required"] = "yes"
    row.save()
    selectors._read.cache_clear()
    with pytest.raises(Faults, match="凭据"):
        do("self", GOOD, remarks={"area": ""})
    do("self", GOOD)
    selectors._read.cache_clear()


def test_two_writers_of_one_draft(do, today):
    unit, by = do.unit.pk, do.people["self"]

    def keep(answers, seen):
        return services.save_draft(
            unit_id=unit, stage="self", answers=answers, remarks={}, seen=seen, by=by, on=today
        )

    assert keep({"toilets": "yes"}, 0) == 1
    with pytest.raises(ChecklistError, match="别人刚刚改过"):
        keep({"toilets": "no"}, 0)
    assert keep({"toilets": "no"}, 1) == 2
    do("self", GOOD)
    with pytest.raises(ChecklistError, match="已提交"):
        keep({"toilets": "yes"}, 0)


def test_a_closed_round_takes_no_more_verdicts_but_re_checks(do, today, actor):
    do("on_site", WEAK)
    services.close_round(round_id=do.unit.round_id, by=actor("inspector", areas=[""]), on=today)
    do("recheck", {"toilets": "yes"})
    with pytest.raises(ChecklistError, match="已结束"):
        do("self", GOOD)


def test_answers_by_spreadsheet(do, opened, actor, today):
    from python_calamine import CalamineWorkbook  # noqa: F401  what the reader uses

    standard = selectors.standard_of(do.unit.round)
    units = list(opened.values())
    from kangcheng.base.sheets import write_sheet

    heads = [column.heading for column in sheets._columns(standard)]
    words = {"yes": "是", "all": "四室分设"}
    rows = [
        [do.unit.name, str(do.unit.pk), name, "", "", words.get(answer, answer), ""]
        for name, answer in GOOD.items()
    ]
    found = sheets.read_sheet(write_sheet(rows, heads), "a.xlsx", standard, units)
    assert found == {do.unit.pk: {"answers": GOOD, "remarks": {}}}
    services.draft_many(found, stage="self", by=do.people["self"], on=today)
    assert selectors.draft(do.unit, "self").answers == GOOD
    rows[2][5] = "也许"
    with pytest.raises(Faults) as caught:
        sheets.read_sheet(write_sheet(rows, heads), "a.xlsx", standard, units)
    assert [(fault.line, fault.where) for fault in caught.value.faults] == [(4, "列 答案")]
    assert len(sheets.blank_sheet(standard, units)) > 4000


def test_comparison_and_what_fails_most(do, actor):
    by = do.people["inspector"]
    do("on_site", WEAK)
    assert selectors.comparison(CHECKLIST, by) == {"第1卫生院": {2024: 80}}
    assert selectors.met_rate(CHECKLIST, 2024, by) == (1, 1)
    assert selectors.weakest(do.unit.round_id, by) == [("area", 1), ("toilets", 1)]
