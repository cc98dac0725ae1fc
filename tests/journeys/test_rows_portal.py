"""Screens, health education, policies told, certificates online, finding one's way: by offices, residents and nobody in particular."""

import re

import pytest

from tests.journeys import registers
from tests.journeys.conftest import RUN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def place(page, type_):
    """The name of an open institution of a type."""
    page.goto(f"/institutions/?type={type_}")
    return page.locator("main tbody tr a").first.inner_text()


def test_a_screen_fetches_prices_and_policies(log_in, visitor):
    office = log_in("office")  # bureau_officer
    question = f"住院要押金吗{RUN}"
    registers.add(
        office, "policy-answers", policy="免押金", question=question, answer="县域内不用", asked_by="hotline",
        public_from=registers.day(0),
    )  # fmt: skip
    office.goto("/screens/?state=stale")
    stale = int(office.inner_text("#stale"))
    row = office.locator("main tbody tr").first
    name, address = row.locator("td").first.inner_text(), row.locator("a").last.get_attribute("href")
    screen = visitor()
    screen.goto(address)
    assert name in screen.inner_text("h1") and question in screen.inner_text("#policies")
    answer = screen.request.get(f"{address}feed.json")
    assert answer.ok and answer.json()["institution"] == name
    assert screen.request.get(f"{address[:-3]}xx/").status == 404
    office.goto("/screens/")
    assert int(office.inner_text("#stale")) == stale - 1
    office.goto("/registers/display-screens/gaps/")
    assert int(office.inner_text("#count")) >= 0


def test_health_education_counts_issues_and_people(log_in):
    office = log_in("office")  # bureau_officer
    unit = place(office, "township_hospital")
    issues = registers.figure(office, "health-education", "宣传栏期数")
    reached = registers.figure(office, "health-education", "惠及人次")
    row = registers.add(
        office, "health-education", unit=unit, held_on=registers.day(0), form="bulletin", topic="hepatitis_b",
        audience="pregnant", copies="48", reached="120",
    )  # fmt: skip
    assert registers.figure(office, "health-education", "宣传栏期数") == issues + 48
    assert registers.figure(office, "health-education", "惠及人次") == reached + 120
    said = registers.refused(
        office, "health-education", unit=unit, held_on=registers.day(0), form="handbook", topic="migrants",
        audience="migrants", copies="10", reached="10",
    )  # fmt: skip
    assert "贫困地区" in said
    registers.remove(office, row, "重复登记")
    assert registers.figure(office, "health-education", "宣传栏期数") == issues


def test_poor_households_are_told_of_a_policy(log_in, visitor):
    office = log_in("office")  # bureau_officer
    office.goto("/notices/policies/")
    registers.fill(
        office, {"title": f"住院免押金{RUN}", "body": "出院时结清", "clause": "relief-2021#S3-07.11"}, ""
    )
    office.click("main form button.button >> nth=-1")
    office.wait_for_url(re.compile("/notices/policies/[0-9a-f-]{36}/"))
    page = office.url
    office.goto(f"{page}?poor=yes")
    left = int(re.findall(r"(\d+) /", office.inner_text("#poor"))[0])
    number = office.locator("main tbody tr td").first.inner_text()
    office.select_option("#how", "meeting")
    office.fill("#numbers", number)
    office.click("button:text-is('登记')")
    office.wait_for_selector("#told")
    assert number in office.inner_text("#told") and "蒋文秀" in office.inner_text("#told")
    assert int(re.findall(r"(\d+) /", office.inner_text("#poor"))[0]) == left - 1
    question = f"怎样结算{RUN}"
    registers.add(
        office, "policy-answers", policy="一站式结算", question=question, answer="出院时一次结清", asked_by="meeting",
        public_from=registers.day(0),
    )  # fmt: skip
    anybody = visitor()
    anybody.goto(f"/open/policies/?q={question}")
    assert anybody.locator("section.answer").count() == 1 and "一次结清" in anybody.inner_text("main")


def test_a_certificate_is_applied_for_issued_and_verified(log_in, visitor):
    resident = log_in("resident")
    resident.goto("/cases/open/floating-certificate/")
    registers.fill(resident, {"kind": "流动人口服务证", "purpose": f"子女入学{RUN}"}, "open-")
    resident.click("main form button:text-is('发起')")
    resident.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
    case = resident.url
    office = log_in("office")  # bureau_officer
    office.goto(case)
    registers.fill(
        office, {"resident_file": "相符", "floating_file": "有个案", "file_number": "K-1"}, "check-"
    )
    office.click("form:has(input[value=check]) button:text-is('核对居民与流动人口登记')")
    office.wait_for_selector(".note.good")
    office.click("form:has(input[value=issue]) button:text-is('签发')")
    office.wait_for_selector(".note.good")
    resident.goto(case)
    resident.click("a:text-is('证件')")
    number, code = resident.inner_text("#number"), resident.inner_text("#code")
    anybody = visitor()
    anybody.goto("/open/certificates/")
    anybody.fill("#number", number)
    anybody.fill("#code", code)
    anybody.click("main form button:text-is('核验')")
    assert "证件有效" in anybody.inner_text("#verdict") and "流动人口服务证" in anybody.inner_text("#verdict")
    anybody.fill("#code", "wrong")
    anybody.click("main form button:text-is('核验')")
    assert "没有查到" in anybody.inner_text("#verdict")


def test_parking_entered_by_a_hospital_is_seen_by_everybody(log_in, newcomer, visitor):
    office = log_in("office")
    hospital = place(office, "county_hospital")
    manager = newcomer("institution_manager", login="biaozhi", institution=hospital)
    counted = {"places": "100", "taken": "60", "counted_on": registers.day(0)}
    row = registers.add(
        manager, "visit-surroundings", institution=hospital, site=f"院区{RUN}", entrances="南门", signs="一层挂号",
        barrier_free="是", since=registers.day(1), **counted,
    )  # fmt: skip
    anybody = visitor()
    anybody.goto("/open/surroundings/")
    card = anybody.locator("section.place", has_text=f"院区{RUN}")
    assert "40 / 100" in card.inner_text() and "南门" in card.inner_text()
    registers.change(manager, row, "车位已满", taken="100")
    anybody.reload()
    assert "0 / 100" in card.inner_text()
    number, _ = registers.gaps(office, "visit-surroundings")
    assert number >= 0
    registers.remove(manager, row, "演练结束")
