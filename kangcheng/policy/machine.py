"""Takes the steps of a `process` entry. Pure: the module that keeps the case hands in its journey and stores the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from kangcheng.kernel.errors import Fault, Faults
from kangcheng.policy.entry import Entry
from kangcheng.policy.schema import nearest


class Refused(Faults):
    """The step may not be taken; every reason is listed."""


@dataclass(frozen=True)
class Step:
    """`by` is the person's opaque name, `role` what they act as, `day` days since the case began, `fields` what they fill in."""

    do: str
    by: str
    role: str
    day: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Journey:
    """Where a case stands: its state, since which day, what has been filled in, and the steps taken."""

    state: str
    since: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    states: tuple[str, ...] = ()


def begin(entry: Entry) -> Journey:
    """A new case in the start state."""
    start = str(entry.get("start"))
    return Journey(start, states=(start,))


def open_steps(entry: Entry, journey: Journey, role: str) -> list[dict[str, Any]]:
    """Transitions that this role may take from the present state."""
    return [
        row
        for row in entry.get("transitions")
        if journey.state in listed(row["from"]) and role in listed(row["by"])
    ]


def missing(entry: Entry, do: str, fields: Mapping[str, Any]) -> list[str]:
    """Ids of fields that the step wants and that are not filled in; a group of which one is enough is joined by |."""
    row = _transition(entry, do)
    needed = [name for name in listed(row.get("requires", [])) if not filled(fields.get(name))]
    groups = [group for group in row.get("any_of", []) if not any(filled(fields.get(name)) for name in group)]
    return [*needed, *("|".join(group) for group in groups)]


def take(entry: Entry, journey: Journey, step: Step) -> Journey:
    """The journey after the step. Raises Refused with every reason."""
    row = _transition(entry, step.do)
    fields = {**journey.fields, **step.fields}
    reasons = _reasons(entry, row, journey, step, fields)
    if reasons:
        clause = row.get("clause", "")
        raise Refused(
            (Fault(step.do, reason, rule=clause) for reason in reasons), what=f"不能{row['title']} (refused)"
        )
    to = str(row["to"])
    return replace(
        journey,
        state=to,
        since=step.day,
        fields=fields,
        steps=(*journey.steps, step),
        states=(*journey.states, to),
    )


def _reasons(
    entry: Entry, row: dict[str, Any], journey: Journey, step: Step, fields: Mapping[str, Any]
) -> list[str]:
    reasons = []
    if journey.state not in listed(row["from"]):
        reasons.append(f"现在的状态是 {journey.state} (wrong state)")
    if step.role not in listed(row["by"]):
        reasons.append(f"角色 {step.role} 不能做这一步 (wrong role)")
    known = {datum["id"] for datum in entry.get("fields", [])}
    reasons += [f"没有这个填报项 (unknown field) {name}" for name in step.fields if name not in known]
    reasons += [f"未填 (not filled in) {name}" for name in missing(entry, step.do, fields)]
    done = [taken.do for taken in journey.steps]
    reasons += [f"须先做 (first do) {name}" for name in listed(row.get("after", [])) if name not in done]
    for taken in journey.steps:
        if taken.do in listed(row.get("other_person_than", [])) and taken.by == step.by:
            reasons.append(f"须与做 {taken.do} 的人不同 (must be another person)")
    if "within_days" in row and step.day - journey.since > int(row["within_days"]):
        reasons.append(f"超过 {row['within_days']} 日 (too late)")
    return reasons


def rate(entry: Entry, rate_id: str, journeys: list[Journey]) -> Fraction | None:
    """A rate of the entry over these cases; None when the denominator is empty."""
    row = next(row for row in entry.get("rates") if row["id"] == rate_id)
    among = [journey for journey in journeys if set(listed(row["among"])) & set(journey.states)]
    without = set(listed(row.get("without", [])))
    part = [
        journey
        for journey in among
        if set(listed(row["reached"])) & set(journey.states)
        and not without & {step.do for step in journey.steps}
    ]
    return Fraction(len(part), len(among)) if among else None


def listed(value: str | list[str]) -> list[str]:
    """A list, also when one item stands without brackets."""
    return [value] if isinstance(value, str) else value


def filled(value: Any) -> bool:
    """True when something was given."""
    return value not in (None, "", [], {}) and (not isinstance(value, str) or bool(value.strip()))


def _transition(entry: Entry, do: str) -> dict[str, Any]:
    rows: dict[str, dict[str, Any]] = {row["id"]: row for row in entry.get("transitions")}
    if do not in rows:
        raise Refused(
            [Fault(do, "没有这一步 (no such step)", near=nearest(do, rows))], what="没有这一步 (no such step)"
        )
    return rows[do]
