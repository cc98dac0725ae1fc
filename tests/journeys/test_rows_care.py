"""Registers of care close to home in the browser: toilets, grids, support, rounds, coverage, wellness, supervision branches."""

import pytest

from tests.journeys.conftest import RUN
from tests.journeys.registers import add, change, day, figure, gaps, look, refused, remove, restore

pytestmark = [pytest.mark.browser, pytest.mark.slow]
N = RUN.upper()


def some(page, kind, place=0):
    """Name of an institution of the kind."""
    page.goto(f"/institutions/?type={kind}")
    return page.locator("main tbody td a").nth(place).inner_text()


def left(page, register):
    """One who has no row yet: name, area code, and how many there are; a row is struck when nobody is left."""
    page.goto(f"/registers/{register}/gaps/")
    if page.inner_text("#count") == "0":
        page.goto(f"/registers/{register}/")
        page.locator("main tbody a").first.click()
        remove(page, page.url, "改由他处安排")
        page.goto(f"/registers/{register}/gaps/")
    cells = page.locator("main tbody tr").first.locator("td").all_inner_texts()
    return cells[0], cells[2], int(page.inner_text("#count"))


def strike(page, register, about):
    """Strike the rows whose line in the list says `about`, an area code or the name of an institution."""
    column = "f_institution" if register == "support-pairings" else "f_area"
    look(page, register, **{column: about})
    links = page.locator("main tbody a")
    for address in links.evaluate_all("links => links.map(link => link.href)"):
        remove(page, address, "重新安排")


def test_a_household_toilet_is_checked_photographed_and_subsidised(log_in, city):
    office, leader = log_in("office"), log_in("leader")  # bureau_officer, bureau_leader
    village = city.facts["village"]
    done = figure(office, "rural-toilets", "改厕完成户数")
    planned = {
        "village": village,
        "household": f"H-{N}",
        "head": "张大山",
        "kind": "tank",
        "planned_on": day(5),
    }
    assert "化粪池容积" in refused(office, "rural-toilets", **planned)
    row = add(office, "rural-toilets", volume="1.5", subsidy="1500", **planned)
    assert figure(office, "rural-toilets", "改厕完成户数") == done
    rate = figure(office, "rural-toilets", "改厕任务完成率")
    office.goto(f"{row}edit/")
    office.set_input_files("#v_photo", {"name": "完工.png", "mimeType": "image/png", "buffer": PHOTO})
    office.select_option("#v_passed", "是")
    office.fill("#v_checked_on", day(0))
    office.fill("#why", "验收合格")
    office.click("form#row button:text-is('保存')")
    office.wait_for_selector(".timeline")
    assert "完工.png" in office.inner_text("main") and "验收合格" in office.inner_text(".timeline")
    assert figure(office, "rural-toilets", "改厕完成户数") == done + 1
    assert figure(office, "rural-toilets", "改厕任务完成率") > rate
    assert ">= 100%" in office.inner_text(".figures")
    change(leader, row, "批准付款", state="approved", approved_on=day(0))
    assert look(leader, "rural-toilets", f_state="approved", f_passed="yes") >= 1


PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def test_a_grid_gets_its_committee_and_a_weakness_is_closed(log_in):
    office = log_in("office")  # bureau_officer
    name, code, count = left(office, "health-grids")
    strike(office, "health-grids", code)
    hospital = some(office, "community_centre")
    wanted = {"area": code, "institution": hospital, "since": day(0)}
    assert "委员会联系人" in refused(office, "health-grids", committee="是", **wanted)
    grid = add(office, "health-grids", committee="否", **wanted)
    assert gaps(office, "health-grids")[0] == count, f"{name} has no committee yet"
    rate = figure(office, "health-grids", "设有公共卫生委员会")
    change(office, grid, "委员会成立", committee="是", chair="李二河", phone="13800000000")
    assert gaps(office, "health-grids")[0] == count - 1
    assert figure(office, "health-grids", "设有公共卫生委员会") > rate
    open_ = figure(office, "grid-weaknesses", "尚未完成")
    row = add(
        office,
        "grid-weaknesses",
        area=code,
        kind="supplies",
        found_on=day(1),
        action="补充储备",
        due_on=day(-30),
    )
    assert figure(office, "grid-weaknesses", "尚未完成") == open_ + 1
    change(office, row, "已补齐", closed_on=day(0))
    assert figure(office, "grid-weaknesses", "尚未完成") == open_
    remove(office, grid, "试验")


def test_a_township_hospital_is_paired_and_gains_a_technique(log_in):
    office = log_in("office")  # bureau_officer
    name, _, count = left(office, "support-pairings")
    supporter = some(office, "county_hospital")
    start = {"institution": name, "poor": "是", "supporter": supporter, "since": day(0)}
    strike(office, "support-pairings", name)
    assert "须写等级" in refused(office, "support-pairings", **start)
    row = add(office, "support-pairings", grade="1", purpose=["medical", "rehabilitation"], **start)
    assert gaps(office, "support-pairings")[0] == count, "a grade-1 hospital does not count"
    rate = figure(office, "support-pairings", "对口支援覆盖率")
    change(office, row, "改由二级医院支援", grade="2")
    assert gaps(office, "support-pairings")[0] == count - 1
    assert figure(office, "support-pairings", "对口支援覆盖率") > rate
    assert "= 100%" in office.inner_text(".figures")
    assert gaps(office, "support-visits", name)[1] == [name]
    days = figure(office, "support-visits", "派驻天数")
    add(
        office, "support-visits", institution=name, pairing=name, doctor="A9001", from_on=day(9), to_on=day(0),
        technique="肺功能检查", technique_on=day(3),
    )  # fmt: skip
    assert figure(office, "support-visits", "派驻天数") == days + 10
    assert gaps(office, "support-visits", name)[1] == []
    assert figure(office, "support-visits", "新增一项适宜技术") > 0


def test_rounds_are_planned_kept_or_missed(log_in):
    office = log_in("office")  # bureau_officer
    _, code, count = left(office, "outreach-visits")
    hospital = some(office, "township_hospital")
    planned = {"institution": hospital, "village": code, "kind": "round"}
    missed = look(office, "outreach-visits", f_missed="yes")
    row = add(office, "outreach-visits", planned_on=day(1), kept="否", **planned)
    assert look(office, "outreach-visits", f_missed="yes") == missed + 1
    assert gaps(office, "outreach-visits")[0] == count
    assert "看病人数" in refused(
        office, "outreach-visits", planned_on=day(2), kept_on=day(1), kept="是", **planned
    )
    rate = figure(office, "outreach-visits", "完成率")
    seen = figure(office, "outreach-visits", "看病人数")
    change(office, row, "当日补记", kept="是", kept_on=day(1), patients="17")
    assert figure(office, "outreach-visits", "看病人数") == seen + 17
    assert figure(office, "outreach-visits", "完成率") > rate
    assert look(office, "outreach-visits", f_missed="yes") == missed
    assert gaps(office, "outreach-visits")[0] == count - 1
    assert (
        look(office, "outreach-visits", f_kind="sitting") + look(office, "outreach-visits", f_kind="posting")
        > 0
    )


def test_a_village_is_covered_in_one_of_four_ways(log_in):
    office = log_in("office")  # bureau_officer
    _, code, count = left(office, "village-coverage")
    hospital = some(office, "township_hospital")
    wanted = {"village": code, "institution": hospital, "since": day(0)}
    assert "每月巡回次数" in refused(office, "village-coverage", way="touring", **wanted)
    assert "负责的医生" in refused(office, "village-coverage", way="posted", **wanted)
    assert "负责的医生" in refused(office, "village-coverage", way="reassigned", **wanted)
    assert "医生所在村" in refused(office, "village-coverage", way="neighbour", doctor="王三江", **wanted)
    rate, ways = (figure(office, "village-coverage", title) for title in ("服务覆盖率", "由四种方式"))
    row = add(office, "village-coverage", way="touring", per_month="4", **wanted)
    assert gaps(office, "village-coverage")[0] == count - 1
    assert figure(office, "village-coverage", "服务覆盖率") > rate
    assert figure(office, "village-coverage", "由四种方式") == ways + 1
    assert "= 100%" in office.inner_text(".figures")
    remove(office, row, "改由村医")
    assert gaps(office, "village-coverage")[0] == count
    restore(office, row, "仍由巡回医疗")
    assert gaps(office, "village-coverage")[0] == count - 1


def test_wellness_reaches_villages_communities_and_homes(log_in):
    office = log_in("office")  # bureau_officer
    _, code, count = left(office, "wellness-activities")
    wanted = {"area": code, "topic": f"四季养生{N}", "staff": "中医师一人", "held_on": day(0), "people": "12"}
    assert "入户户数" in refused(office, "wellness-activities", scene="home", **wanted)
    reached, places = (figure(office, "wellness-activities", title) for title in ("受益人次", "进到的村"))
    add(office, "wellness-activities", scene="home", homes="4", **wanted)
    assert figure(office, "wellness-activities", "受益人次") == reached + 12
    assert figure(office, "wellness-activities", "进到的村") == places + 1
    assert gaps(office, "wellness-activities")[0] == count - 1
    assert look(office, "wellness-activities", f_scene="home") >= 1
    row = add(office, "wellness-activities", scene="village", **wanted)
    change(office, row, "人数更正", people="13")
    assert figure(office, "wellness-activities", "受益人次") == reached + 25


def test_a_township_gets_its_supervision_branch(log_in):
    inspector = log_in("inspector")
    _, code, count = left(inspector, "supervision-branches")
    branches, rate = (figure(inspector, "supervision-branches", title) for title in ("分所数", "设置率"))
    wanted = {"township": code, "name": f"卫生监督分所{N}", "staff": "4"}
    assert "不能在将来" in refused(inspector, "supervision-branches", since=day(-2), **wanted)
    row = add(inspector, "supervision-branches", since=day(0), **wanted)
    assert figure(inspector, "supervision-branches", "分所数") == branches + 1
    assert figure(inspector, "supervision-branches", "设置率") > rate
    assert ">= 90%" in inspector.inner_text(".figures")
    assert gaps(inspector, "supervision-branches")[0] == count - 1
    change(inspector, row, "增加监督员", staff="5")
    remove(inspector, row, "试验")
    assert gaps(inspector, "supervision-branches")[0] == count
