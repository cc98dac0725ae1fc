"""kangcheng report keeps to areas that exist and periods that have begun."""

import io
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from docx import Document as read_document

from kangcheng.cli import report
from kangcheng.cli.report import _area, _begun
from kangcheng.config import boot
from kangcheng.kernel.errors import KangchengError
from kangcheng.lake.engines import memory
from kangcheng.lake.tables import Column, Table
from kangcheng.performance.indicators import selectors
from kangcheng.performance.indicators.compute import Computer
from kangcheng.performance.indicators.definition import indicator
from kangcheng.performance.indicators.spans import PeriodError, span
from kangcheng.performance.reports import services
from kangcheng.performance.reports.compose import Composer, template
from kangcheng.performance.reports.types import Document


@pytest.mark.django_db
def test_an_area_must_be_known():
    from kangcheng.registry.areas.models import Area

    Area.objects.create(code="150302", name="海勃湾区", level=3, parent_code="1503")
    assert _area("city") == "" and _area("150302") == "150302"
    with pytest.raises(KangchengError, match="150303: 没有这个区划"):
        _area("150303")


@pytest.mark.parametrize(
    ("text", "begun"), [("2026-11", True), ("2026-12", False), ("2026", True), ("2027", False)]
)
def test_a_period_must_have_begun(text, begun):
    document = SimpleNamespace(span=span(text))
    if begun:
        _begun(document, date(2026, 11, 1))
    else:
        with pytest.raises(KangchengError, match="还没有开始"):
            _begun(document, date(2026, 11, 30))


@pytest.mark.parametrize("text", ["9999", "9999-12", "1899", "2024-13", ""])
def test_a_period_lies_in_the_calendar(text):
    with pytest.raises(PeriodError):
        span(text)


COLUMNS = (("payer", "text"), ("level", "text"), ("area_code", "text"), ("paid", "fen"), ("on", "date"))
PAID = Table(
    "paid", "支付", tuple(Column(name, type_, name) for name, type_ in COLUMNS), "SELECT 1", when="on"
)
NAMES = [name for name, _ in COLUMNS]
ROWS = [
    dict(zip(NAMES, row, strict=True))
    for row in (
        ("critical", "三级", "150302", 100, date(2024, 5, 1)),
        ("basic", "二级", "150302", 300, date(2024, 5, 2)),
        ("assistance", "", "150302", 500, date(2024, 5, 3)),
    )
]
REPORT = {
    "id": "brief",
    "title": "月报",
    "sections": [
        {
            "title": "一",
            "text": "共{{all}}。",
            "figures": {"all": {"indicator": "outlay"}},
            "table": {"indicator": "outlay", "by": "payer+level", "title": "各方"},
            "chart": {"indicator": "outlay", "by": "payer", "type": "pie"},
        }
    ],
}


def composed(scope: str) -> Document:
    """A report over the rows above."""
    entry = {"id": "outlay", "title": "支出", "unit": "CNY", "measure": {"table": "paid", "sum": "paid"}}
    computer = Computer(
        indicators={"outlay": indicator(entry, {"paid": PAID})},
        tables={"paid": PAID},
        ask=lambda question: memory.answer(question, PAID, ROWS),
        as_of=datetime(2024, 6, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai")),
        release="abc",
    )
    return Composer(computer, span("2024-05"), scope).document(template(REPORT), city="某市")


@pytest.mark.django_db
def test_codes_are_printed_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from kangcheng.registry.areas.models import Area

    Area.objects.create(code="150302", name="海勃湾区", level=3, parent_code="1503")
    monkeypatch.setattr(boot, "boot", lambda: None)
    monkeypatch.setattr(selectors, "newest", lambda: "a lake")
    monkeypatch.setattr(services, "write", lambda *, name, period, scope: composed(scope))
    report.run("brief", "2024-05", tmp_path / "brief.docx", "150302")
    file = read_document(io.BytesIO((tmp_path / "brief.docx").read_bytes()))
    split, sources = file.tables[0], file.tables[-1]
    assert [cell.text for cell in split.columns[0].cells[1:]] == [
        "基本医保统筹基金 · 二级（县级医院）",
        "大病保险 · 三级",
        "医疗救助 · 未注明",
    ]
    assert next(cell.text for cell in sources.columns[2].cells[2:]) == "支出（其中：医疗救助 · 未注明）"
    report.run("brief", "2024-05", tmp_path / "brief.html", "150302")
    html = (tmp_path / "brief.html").read_text("utf-8")
    assert "海勃湾区" in html and "基本医保" in html
    for code in ("basic", "critical", "assistance", "150302"):
        assert code not in html, code
