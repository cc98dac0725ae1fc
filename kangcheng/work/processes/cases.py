"""Reading a stored case: its entry, its journey, its place."""

import json
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from kangcheng.base.accounts.roles import ROLES
from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.policy.entry import Entry
from kangcheng.policy.machine import Journey
from kangcheng.policy.pack import Pack
from kangcheng.work.processes import rules
from kangcheng.work.processes.models import Case, CaseStep, Definition
from kangcheng.work.processes.types import ProcessError

JOURNEY = ("open", "step", "confirm", "opinion")

_entries: dict[UUID, tuple[Entry, Entry | None]] = {}


def entry_in(pack: Pack, process: str) -> Entry:
    """The process of the pack. Raises ProcessError."""
    entry = pack.entries.get(("process", process))
    if entry is None:
        raise ProcessError("没有这个流程 (no such process)", where=process, todo="查看流程目录")
    return entry


def keep(entry: Entry, pack: Pack) -> Definition:
    """The stored definition of an entry, written when it says something new."""
    content = rules.content_of(entry, pack)
    digest = rules.digest_of(content)
    row, _ = Definition.objects.get_or_create(
        digest=digest,
        defaults={
            "process": entry.id,
            "pack": pack.name,
            "release_hash": pack.release_hash,
            "content": content,
        },
    )
    return row


def entry_of(definition: Definition) -> tuple[Entry, Entry | None]:
    """The process entry and its calendar as they were when the case was opened. Definitions never change."""
    found = _entries.get(definition.pk)
    if found is None:
        found = _entries[definition.pk] = rules.kept(definition.content, definition.pack)
    return found


def known_entries() -> list[tuple[UUID, Entry]]:
    """Every kept definition with its entry. Their content is read from the database once per process."""
    ids = list(Definition.objects.values_list("pk", flat=True))
    for row in Definition.objects.filter(pk__in=[one for one in ids if one not in _entries]):
        entry_of(row)
    return [(one, _entries[one][0]) for one in ids]


def told(case: Case, steps: Iterable[CaseStep]) -> list[rules.Told]:
    """What was done, as the rules read it."""
    return [
        rules.Told(
            one.kind, one.do, str(one.actor_id), one.role, one.state,
            rules.days_between(case.opened_on, one.done_on), {**one.fields, **one.files}, one.comment, one.agrees,
        )
        for one in steps
        if one.kind in JOURNEY
    ]  # fmt: skip


def journey_of(case: Case) -> Journey:
    """Where the case stands, from its steps. One query."""
    entry, _ = entry_of(case.definition)
    return rules.journey_of(entry, told(case, case.steps.order_by("seq")))


def place_of(case: Case) -> rules.Place:
    """Where the case belongs."""
    return rules.Place(case.institution_id, case.area_code, str(case.opened_by))


def acting_as(entry: Entry, by: Actor) -> dict[str, list[str]]:
    """Role of the process -> account roles of the actor that act as it."""
    return {
        name: [role for role in rules.holders(entry, name) if by.has(role)]
        for name in entry.get("roles")
        if any(by.has(role) for role in rules.holders(entry, name))
    }


def reaches(entry: Entry, acts_as: str, scope: str, by: Actor, place: rules.Place) -> bool:
    """Whether the actor holds a role that acts as `acts_as` where the case belongs."""
    if SYSTEM in by.roles and scope != "applicant":
        return True
    return any(
        rules.reaches(scope, by.post(role), place, str(by.user_id))
        for role in acting_as(entry, by).get(acts_as, [])
    )


def sees(case: Case, by: Actor) -> bool:
    """Whether the case is for the actor: applied for, about them, or within reach of a role that has a part in it."""
    if SYSTEM in by.roles or case.opened_by == by.user_id:
        return True
    if case.subject_kind == "person" and by.person_id is not None and case.subject == str(by.person_id):
        return True
    entry, _ = entry_of(case.definition)
    place = place_of(case)
    return any(
        by.has(role) and rules.reaches("case", by.post(role), place, str(by.user_id))
        for role in rules.involved(entry)
    )


def moment_of(on: Any, at: datetime | None) -> datetime:
    """The moment of something done on a day: as given, else the start of the day, China's time."""
    return at.astimezone(CHINA_TZ) if at else datetime.combine(on, time.min, CHINA_TZ)


def role_title(entry: Entry, acts_as: str) -> str:
    """The name of a role of the process, else of the account's role."""
    known = entry.get("roles")
    return str(known.get(acts_as) or (ROLES[acts_as].title if acts_as in ROLES else acts_as))


def opened_numbers(sealed: str | None) -> dict[str, str]:
    """Identity numbers of a step by field."""
    return dict(json.loads(sealed)) if sealed else {}
