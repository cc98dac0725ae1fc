"""Runs the worked cases of a `process` entry: opens a case, takes its steps in turn, compares states, refusals and limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.deadlines import due_of
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.guards import unreadable
from kangcheng.policy.machine import Journey, Opinion, Refused, Step, begin, open_case, opine, take
from kangcheng.policy.pack import Pack


@dataclass(frozen=True)
class _Run:
    """A case on its way: the journey, the moment the present state was entered, and the calendar of the entry."""

    entry: Entry
    calendar: Entry | None
    opened: datetime | None
    journey: Journey
    entered: datetime | None


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Take the steps in turn; refused ones must say the expected words, the last state must be the expected one."""
    opened = moment(case.data["since"]) if "since" in case.data else None
    run = _Run(entry, calendar_of(entry, pack), opened, begin(entry), opened)
    run, differences = _opened(run, case)
    for row in case.data.get("steps", []):
        run, found = _taken(run, row)
        differences += found
    if "expect" in case.data and run.journey.state != case.data["expect"]:
        differences.append(f"应到 {case.data['expect']}，得 {run.journey.state}")
    return judged(case, differences)


def calendar_of(entry: Entry, pack: Pack) -> Entry | None:
    """The calendar that the entry's working days follow."""
    name = entry.get("calendar")
    return pack.entries.get(("calendar", str(name))) if name else None


def moment(text: str) -> datetime:
    """A day (its first moment) or a moment written "2026-11-27 09:00", in China's time."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA_TZ)


def _opened(run: _Run, case: Case) -> tuple[_Run, list[str]]:
    row = case.data.get("open")
    if row is None:
        return run, []
    step = Step("open", row["by"], row["role"], 0, row.get("fields", {}))
    journey, differences = _tried("open", row, lambda: open_case(run.entry, _readable(run.entry, step)))
    run = replace(run, journey=journey or run.journey)
    return run, [*differences, *_limits(run, row, "open")]


def _taken(run: _Run, row: dict[str, Any]) -> tuple[_Run, list[str]]:
    day = int(row.get("day", "0"))
    name = str(row.get("do", "opinion"))
    comment = str(row.get("comment", ""))

    def go() -> Journey:
        if "opinion" in row:
            given = Opinion(row["by"], row["role"], row["opinion"] == "agree", comment, day)
            return opine(run.entry, run.journey, given)
        step = Step(name, row["by"], row["role"], day, row.get("fields", {}), comment)
        return take(run.entry, run.journey, _readable(run.entry, step))

    journey, differences = _tried(name, row, go)
    if journey is not None:
        moved = len(journey.states) > len(run.journey.states)
        entered = run.opened + timedelta(days=day) if run.opened and moved else run.entered
        run = replace(run, journey=journey, entered=entered)
    return run, [*differences, *_limits(run, row, name)]


def _readable(entry: Entry, step: Step) -> Step:
    faults = unreadable(entry, step.fields)
    if faults:
        raise Refused(faults, what="填写有误 (refused)")
    return step


def _tried(name: str, row: dict[str, Any], go: Callable[[], Journey]) -> tuple[Journey | None, list[str]]:
    """The journey after the step, or None with what is wrong when it was refused otherwise than expected."""
    wanted = row.get("refused")
    try:
        journey = go()
    except Refused as error:
        return None, [] if wanted and wanted in str(error) else [f"{name}: {error}"]
    return journey, [f"{name}: 应被拒绝 ({wanted})，却做成了"] if wanted else []


def _limits(run: _Run, row: dict[str, Any], name: str) -> Iterator[str]:
    """Differences of the state and its limits after a step, as far as the case says them."""
    if "state" in row and row["state"] != run.journey.state:
        yield f"{name}: 应到 {row['state']}，得 {run.journey.state}"
    if not {"due", "remind", "escalate"} & set(row):
        return
    if run.entered is None:
        raise KangchengError("要核期限的算例须写 since (since is missing)", where=name)
    due = due_of(run.entry, run.journey.state, run.entered, run.calendar)
    got = {"due": due.due if due else None, "remind": due.remind if due else None}
    for key in ("due", "remind"):
        if key in row and not _same(row[key], got[key]):
            yield f"{name}: {key} 应为 {row[key]}，得 {_shown(got[key])}"
    told = {role: when for when, role in due.escalate} if due else {}
    for role, text in row.get("escalate", {}).items():
        if not _same(text, told.get(role)):
            yield f"{name}: 上报 {role} 应为 {text}，得 {_shown(told.get(role))}"


def _same(text: str, got: datetime | None) -> bool:
    """Equal to the minute, or to the day when only a day is written."""
    if got is None:
        return False
    return f"{got:%Y-%m-%d %H:%M}" == text or (len(text) == 10 and f"{got:%Y-%m-%d}" == text)


def _shown(got: datetime | None) -> str:
    return f"{got:%Y-%m-%d %H:%M}" if got else "没有 (none)"
