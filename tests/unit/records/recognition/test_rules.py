"""Which earlier result counts: days, levels, own institution, the newest; and what a decision must say."""

from datetime import date, timedelta

import pytest

from kangcheng.records.life.types import Line
from kangcheng.records.recognition import rules
from kangcheng.records.recognition.types import Decision, Recognised

TODAY = date(2026, 11, 24)
CT = Recognised("fee-ct", 30, frozenset({"二级", "三级"}))
LEVELS = {"city": "三级", "town": "一级", "own": "三级"}


def report(days_ago=5, place="city", state="final", code="fee-ct"):
    return Line("DiagnosticReport", f"r{days_ago}{place}", 1, "CT平扫", code, TODAY - timedelta(days=days_ago), place, place, state=state,
                detail="未见异常")  # fmt: skip


def found(*lines):
    return rules.earlier(CT, lines, on=TODAY, levels=LEVELS, own="own")


def test_the_last_good_day_counts_and_the_next_does_not():
    assert found(report(30)).good_until == TODAY
    assert found(report(31)) is None
    assert found(report(-1)) is None


@pytest.mark.parametrize("change", [{"place": "town"}, {"place": "own"}, {"place": "unknown"}, {"place": ""},
                                    {"state": "preliminary"}, {"code": "img-mri"}])  # fmt: skip
def test_what_does_not_count(change):
    assert found(report(**change)) is None


def test_the_newest_is_shown():
    assert found(report(9), report(2), report(5)).on == TODAY - timedelta(days=2)


def test_a_decision_and_a_reason_are_asked_for():
    there = found(report())
    said = [len(rules.faults([Decision("fee-ct", "CT", decision, 22000, earlier, reason)])) for decision, earlier, reason in (
        ("new", None, ""), ("new", there, ""), ("repeated", there, " "), ("repeated", there, "病情变化"), ("reused", there, ""),
        ("reused", None, ""))]  # fmt: skip
    assert said == [0, 1, 1, 0, 0, 1]
