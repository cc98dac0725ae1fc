"""Spreadsheets in: every faulty cell is named; out: nothing becomes a formula."""

import io

import pytest
from python_calamine import CalamineWorkbook

from kangcheng.base.sheets import Column, SheetError, read_rows, safe_csv, write_blank, write_sheet
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Faults
from kangcheng.kernel.money import parse_yuan

COLUMNS = (
    Column("name", "姓名", required=True, example="张三"),
    Column("birth_on", "出生日期", parse_date, required=True, example="1949-12-31"),
    Column("premium", "缴费金额（元）", parse_yuan, also=("保费",)),
)
HEADINGS = ["姓名", "出生日期", "缴费金额（元）"]


def read(rows, headings=HEADINGS):
    return read_rows(write_sheet(rows, headings), COLUMNS, name="a.xlsx")


def test_rows_come_typed_with_their_number_in_the_file():
    reading = read([["张三", "1949-12-31", 320], [None, None, None], ["李四", "1950年1月2日", "1,234.50"]])
    assert [(row.number, row.values["premium"]) for row in reading.whole()] == [(2, 32000), (4, 123450)]
    assert reading.rows[1].values["birth_on"].isoformat() == "1950-01-02"


def test_every_fault_is_named_at_once():
    reading = read([["张三", "1949-13-31", "abc"], ["", "1950-01-02", ""], ["王五", "1950-01-02", None]])
    assert [(fault.line, fault.where) for fault in reading.faults] == [
        (2, "列 出生日期"), (2, "列 缴费金额（元）"), (3, "列 姓名"),
    ]  # fmt: skip
    assert [row.number for row in reading.rows] == [4]
    with pytest.raises(Faults):
        reading.whole()


def test_headings_are_checked():
    assert read([], ["姓名 *", "出生 日期", "保费"]).faults == []
    faults = read([], ["姓名", "出生日", "姓名"]).faults
    assert [fault.what.split(" (")[1] for fault in faults] == [
        "unknown column)", "column twice)", "required column missing)",
    ]  # fmt: skip
    assert faults[0].near == "出生日期"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"<html>"])
def test_what_is_no_spreadsheet_is_refused(content):
    with pytest.raises(SheetError) as caught:
        read_rows(content, COLUMNS, name="a.xlsx")
    assert caught.value.where == "a.xlsx" and caught.value.todo


def test_csv_in_both_encodings():
    text = "姓名,出生日期\n张三,1949-12-31\n"
    for encoding in ("utf-8-sig", "gb18030"):
        assert read_rows(text.encode(encoding), COLUMNS, name="a.csv").whole()[0].values["name"] == "张三"


def test_nothing_written_becomes_a_formula():
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(write_sheet([["=1+1", 5, "0012"]], ["a", "b", "c"]))
    ).get_sheet_by_index(0)
    assert sheet.to_python()[1] == ["=1+1", 5.0, "0012"]
    assert safe_csv("=1+1") == "'=1+1" and safe_csv("张三") == "张三"


def test_the_blank_form_reads_back():
    assert read_rows(write_blank(COLUMNS), COLUMNS, name="a.xlsx").whole()[0].values["name"] == "张三"
