"""Pure parts of processes: an entry as it was kept, the journey that steps tell, who is waited for, who may act where."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.guards import listed
from kangcheng.policy.journeys import calendar_of
from kangcheng.policy.machine import Journey, Opinion, Step, asked, begin, could
from kangcheng.policy.pack import Pack
from kangcheng.policy.source import Mapping as MappingNode
from kangcheng.policy.source import Node, Scalar, Sequence

Reach = tuple[frozenset[str], frozenset[UUID]]  # areas, institutions


@dataclass(frozen=True)
class Place:
    """Where a case belongs, and who applied for it."""

    institution_id: UUID | None
    area_code: str
    opener: str


@dataclass(frozen=True)
class Told:
    """One thing done to a case, as it was stored."""

    kind: str
    do: str
    by: str
    role: str
    state: str
    day: int
    fields: Mapping[str, Any]
    comment: str
    agrees: bool | None


@dataclass(frozen=True)
class Awaited:
    """A role that a case waits for: the account's role, what it acts as, where it must hold, and for what."""

    role: str
    acts_as: str
    scope: str
    why: str


def content_of(entry: Entry, pack: Pack) -> dict[str, Any]:
    """What a case needs of the pack for ever: the entry without its worked cases, and its calendar."""
    calendar = calendar_of(entry, pack)
    body = {key: value for key, value in entry.data.items() if key != "cases"}
    rest = {key: value for key, value in calendar.data.items() if key != "cases"} if calendar else None
    return {"process": body, "calendar": rest}


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content, independent of the order of keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def kept(content: Mapping[str, Any], pack: str) -> tuple[Entry, Entry | None]:
    """The process entry and its calendar from what was kept."""
    return (
        _entry("process", content["process"], pack),
        _entry("calendar", content["calendar"], pack) if content.get("calendar") else None,
    )  # fmt: skip


def _entry(kind: str, data: Mapping[str, Any], pack: str) -> Entry:
    node = _node(data)
    assert isinstance(node, MappingNode)
    return Entry(kind, str(data["id"]), pack, f"{pack}/{data['id']}", node)


def _node(value: Any) -> Node:
    if isinstance(value, Mapping):
        return MappingNode({key: _node(one) for key, one in value.items()}, 0, dict.fromkeys(value, 0))
    if isinstance(value, list):
        return Sequence([_node(one) for one in value], 0)
    return Scalar(str(value), 0)


def journey_of(entry: Entry, told: Iterable[Told]) -> Journey:
    """Where a case stands, from what was done to it. Nothing is judged again: it was when it was stored."""
    journey = begin(entry)
    for one in told:
        if one.kind == "open":
            journey = replace(journey, opener=one.by, fields=dict(one.fields))
        elif one.kind == "opinion":
            given = Opinion(one.by, one.role, bool(one.agrees), one.comment, one.day)
            journey = replace(journey, opinions=(*journey.opinions, given))
        elif one.kind in ("confirm", "step"):
            journey = _moved(journey, one)
    return journey


def _moved(journey: Journey, one: Told) -> Journey:
    step = Step(one.do, one.by, one.role, one.day, one.fields, one.comment)
    fields = {**journey.fields, **one.fields}
    if one.kind == "confirm":
        return replace(journey, fields=fields, confirmed=(*journey.confirmed, step))
    confirmed = tuple(earlier for earlier in journey.confirmed if earlier.do == one.do)
    return Journey(
        one.state,
        one.day,
        fields,
        (*journey.steps, *confirmed, step),
        (*journey.states, one.state),
        journey.opener,
    )


def state_row(entry: Entry, state: str) -> dict[str, Any]:
    """A state as the entry has it."""
    return next((row for row in entry.get("states") if row["id"] == state), {"id": state, "title": state})


def is_final(entry: Entry, state: str) -> bool:
    """True when nothing follows."""
    return state_row(entry, state).get("final") == "yes"


def holders(entry: Entry, acts_as: str) -> list[str]:
    """Account roles that act as this role of the process."""
    return listed(entry.get("held_by", {}).get(acts_as, acts_as))


def scope_of(row: Mapping[str, Any]) -> str:
    """Where a role must hold for a step; a withdrawal is the applicant's alone."""
    return "applicant" if row.get("kind") == "withdraw" else str(row.get("scope", "case"))


def awaited(entry: Entry, journey: Journey) -> list[Awaited]:
    """Everybody the case waits for. Nobody waits for a withdrawal, nor for a return where there is anything else to do."""
    leaving = [
        row
        for row in entry.get("transitions")
        if journey.state in listed(row["from"]) and could(entry, row, journey.fields)
    ]
    onward = [row for row in leaving if row.get("kind", "step") == "step"]
    found = {
        Awaited(role, acts_as, scope_of(row), "step"): None
        for row in onward or [row for row in leaving if row["kind"] == "return"]
        for acts_as in listed(row["by"])
        for role in holders(entry, acts_as)
    }
    given = {one.role for one in journey.opinions}
    for acts_as in asked(entry, journey):
        if acts_as not in given:
            found |= {Awaited(role, acts_as, "case", "opinion"): None for role in holders(entry, acts_as)}
    return list(found)


def reaches(scope: str, held: Reach, place: Place, by: str) -> bool:
    """Whether a role held there does for a case that belongs here."""
    areas, institutions = held
    if scope == "applicant":
        return by == place.opener
    here = place.institution_id is not None and place.institution_id in institutions
    around = any(place.area_code.startswith(area) for area in areas)
    return {"institution": here, "area": around, "city": "" in areas}.get(scope, here or around)


def involved(entry: Entry) -> dict[str, set[str]]:
    """Account role -> roles of the process that it acts as, anywhere in the entry."""
    names = set(listed(entry.get("open", {}).get("by", [])))
    for row in entry.get("transitions"):
        names |= {*listed(row["by"]), *listed(row.get("opinions", {}).get("of", []))}
    for row in entry.get("states"):
        names |= {one["to"] for one in row.get("deadline", {}).get("escalate", [])}
    found: dict[str, set[str]] = {}
    for acts_as in sorted(names):
        for role in holders(entry, acts_as):
            found.setdefault(role, set()).add(acts_as)
    return found


def may_open(entry: Entry, roles: Iterable[str]) -> list[str]:
    """Roles of the process as which somebody with these account roles may open a case, in the order of the entry."""
    able = listed(entry.get("open", {}).get("by", []))
    mine = set(roles)
    return [name for name in able if mine & set(holders(entry, name))]


def unknown_roles(entry: Entry, known: Iterable[str]) -> Iterator[Fault]:
    """A fault per role of the entry that nobody in the city can hold."""
    roles = set(known)
    for acts_as in entry.get("roles"):
        for role in holders(entry, acts_as):
            if role not in roles:
                yield entry.fault(
                    ("held_by", acts_as) if acts_as in entry.get("held_by", {}) else ("roles", acts_as),
                    f"系统中没有这个角色 (no such role) {role!r}",
                    todo="在 held_by 中写明由哪些系统角色担任",
                )


def days_between(first: date, last: date) -> int:
    """Whole days from the opening of a case."""
    return (last - first).days
