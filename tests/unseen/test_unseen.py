"""A city nobody looked at while the engines were built: it must run from its files alone, and every value must be proven."""

from datetime import date
from pathlib import Path

import pytest

from kangcheng.policy import report

ROOT = Path(__file__).parent
KINDS = {"benefit", "entitlement", "stack", "parameter", "tiers", "codelist", "process"}


@pytest.fixture(scope="module")
def examined() -> report.PackReport:
    (target,) = report.targets(str(ROOT / "yanhui"), ROOT)
    return report.examine(target, mutants=True, on=date(2026, 11, 24), everything=True)


def test_the_city_reads_and_every_case_passes(examined: report.PackReport) -> None:
    assert not examined.faults
    assert examined.checked is not None
    assert not examined.checked.faults
    assert [(result.name, result.differences) for _, result in examined.checked.failed] == []
    assert examined.checked.cases > 60


def test_no_value_survives_being_moved(examined: report.PackReport) -> None:
    assert [mutant.place for mutant in examined.failing] == []
    assert len(examined.mutants) > 120


def test_it_uses_every_kind_that_runs_today(examined: report.PackReport) -> None:
    assert examined.pack is not None
    assert {kind for kind, _ in examined.pack.entries} - {"document"} == KINDS


def test_there_is_no_line_of_code_in_it() -> None:
    assert {path.suffix for path in (ROOT / "yanhui").rglob("*") if path.is_file()} == {".yaml"}
