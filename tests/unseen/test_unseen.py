"""A city nobody looked at while the engines were built: it must run from its files alone, and every value must be proven."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kangcheng.lake.engines import memory
from kangcheng.performance.indicators.compute import Computer
from kangcheng.performance.indicators.definition import indicator
from kangcheng.performance.indicators.spans import span
from kangcheng.performance.reports.compose import Composer, template
from kangcheng.performance.tables import tables
from kangcheng.policy import report

ROOT = Path(__file__).parent
KINDS = {
    "benefit",
    "entitlement",
    "stack",
    "parameter",
    "tiers",
    "codelist",
    "process",
    "indicator",
    "report",
    "register",
    "checklist",
    "review",
    "template",
    "form",
    "calendar",
}


@pytest.fixture(scope="module")
def examined() -> report.PackReport:
    (target,) = report.targets(str(ROOT / "yanhui"), ROOT)
    return report.examine(target, mutants=True, on=date(2026, 11, 24), everything=True)


def test_the_city_reads_and_every_case_passes(examined: report.PackReport) -> None:
    assert not examined.faults
    assert examined.checked is not None
    assert not examined.checked.faults
    assert [(result.name, result.differences) for _, result in examined.checked.failed] == []
    assert examined.checked.cases > 80


def test_no_value_survives_being_moved(examined: report.PackReport) -> None:
    assert [mutant.place for mutant in examined.failing] == []
    assert len(examined.mutants) > 200


def test_it_uses_every_kind_that_runs_today(examined: report.PackReport) -> None:
    assert examined.pack is not None
    assert {kind for kind, _ in examined.pack.entries} - {"document"} == KINDS


def test_there_is_no_line_of_code_in_it() -> None:
    assert {path.suffix for path in (ROOT / "yanhui").rglob("*") if path.is_file()} == {".yaml"}


def test_its_bulletin_writes_itself(examined: report.PackReport) -> None:
    assert examined.pack is not None
    rows = {
        "claims": [
            {"setting": "ward", "level": level, "settled_on": day}
            for level, day in (
                ("丙等", date(2025, 7, 3)),
                ("丙等", date(2025, 8, 1)),
                ("甲等", date(2025, 8, 2)),
            )
        ],
        "claim_payers": [{"payer": "pool_fund", "paid": 1_234_50, "settled_on": date(2025, 8, 1)}],
    }
    every = tables(examined.pack)
    wanted = {entry.id: indicator(entry.data, every) for entry in examined.pack.of_kind("indicator")}
    computer = Computer(
        indicators=wanted,
        tables=every,
        ask=lambda question: memory.answer(
            question,
            every[question.measure.table],
            [
                {column.name: row.get(column.name) for column in every[question.measure.table].columns}
                for row in rows[question.measure.table]
            ],
        ),
        as_of=datetime(2025, 9, 1, tzinfo=UTC),
        release=examined.pack.release_hash,
    )
    (entry,) = examined.pack.of_kind("report")
    bulletin = Composer(computer, span("2025-08"), "").document(template(entry.data), city="雁回市")
    words = "".join(
        part if isinstance(part, str) else part.text for part in bulletin.sections[0].paragraphs[0]
    )
    assert (
        words == "本月住院2人次，比上月增长100.0%；丙等医院占50.00%。基金支付1,234.50元，本年累计1,234.50元。"
    )
