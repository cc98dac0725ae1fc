"""What leaves the house: exports on approval, lists of imports, who may take them back."""

from dataclasses import replace

import pytest

from kangcheng.access.exports import services as exports
from kangcheng.base.accounts.selectors import actor_for
from kangcheng.base.audit import AuditEvent, LookLog
from kangcheng.base.sheets import write_sheet
from kangcheng.kernel.errors import KangchengError
from kangcheng.registry.imports import selectors as imports
from kangcheng.registry.imports import services as importing
from tests.guard.conftest import logged_in
from tests.guard.test_scope import text_of
from tests.guard.world import identity, staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("purpose", ["statistics", "research"])
def test_an_export_for_statistics_holds_only_those_who_agreed(world, browser, account, purpose):

    from django.utils import timezone

    officer, leader = account("fund_officer"), account("bureau_leader")
    asker = replace(actor_for(officer, "work", world.today), purpose=purpose)
    asked = exports.request(
        list_name="residents",
        wanted={},
        columns=["name", "identity"],
        reason="年度统计分析",
        by=asker,
        on=world.today,
    )
    exports.approve(request_id=asked, by=actor_for(leader, "work", world.today), on=world.today, why="同意")
    done = exports.fetch(
        request_id=asked, by=actor_for(officer, "work", world.today), on=world.today, at=timezone.now()
    )
    assert done.rows == ()


def test_an_export_keeps_to_the_district_and_logs_everybody_in_it(world, account):
    officer, leader = (
        logged_in(account("fund_officer", area=world.near.area)),
        logged_in(account("bureau_leader")),
    )
    form = {
        "columns": ["name", "identity", "phone", "address"],
        "reason": "核对参保名单",
        "purpose": "enrolment",
    }
    officer.post("/exports/new/", form)
    asked = leader.get("/exports/").context["to_decide"][0]["request"]
    leader.post(f"/exports/{asked.id}/decide/", {"do": "approve", "why": "同意"})
    before = LookLog.objects.count()
    text = text_of(officer.post(f"/exports/{asked.id}/file/"))
    assert all(one in text for one in (*world.near.names, *world.near.numbers, *world.near.phones))
    assert not [one for one in (*world.far.names, *world.far.numbers, *world.far.phones) if one in text]
    new = LookLog.objects.order_by("created_at")[before:]
    assert {*world.near.people} <= {look.person_id for look in new} and {look.purpose for look in new} == {
        "enrolment"
    }
    other = logged_in(account("fund_officer"))
    assert other.post(f"/exports/{asked.id}/file/").status_code == 404


def listed(*rows):
    heads = [head for head, *_ in imports.help_rows("categories", staff_day())]
    return write_sheet([[row.get(head, "") for head in heads] for row in rows], heads)


def staff_day():
    from django.utils import timezone

    return timezone.localdate()


def waiting_row(number, name):
    """A row of a list whose person nobody has registered."""
    example = {head: sample for head, _, _, sample in imports.help_rows("categories", staff_day())}
    heads = {key: head for head in example for key in ("身份证", "姓名") if key in head}
    return example | {heads["身份证"]: identity(number), heads["姓名"]: name}


def taken_in(by, number, name, today):
    report = importing.apply(
        kind="categories",
        content=listed(waiting_row(number, name)),
        file_name=f"{name}.xlsx",
        source="街道",
        by=by,
        on=today,
    )
    return report.batch_id


def test_a_district_sees_and_takes_back_its_own_lists_only(world, account, browser):
    near, far = account("fund_officer", area=world.near.area), account("fund_officer", area=world.far.area)
    ours = taken_in(actor_for(near, "import", world.today), 41, "公孙近人", world.today)
    theirs = taken_in(actor_for(far, "import", world.today), 42, "公孙远人", world.today)
    client = logged_in(near)
    for page in ("/imports/", "/imports/unmatched/", "/imports/unmatched/?export=xlsx"):
        text = text_of(client.get(page))
        assert "公孙近人" in text, page
        assert "公孙远人" not in text and str(theirs) not in text, page
    assert client.post(f"/imports/{theirs}/undo/", {"why": "误操作"}).status_code in (403, 404, 422)
    assert imports.get(theirs).state == "applied"
    assert client.post(f"/imports/{ours}/undo/", {"why": "名单有误"}).status_code == 302
    whole = browser("fund_officer")
    assert "公孙远人" in text_of(whole.get("/imports/unmatched/"))


def test_taking_the_waiting_rows_away_as_a_file_is_audited(world, browser):
    officer = browser("fund_officer")
    taken_in(staff("fund_officer"), 43, "公孙某人", world.today)
    answer = officer.get("/imports/unmatched/?export=xlsx")
    assert "公孙某人" in text_of(answer) and identity(43) not in text_of(answer)
    event = AuditEvent.objects.filter(action="list.export").latest("created_at")
    assert event.actor_id == officer.user.pk and event.detail["rows"] == 1


def test_a_trial_tells_a_district_nothing_about_people_elsewhere(world, account):
    """Somebody registered in another district and nobody at all get one answer: otherwise a list of numbers tells who is who."""
    by = actor_for(account("fund_officer", area=world.near.area), "import", world.today)
    answers = []
    for number in (world.far.numbers[0], identity(77)):
        example = {head: sample for head, _, _, sample in imports.help_rows("residents", world.today)}
        row = dict.fromkeys(example, "") | {
            "姓名": "试探人", **{head: number for head in example if "身份证" in head},
            **{head: world.near.area for head in example if "村" in head or "区划" in head or "居住" in head},
        }  # fmt: skip
        heads = list(example)
        content = write_sheet([[row[head] for head in heads]], heads)
        report = importing.check(kind="residents", content=content, file_name="a.xlsx", by=by, on=world.today)
        answers.append([fault.what for fault in report.faults])
    assert world.far.names[0] not in str(answers)
    assert "另一姓名" not in str(answers[0]) or answers[0] == answers[1], answers


def test_an_export_without_permission_or_reason_is_refused(world, account):
    clerk = actor_for(account("cashier", place=world.near.place), "work", world.today)
    with pytest.raises(KangchengError):
        exports.request(
            list_name="residents", wanted={}, columns=["name"], reason="看一看名单", by=clerk, on=world.today
        )
