"""Takes the steps of a `process` entry. Pure: the module that keeps the case hands in its journey and stores the next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from kangcheng.kernel.errors import Fault, Faults
from kangcheng.policy.entry import Entry
from kangcheng.policy.guards import filled, listed, unmet
from kangcheng.policy.schema import nearest

__all__ = [
    "Journey", "Opinion", "Refused", "Step", "asked", "begin", "could", "filled", "listed", "missing", "open_case", "open_steps", "opine",
    "rate", "take",
]  # fmt: skip

OPEN = "open"


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
    comment: str = ""


@dataclass(frozen=True)
class Opinion:
    """What one role thinks of the case in its present state."""

    by: str
    role: str
    agrees: bool
    comment: str = ""
    day: int = 0


@dataclass(frozen=True)
class Journey:
    """Where a case stands: its state, since which day, what has been filled in, and the steps taken.

    `opinions` and `confirmed` (steps that wait for a further person) are those of the present state only; `opener` is who
    applied, empty when the entry does not say how a case is opened.
    """

    state: str
    since: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    states: tuple[str, ...] = ()
    opener: str = ""
    opinions: tuple[Opinion, ...] = ()
    confirmed: tuple[Step, ...] = ()


def begin(entry: Entry, opener: str = "") -> Journey:
    """A new case in the start state."""
    start = str(entry.get("start"))
    return Journey(start, states=(start,), opener=opener)


def open_case(entry: Entry, step: Step) -> Journey:
    """A new case as applied for: `step.role` may open and everything asked for is filled in. Raises Refused."""
    row = {"title": "发起", "by": list(entry.get("roles")), **entry.get("open", {})}
    reasons = [*_who(row, step), *_what(entry, row, step, step.fields)]
    if reasons:
        raise _refused(row, OPEN, reasons)
    return replace(begin(entry, step.by), fields=dict(step.fields))


def open_steps(entry: Entry, journey: Journey, role: str) -> list[dict[str, Any]]:
    """Transitions that this role may take from the present state."""
    return [
        row
        for row in entry.get("transitions")
        if journey.state in listed(row["from"]) and role in listed(row["by"])
    ]


def asked(entry: Entry, journey: Journey) -> tuple[str, ...]:
    """Roles whose opinion some step that is still possible waits for in the present state, in the order of the entry."""
    rows = [
        row["opinions"]
        for row in entry.get("transitions")
        if "opinions" in row and journey.state in listed(row["from"]) and could(entry, row, journey.fields)
    ]
    return tuple(dict.fromkeys(role for row in rows for role in listed(row["of"])))


def could(entry: Entry, row: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """False when a condition of the step speaks of what is filled in already and does not hold: nobody waits for such a step."""
    own = {*listed(row.get("requires", [])), *listed(row.get("fills", []))}
    return not unmet(entry, [one for one in row.get("when", []) if one["field"] not in own], fields)


def missing(entry: Entry, do: str, fields: Mapping[str, Any]) -> list[str]:
    """Ids of fields that the step wants and that are not filled in; a group of which one is enough is joined by |."""
    return _missing(_transition(entry, do), fields)


def take(entry: Entry, journey: Journey, step: Step) -> Journey:
    """The journey after the step. Raises Refused with every reason.

    A step that several persons confirm stays in its state until the last of them has.
    """
    row = _transition(entry, step.do)
    fields = {**journey.fields, **step.fields}
    reasons = list(_reasons(entry, row, journey, step, fields))
    if reasons:
        raise _refused(row, step.do, reasons)
    confirmed = (*(one for one in journey.confirmed if one.do == step.do), step)
    if len(confirmed) < int(row.get("persons", "1")):
        return replace(journey, fields=fields, confirmed=(*journey.confirmed, step))
    to = str(row["to"])
    return replace(
        journey,
        state=to,
        since=step.day,
        fields=fields,
        steps=(*journey.steps, *confirmed),
        states=(*journey.states, to),
        opinions=(),
        confirmed=(),
    )


def opine(entry: Entry, journey: Journey, opinion: Opinion) -> Journey:
    """The journey with one more opinion. Raises Refused: not asked here, given already, or by the same person for two roles."""
    reasons = []
    if opinion.role not in asked(entry, journey):
        reasons.append(f"此时不征求角色 {opinion.role} 的意见 (not asked)")
    if opinion.role in {one.role for one in journey.opinions}:
        reasons.append(f"角色 {opinion.role} 已有意见 (given already)")
    if opinion.by in {one.by for one in journey.opinions}:
        reasons.append("同一人不能代表两个角色 (must be another person)")
    if not opinion.agrees and not opinion.comment.strip():
        reasons.append("不同意须写意见 (say why)")
    if reasons:
        raise Refused((Fault("opinion", reason) for reason in reasons), what="不能发表意见 (refused)")
    return replace(journey, opinions=(*journey.opinions, opinion))


def _refused(row: Mapping[str, Any], do: str, reasons: list[str]) -> Refused:
    clause = row.get("clause", "")
    return Refused(
        (Fault(do, reason, rule=clause) for reason in reasons), what=f"不能{row['title']} (refused)"
    )


def _missing(row: Mapping[str, Any], fields: Mapping[str, Any]) -> list[str]:
    needed = [name for name in listed(row.get("requires", [])) if not filled(fields.get(name))]
    groups = [group for group in row.get("any_of", []) if not any(filled(fields.get(name)) for name in group)]
    return [*needed, *("|".join(group) for group in groups)]


def _reasons(
    entry: Entry, row: dict[str, Any], journey: Journey, step: Step, fields: Mapping[str, Any]
) -> Iterator[str]:
    if journey.state not in listed(row["from"]):
        yield f"现在的状态是 {journey.state} (wrong state)"
    yield from _who(row, step)
    yield from _what(entry, row, step, fields)
    yield from _before(row, journey, step)
    yield from _opinions(row, journey)
    days = step.day - journey.since
    if "within_days" in row and days > int(row["within_days"]):
        yield f"超过 {row['within_days']} 日 (too late)"
    if "after_days" in row and days < int(row["after_days"]):
        yield f"未满 {row['after_days']} 日 (too early)"


def _who(row: Mapping[str, Any], step: Step) -> Iterator[str]:
    if step.role not in listed(row["by"]):
        yield f"角色 {step.role} 不能做这一步 (wrong role)"


def _what(entry: Entry, row: Mapping[str, Any], step: Step, fields: Mapping[str, Any]) -> Iterator[str]:
    """What is filled in: only what this step asks for, all it needs, and so that its conditions hold."""
    known = {datum["id"] for datum in entry.get("fields", [])}
    own = {*listed(row.get("requires", [])), *listed(row.get("fills", []))}
    own |= {name for group in row.get("any_of", []) for name in group}
    for name in step.fields:
        if name not in known:
            yield f"没有这个填报项 (unknown field) {name}"
        elif name not in own:
            yield f"这一步不填 (not asked in this step) {name}"
    yield from (f"未填 (not filled in) {name}" for name in _missing(row, fields))
    yield from unmet(entry, row.get("when", []), fields)
    wanted = row.get("comment") == "yes" or row.get("kind") in ("return", "withdraw")
    if wanted and not step.comment.strip():
        yield "须写意见 (say why)"


def _before(row: Mapping[str, Any], journey: Journey, step: Step) -> Iterator[str]:
    """What was done before, and by whom."""
    done = [taken.do for taken in journey.steps]
    yield from (f"须先做 (first do) {name}" for name in listed(row.get("after", [])) if name not in done)
    others = listed(row.get("other_person_than", []))
    for taken in (*journey.steps, *journey.confirmed):
        if taken.do in others and taken.by == step.by:
            yield f"须与做 {taken.do} 的人不同 (must be another person)"
    if OPEN in others and journey.opener == step.by:
        yield "须与申请人不同 (must be another person than open)"
    if any(one.do == step.do and one.by == step.by for one in journey.confirmed):
        yield f"须由另一人确认 {step.do} (must be another person)"
    own = row.get("kind") == "withdraw" or row.get("scope") == "applicant"
    if own and journey.opener and journey.opener != step.by:
        yield "只能由申请人本人 (only the applicant)"


def _opinions(row: Mapping[str, Any], journey: Journey) -> Iterator[str]:
    if "opinions" not in row:
        return
    wanted = row["opinions"]
    given = [one for one in journey.opinions if one.role in listed(wanted["of"])]
    lacking = int(wanted["at_least"]) - len(given)
    if lacking > 0:
        waiting = [role for role in listed(wanted["of"]) if role not in {one.role for one in given}]
        yield f"还差 {lacking} 个会签意见 (opinions missing)：{'、'.join(waiting)}"
    favour = int(wanted.get("in_favour", "0"))
    agreed = sum(one.agrees for one in given)
    if agreed < favour:
        yield f"同意的意见 {agreed} 个，须 {favour} 个 (not enough in favour)"


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


def _transition(entry: Entry, do: str) -> dict[str, Any]:
    rows: dict[str, dict[str, Any]] = {row["id"]: row for row in entry.get("transitions")}
    if do not in rows:
        raise Refused(
            [Fault(do, "没有这一步 (no such step)", near=nearest(do, rows))], what="没有这一步 (no such step)"
        )
    return rows[do]
