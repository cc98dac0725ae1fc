"""Indicators and a report over made-up rows: values, periods, changes, and every figure traced."""

import io
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from docx import Document as read_document

from kangcheng.lake.engines import memory
from kangcheng.lake.measures import Question
from kangcheng.lake.tables import Column, Table
from kangcheng.performance.indicators.compute import Computer
from kangcheng.performance.indicators.definition import indicator
from kangcheng.performance.indicators.spans import PeriodError, name_of, shifted, span
from kangcheng.performance.reports import docx
from kangcheng.performance.reports.compose import Composer, ReportError, template

CLAIMS = Table(
    "claims",
    "结算",
    (
        Column("area_code", "text", "区划"),
        Column("level", "text", "级别"),
        Column("in_scope", "fen", "范围内费用"),
        Column("fund_paid", "fen", "基金支付"),
        Column("settled_on", "date", "结算日"),
    ),
    "SELECT 1",
    when="settled_on",
)
TABLES = {"claims": CLAIMS}
ROWS = [
    {
        "area_code": "330101",
        "level": "三级",
        "in_scope": 100_000,
        "fund_paid": 60_000,
        "settled_on": date(2024, 4, 30),
    },
    {
        "area_code": "330101",
        "level": "三级",
        "in_scope": 200_000,
        "fund_paid": 150_000,
        "settled_on": date(2024, 5, 1),
    },
    {
        "area_code": "330202",
        "level": "一级",
        "in_scope": 100_000,
        "fund_paid": 90_000,
        "settled_on": date(2024, 5, 31),
    },
]
ENTRIES: list[Mapping] = [
    {"id": "outlay", "title": "基金支出", "unit": "CNY", "measure": {"table": "claims", "sum": "fund_paid"}},
    {
        "id": "outlay_year",
        "title": "累计支出",
        "unit": "CNY",
        "measure": {"table": "claims", "sum": "fund_paid", "whole_year": "yes"},
    },
    {
        "id": "visits",
        "title": "人次",
        "unit": "person-times",
        "measure": {"table": "claims", "count": "rows"},
    },
    {
        "id": "ratio",
        "title": "政策范围内报销比例",
        "unit": "%",
        "clause": "plan#3",
        "ratio": {
            "numerator": {"table": "claims", "sum": "fund_paid"},
            "denominator": {"table": "claims", "sum": "in_scope"},
        },
    },
]


def computer() -> Computer:
    def ask(question: Question) -> memory.Answer:
        return memory.answer(question, CLAIMS, ROWS)

    return Computer(
        indicators={entry["id"]: indicator(entry, TABLES) for entry in ENTRIES},
        tables=TABLES,
        ask=ask,
        as_of=datetime(2024, 6, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai")),
        release="abc",
    )


def test_a_ratio_is_exact_and_shown_in_percent() -> None:
    value = computer().value("ratio", span("2024-05"))
    assert value.number == Fraction(240_000, 300_000)
    assert value.shown == "80.0%"
    assert (value.numerator, value.denominator) == (240_000, 300_000)


def test_a_month_without_claims_has_no_ratio_but_a_sum_of_zero() -> None:
    assert computer().value("ratio", span("2024-06")).shown == "—"
    assert computer().value("outlay", span("2024-06")).shown == "0.00元"


def test_scope_and_split() -> None:
    assert computer().value("outlay", span("2024-05"), scope="3301").number == 150_000
    assert computer().value("outlay", span("2024-05"), by=("level",)).by == {
        ("三级",): 150_000,
        ("一级",): 90_000,
    }


def test_year_to_date_takes_the_months_before() -> None:
    assert computer().value("outlay_year", span("2024-05")).number == 300_000


@pytest.mark.parametrize("text", ["2024", "2024Q3", "2024-12", "2024-01"])
def test_period_names_read_back(text: str) -> None:
    assert name_of(span(text)) == text


def test_periods_shift_over_the_year_end() -> None:
    assert name_of(shifted(span("2024-01"), "previous")) == "2023-12"
    assert name_of(shifted(span("2024Q1"), "previous")) == "2023Q4"
    assert name_of(shifted(span("2024-02"), "last_year")) == "2023-02"
    assert shifted(span("2024-05"), "year_to_date").text == "2024年1—5月"


@pytest.mark.parametrize("text", ["", "2024-13", "24", "2024Q5", "2024-5", "九月"])
def test_a_bad_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodError):
        span(text)


REPORT = {
    "id": "brief",
    "title": "月报",
    "clause": "plan#1",
    "sections": [
        {
            "title": "一、总体",
            "text": "支出{{outlay}}，比上月{{change}}；报销比例{{ratio}}，比上月{{points}}。",
            "figures": {
                "outlay": {"indicator": "outlay"},
                "change": {"indicator": "outlay", "change": "previous"},
                "ratio": {"indicator": "ratio"},
                "points": {"indicator": "ratio", "change": "previous"},
            },
            "table": {"indicators": ["visits", "outlay"], "by": "level", "title": "分级"},
            "chart": {"indicator": "outlay", "by": "month"},
        }
    ],
}


def test_a_report_writes_itself_and_traces_every_figure() -> None:
    document = Composer(computer(), span("2024-05"), "").document(template(REPORT), city="某市")
    text = "".join(
        part if isinstance(part, str) else part.text for part in document.sections[0].paragraphs[0]
    )
    assert text == "支出2,400.00元，比上月增长300.0%；报销比例80.0%，比上月上升20.0个百分点。"
    assert [figure.number for figure in document.figures] == list(range(1, 9))
    assert document.figures[2].value.indicator.clauses == ("plan#3",)
    assert document.sections[0].chart.series[0][1] == (0.0, 0.0, 0.0, 600.0, 2400.0)
    file = read_document(io.BytesIO(docx.write(document)))
    assert "plan#3" in {cell.text for cell in file.tables[-1].columns[4].cells}


def test_a_figure_without_a_definition_is_refused() -> None:
    broken = {"id": "x", "title": "x", "sections": [{"title": "一", "text": "{{nobody}}"}]}
    with pytest.raises(ReportError, match="nobody"):
        Composer(computer(), span("2024-05"), "").document(template(broken), city="")
