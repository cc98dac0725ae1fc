"""Processes, tasks and notices as pages: open, take steps, be refused, hand in a file, be told."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from bench import town as town_
from kangcheng.policy.reader import load_pack
from kangcheng.portal import citypack
from kangcheng.work.processes import services
from kangcheng.work.processes.models import Case


@pytest.fixture(autouse=True)
def kangcheng(monkeypatch):
    """The demonstration city's pack, whose purchase process is walked."""
    pack = load_pack("kangcheng")
    monkeypatch.setattr(citypack, "pack", lambda: pack)


@pytest.fixture
def people(log_in):
    return {
        "manager": log_in("institution_manager"),
        "section": log_in("bureau_officer", place=None),
        "leader": log_in("bureau_leader", place=None),
        "elsewhere": log_in("institution_manager", place=town_.TOWNSHIP_HOSPITAL),
    }


def field(answer, name):
    return re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())[1]


def opened(people, amount="4200", **more):
    manager = people["manager"]
    form = manager.get("/cases/open/equipment-purchase/")
    return manager.post(
        "/cases/open/equipment-purchase/", key=field(form, "key"), institution=str(town_.COUNTY_HOSPITAL),
        item="心电图机", quantity="1", amount=amount, **more,
    )  # fmt: skip


def submitted(people):
    opened(people)
    case = Case.objects.get()
    paper = SimpleUploadedFile("报价.pdf", b"%PDF-1.4 quotation", "application/pdf")
    people["manager"].post(f"/cases/{case.pk}/step/", do="submit", role="applicant", key="a", quotation=paper)
    return case


def test_a_purchase_is_opened_and_walked(people):
    answer = opened(people)
    text = answer.content.decode()
    assert "心电图机" in text and "4,200.00" in text and "data-present" in text and "<svg" in text
    case = Case.objects.get()
    paper = SimpleUploadedFile("报价.pdf", b"%PDF-1.4 quotation", "application/pdf")
    answer = people["manager"].post(
        f"/cases/{case.pk}/step/", do="submit", role="applicant", key="a", quotation=paper
    )
    assert "待业务科室审查" in answer.content.decode()
    assert case.number in people["section"].get("/worklist/").content.decode()
    assert case.number not in people["elsewhere"].get("/cases/").content.decode()
    people["section"].post(f"/cases/{case.pk}/step/", do="review", role="section", key="b", need="必要")
    people["leader"].post(f"/cases/{case.pk}/step/", do="approve", role="leader", key="c")
    case.refresh_from_db()
    assert case.state == "approved"


def test_a_refused_form_keeps_what_was_typed(people):
    answer = opened(people, "四千来块")
    text = answer.content.decode()
    assert answer.status_code == 422 and "采购金额" in text and "心电图机" in text and "四千来块" in text


def test_a_stranger_to_the_case_finds_nothing(people):
    case = submitted(people)
    for address in (f"/cases/{case.pk}/", f"/cases/{case.pk}/files/2/quotation/"):
        assert people["elsewhere"].get(address).status_code == 404
    answer = people["elsewhere"].post(f"/cases/{case.pk}/step/", do="withdraw", role="applicant", comment="x")
    assert answer.status_code == 404
    assert (
        people["leader"].post(f"/cases/{case.pk}/step/", do="review", role="section", need="必要").status_code
        == 422
    )
    case.refresh_from_db()
    assert case.state == "submitted"


def test_an_attachment_is_given_back_as_it_was(people):
    case = submitted(people)
    answer = people["section"].get(f"/cases/{case.pk}/files/2/quotation/")
    assert answer.content == b"%PDF-1.4 quotation" and answer["Content-Type"] == "application/pdf"


def test_late_cases_come_first_and_the_leader_is_told(people, system):
    case = submitted(people)
    now = timezone.now() + timedelta(days=30)
    assert services.ring(now=now, by=system) == 3
    page = people["leader"].get("/worklist/").content.decode()
    assert case.number in page and "已上报" in page
    assert "逾期上报：医疗器械采购审批" in people["leader"].get("/notices/").content.decode()
    assert 'class="bell"' in page and 'class="tag bad">1<' in page
    people["leader"].post("/notices/read/")
    assert 'class="tag bad">1<' not in people["leader"].get("/notices/").content.decode()
    assert "待我办理" in people["leader"].get("/").content.decode()


def test_the_catalogue_counts_and_draws(people):
    submitted(people)
    text = people["section"].get("/processes/").content.decode()
    assert "医疗器械采购审批" in text
    text = people["section"].get("/processes/equipment-purchase/").content.decode()
    assert "<svg" in text and "5个工作日" in text and "采购金额 ≥ 4000" in text
    assert people["section"].get("/processes/nothing/").status_code == 404


def test_lists_are_exported(people):
    submitted(people)
    for address in ("/worklist/", "/cases/", "/processes/", "/tasks/", "/notices/"):
        answer = people["section"].get(address, export="xlsx")
        assert answer.status_code == 200 and "filename" in answer["Content-Disposition"], address


def test_a_task_is_given_and_done(people):
    leader, section = people["leader"], people["section"]
    yesterday = timezone.localdate() - timedelta(days=1)
    form = leader.get("/tasks/new/")
    answer = leader.post(
        "/tasks/new/",
        key=field(form, "key"),
        title="核对设备台账",
        role="bureau_officer",
        due_on=str(yesterday),
    )
    assert "核对设备台账" in answer.content.decode()
    page = section.get("/tasks/").content.decode()
    assert "核对设备台账" in page and "逾期" in page
    task = re.search(r"/tasks/([0-9a-f-]{36})/", page)[1]
    assert people["elsewhere"].get(f"/tasks/{task}/").status_code == 404
    section.post("/tasks/end/", task=task, result="已核对")
    assert "核对设备台账" not in section.get("/tasks/").content.decode()
    assert "已核对" in leader.get(f"/tasks/{task}/").content.decode()


def test_preferences_need_an_address(people):
    answer = people["leader"].post("/notices/preferences/", by_sms="yes")
    assert answer.status_code == 422 and "11位手机号" in answer.content.decode()
    text = people["leader"].post("/notices/preferences/", by_sms="yes", phone="13900000000").content.decode()
    assert "139****0000" in text and "13900000000" not in text


def test_households_not_yet_told(people):
    officer = people["section"]
    officer.post("/notices/policies/", title="住院起付线下调", area="", key="p1", body="")
    page = officer.get("/notices/policies/").content.decode()
    notice = re.search(r"/notices/policies/([0-9a-f-]{36})/", page)[1]
    before = officer.get(f"/notices/policies/{notice}/").content.decode()
    number = re.search(r'<td class="mono">([^<]+)</td>', before)[1]
    after = officer.post(f"/notices/policies/{notice}/", how="visit", numbers=number).content.decode()
    assert "已记录 1 户" in after and f'<td class="mono">{number}</td>' not in after
    assert officer.post(f"/notices/policies/{notice}/", how="visit", numbers="no-such").status_code == 422


LEAVE = """\
kind: process
id: visit-at-home
title: 上门服务申请
subject: person
start: asked
roles: {applicant: 居民, doctor: 村医}
held_by: {applicant: resident, doctor: village_doctor}
open: {by: applicant, requires: wish}
fields: [{id: wish, title: 需要什么, type: text}, {id: came_on, title: 上门日期, type: date}]
states: [{id: asked, title: 待上门}, {id: visited, title: 已上门, final: "yes"}, {id: withdrawn, title: 已撤回, final: "yes"}]
transitions:
  - {id: visit, title: 登记上门, from: asked, to: visited, by: doctor, requires: came_on}
  - {id: withdraw, title: 撤回, kind: withdraw, from: asked, to: withdrawn, by: applicant}
"""


def test_a_resident_applies_and_only_whoever_may_see_them_acts(
    kangcheng, city, log_in, tmp_path, monkeypatch
):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "pack.yaml").write_text(
        "title: 试\njurisdiction: 试\nextends: []\nversion: 1\nmaintainers: [试]\n", "utf-8"
    )
    (tmp_path / "own" / "visit-at-home.yaml").write_text(LEAVE, "utf-8")
    pack = load_pack("own", root=tmp_path)
    monkeypatch.setattr(citypack, "pack", lambda: pack)
    resident = log_in("resident", place=None, person=city.people[0])
    form = resident.get("/cases/open/visit-at-home/")
    answer = resident.post("/cases/open/visit-at-home/", key=field(form, "key"), wish="换药")
    assert "换药" in answer.content.decode() and "已发起" in answer.content.decode()
    case = Case.objects.get()
    assert (case.subject, case.area_code) == (str(city.people[0]), town_.VILLAGE)
    assert case.number in resident.get("/cases/").content.decode()
    other = log_in("resident", place=None, person=city.people[1])
    assert other.get(f"/cases/{case.pk}/").status_code == 404
    assert case.number not in other.get("/cases/").content.decode()
    stranger = other.post(f"/cases/open/visit-at-home/?person={city.people[0]}", key="k", wish="x")
    assert stranger.status_code == 422 and Case.objects.count() == 1
    doctor = log_in("village_doctor", place=None)
    doctor.post(
        f"/cases/{case.pk}/step/", do="visit", role="doctor", key="v", came_on=str(timezone.localdate())
    )
    case.refresh_from_db()
    assert case.state == "visited"
