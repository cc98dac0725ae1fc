"""Lists of residents and of the registered poor: tried, taken in whole or not at all, matched later, taken back."""

import io
import time
from datetime import date
from fractions import Fraction

import pytest
from python_calamine import CalamineWorkbook

from kangcheng.base.audit import AuditEvent
from kangcheng.base.sheets import SheetError, write_sheet
from kangcheng.kernel.errors import Faults
from kangcheng.registry.categories import selectors as categories
from kangcheng.registry.categories.types import NewCategory
from kangcheng.registry.households import selectors as households
from kangcheng.registry.imports import selectors, services
from kangcheng.registry.imports.models import ImportRow
from kangcheng.registry.people import selectors as people
from kangcheng.registry.people.models import Resident
from kangcheng.registry.permission import NotPermitted
from tests.unit.registry.conftest import OTHER_VILLAGE, VILLAGE, identity

pytestmark = pytest.mark.django_db
POOR = ["身份证号", "姓名", "村（社区）", "类别", "有效期起", "有效期止", "依据"]
PEOPLE = ["姓名", "身份证号", "居住村（社区）", "电话", "住址", "户号", "与户主关系"]


@pytest.fixture
def officer(actor):
    return actor("fund_officer", areas=["150302"])


def poor(*rows):
    return write_sheet(rows, POOR)


def listed(
    number,
    name="测试乙",
    start="2024-01-01",
    last="2024-12-31",
    village="和平社区居委会",
    category="建档立卡贫困人口",
):
    return identity(number), name, village, category, start, last, "名单2024-1"


def take(content, by, on, kind="categories", name="poor.xlsx"):
    return services.apply(
        kind=kind, content=content, file_name=name, source="乡村振兴局", by=by, on=on, why="年度名单"
    )


def test_a_list_marks_its_people_and_keeps_those_it_cannot_find(someone, officer, today):
    a, b = someone(1), someone(2)
    content = poor(listed(1), listed(2, "测试丙"), listed(7, "无此人"), listed(2, "别人", category="残疾人"))
    dry = services.check(kind="categories", content=content, file_name="poor.xlsx", by=officer, on=today)
    assert (dry.rows, dry.created, dry.unchanged, len(dry.unmatched), dry.faults) == (4, 2, 0, 2, ())
    assert categories.of(a, today) == frozenset() and dry.batch_id is None
    done = take(content, officer, today)
    assert categories.of(a, today) == categories.of(b, today) == {"registered_poor"}
    assert categories.of(a, date(2024, 12, 31)) and not categories.of(a, date(2025, 1, 1))
    assert categories.rows(a)[0].evidence == "名单2024-1" and categories.rows(a)[0].source == "乡村振兴局"
    assert done.matched_rate == Fraction(1, 2)
    assert [(row.number, row.reason, row.name) for row in selectors.unmatched(done.batch_id)] == [
        (4, "not_registered", "无此人"), (5, "name_differs", "别人"),
    ]  # fmt: skip
    assert selectors.marking_rate(today, category="registered_poor").share == Fraction(2, 3)
    assert identity(7) not in str(ImportRow.objects.values_list("values", "name"))


def test_the_rate_reaches_one_when_the_missing_are_registered(someone, officer, today):
    done = take(poor(listed(1)), officer, today)
    rate = selectors.marking_rate(today, category="registered_poor")
    assert (rate.listed, rate.marked) == (1, 0)
    assert services.match_again(by=officer, on=today) == 0
    who = someone(1)
    assert services.match_again(by=officer, on=today) == 1 and services.match_again(by=officer, on=today) == 0
    assert categories.of(who, today) == {"registered_poor"} and selectors.unmatched() == []
    assert selectors.marking_rate(today, category="registered_poor").share == 1
    assert selectors.get(done.batch_id).waiting == 0


def test_one_faulty_row_stops_the_list_and_every_fault_is_named(someone, officer, today, system):
    who = someone(1)
    someone(9, area=OTHER_VILLAGE)
    from kangcheng.registry.categories import services as category_services

    earlier = NewCategory(who, "registered_poor", date(2023, 6, 1), date(2024, 2, 1))
    category_services.grant(new=earlier, by=system, on=today)
    content = poor(
        listed(1), ("1503021980", "甲", "", "建档立卡贫困人口", "2024-01-01", "", ""), listed(3, category="富人"),
        listed(3, start="去年"), listed(9, "测试癸"), listed(1, start="2025-01-01", last="2024-01-01"),
        ("", "", "", "", "", "", "x"),
    )  # fmt: skip
    with pytest.raises(Faults) as caught:
        take(content, officer, today)
    assert [(fault.line, fault.where.removeprefix("列 ")) for fault in caught.value.faults if fault.line != 8] == [
        (2, "有效期起"), (3, "身份证号"), (4, "类别"), (5, "有效期起"), (7, "有效期止"),
    ]  # fmt: skip
    assert {fault.where for fault in caught.value.faults if fault.line == 8} == {
        "列 身份证号", "列 姓名", "列 类别", "列 有效期起",
    }  # fmt: skip
    assert len(categories.rows(who)) == 1 and selectors.batches() == [] and ImportRow.objects.count() == 0
    report = services.check(kind="categories", content=content, file_name="poor.xlsx", by=officer, on=today)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(report.error_sheet())).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["行号", "列", "问题", "规则", "处理办法"] and len(sheet) == 1 + len(report.faults)
    assert "1503021980" not in str(report.error_rows())
    elsewhere = [(one.number, one.reason) for one in report.unmatched]
    assert elsewhere == [(6, "not_registered")], "who lives in another district waits like somebody unknown"


def test_the_same_row_again_changes_nothing_and_the_same_file_is_refused(someone, officer, today):
    someone(1)
    content = poor(listed(1))
    take(content, officer, today)
    with pytest.raises(Faults, match="该文件已导入"):
        take(content, officer, today)
    again = take(poor(listed(1, last="2024-12-31"), listed(1)), officer, today)
    assert (again.created, again.unchanged) == (0, 2)


def test_an_import_can_be_taken_back(someone, officer, today):
    who = someone(1)
    done = take(poor(listed(1), listed(8, "无")), officer, today)
    services.undo(batch_id=done.batch_id, by=officer, on=today, why="名单有误")
    assert categories.rows(who) == [] and selectors.unmatched() == []
    assert selectors.get(done.batch_id).state == "undone"
    with pytest.raises(services.ImportRefused):
        services.undo(batch_id=done.batch_id, by=officer, on=today, why="再次")
    take(poor(listed(1), listed(8, "无")), officer, today)
    actions = list(AuditEvent.objects.order_by("created_at").values_list("action", flat=True))
    assert actions.count("import.apply") == 2 and actions.count("import.undo") == 1


def test_a_village_that_differs_is_noted_but_does_not_stop(someone, officer, today):
    someone(1)
    done = take(poor(listed(1, village="前进村")), officer, today)
    assert done.created == 1 and "前进村" in done.notes[0].text and "和平社区居委会" in done.notes[0].text


def test_residents_come_with_their_households(county, officer, today):
    content = write_sheet(
        [
            ("张父", identity(1), "和平社区居委会", "13800001234", "1号", "H1", "户主"),
            ("张母", identity(2, sex="F"), VILLAGE, "", "1号", "H1", "配偶"),
            ("独居", identity(3), VILLAGE, "", "", "", ""),
        ],
        PEOPLE,
    )
    done = take(content, officer, today, kind="residents", name="people.xlsx")
    assert (done.created, done.unchanged) == (3, 0)
    father = people.find_by_identity(identity(1))
    home = households.of(father.id, today)
    assert (home.number, len(households.members(home.id, today)), father.phone_masked) == (
        "H1",
        2,
        "138****1234",
    )
    assert Resident.objects.filter(batch_id=done.batch_id).count() == 3
    services.undo(batch_id=done.batch_id, by=officer, on=today, why="重复下发")
    assert people.find_by_identity(identity(1)) is None and households.get(home.id) is None
    take(content, officer, today, kind="residents")


def test_a_list_with_used_people_is_not_taken_back(county, officer, today):
    content = write_sheet([("张三", identity(1), VILLAGE, "", "", "", "")], PEOPLE)
    done = take(content, officer, today, kind="residents")
    take(poor(listed(1, "张三")), officer, today)
    with pytest.raises(Faults, match="后续登记"):
        services.undo(batch_id=done.batch_id, by=officer, on=today, why="试")
    assert people.find_by_identity(identity(1)) is not None


def test_faults_of_residents(someone, officer, today):
    someone(1, name="已登记")
    content = write_sheet(
        [
            ("别名", identity(1), VILLAGE, "", "", "", ""),
            ("甲", identity(2), "没有的村", "", "", "", ""),
            ("乙", identity(3), OTHER_VILLAGE, "", "", "", ""),
            ("丙", identity(4), VILLAGE, "12", "", "H9", ""),
            ("丁", identity(5), VILLAGE, "", "", "H8", "户主"),
            ("戊", identity(6), VILLAGE, "", "", "H8", "户主"),
            ("己", identity(6), VILLAGE, "", "", "", "姑父"),
            ("己", identity(5), VILLAGE, "", "", "", ""),
        ],
        PEOPLE,
    )
    report = services.check(kind="residents", content=content, file_name="p.xlsx", by=officer, on=today)
    assert [(fault.line, fault.where.removeprefix("列 ")) for fault in report.faults] == [
        (2, "姓名"), (3, "居住村（社区）"), (4, "居住村（社区）"), (5, "电话"), (5, "户号"), (7, "与户主关系"), (8, "与户主关系"),
        (9, "身份证号"),
    ]  # fmt: skip


def test_not_a_sheet_not_a_list_not_allowed(county, officer, actor, today):
    with pytest.raises(SheetError):
        take(b"PK garbage", officer, today)
    with pytest.raises(Faults, match="没有这一列"):
        take(write_sheet([("x",)], ["电话号"]), officer, today)
    with pytest.raises(services.ImportRefused):
        take(poor(listed(1)), officer, today, kind="cats")
    with pytest.raises(NotPermitted):
        take(poor(listed(1)), actor("village_doctor", areas=[""]), today)


def test_the_empty_form_has_every_column_and_its_help(county, today):
    for kind in ("residents", "categories"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(selectors.template(kind, today)))
        headings = [cell.rstrip("*") for cell in book.get_sheet_by_index(0).to_python()[0]]
        helps = selectors.help_rows(kind, today)
        assert (
            headings == [row[0] for row in helps]
            and len(book.get_sheet_by_index(1).to_python()) == len(helps) + 1
        )


@pytest.mark.slow
def test_fifty_thousand_rows_in_less_than_a_minute(county, officer, today):
    from tests.unit.registry.test_bulk import number

    rows = [(f"张{'甲乙丙丁戊'[n % 5]}", number(n), VILLAGE, f"138{n:08d}", "1号", f"H{n // 3}", "户主" if n % 3 == 0 else "其他")
            for n in range(50_000)]  # fmt: skip
    content = write_sheet(rows, PEOPLE)
    start = time.perf_counter()
    assert take(content, officer, today, kind="residents").created == 50_000
    marks = poor(*((number(n), row[0], "", "low_income", "2024-01-01", "", "") for n, row in enumerate(rows)))
    middle = time.perf_counter()
    assert take(marks, officer, today).created == 50_000
    assert middle - start < 60 and time.perf_counter() - middle < 60
