"""Questions about processes: one case, the worklist of an actor, what may be done next, load and delay."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.policy.entry import Entry
from kangcheng.policy.guards import data_of, listed, unmet
from kangcheng.policy.machine import Journey, Refused, Step, asked, take
from kangcheng.policy.pack import Pack
from kangcheng.work.processes import cases, rules
from kangcheng.work.processes.models import Case, CaseStep, CaseWaiting
from kangcheng.work.processes.types import CaseView, Load, NoSuchCase, OpenStep, StepView, Subject

DO_NOT_JUDGE = ("not filled in", "not asked", "condition not met", "say why")


def case(case_id: UUID, *, by: Actor) -> CaseView:
    """One case with its timeline. Raises NoSuchCase when there is none or it is not for the actor."""
    row = Case.objects.select_related("definition").filter(pk=case_id).first()
    if row is None or not cases.sees(row, by):
        raise NoSuchCase("没有这个案件 (no such case)", where=str(case_id))
    return _view(row)


def public_state(process: str, number: str) -> tuple[str, str, date | None] | None:
    """State, label and last day of a case, for a page that verifies a number; None when there is none. Nothing about a person."""
    row = Case.objects.filter(process=process, number=number).first()
    return (row.state, row.label, row.closed_on) if row else None


def worklist(by: Actor) -> QuerySet[Case]:
    """Open cases that wait for the actor or were reported to them, overdue first."""
    mine = CaseWaiting.objects.filter(_waits_for(by), case=OuterRef("pk"))
    rows = Case.objects.filter(Exists(mine), final=False).select_related("definition")
    return rows.order_by(F("due_at").asc(nulls_last=True), "opened_on", "pk")


def overdue(by: Actor, now: datetime) -> int:
    """How many of the actor's worklist are late."""
    return worklist(by).filter(due_at__lt=now).count()


def visible(by: Actor) -> QuerySet[Case]:
    """Every case the actor may see, newest first: as `case` judges, in one query."""
    rows = Case.objects.select_related("definition").order_by("-opened_on", "-pk")
    if SYSTEM in by.roles:
        return rows
    reach = Q(opened_by=by.user_id)
    if by.person_id is not None:
        reach |= Q(subject_kind="person", subject=str(by.person_id))
    for definition, entry in cases.known_entries():
        places = _places(by.post(role) for role in rules.involved(entry) if by.has(role))
        if places is not None:
            reach |= Q(definition_id=definition) & places
    return rows.filter(reach)


def next_steps(case_id: UUID, by: Actor) -> list[OpenStep]:
    """Steps out of the present state that some role of the actor may take here, with what their forms ask.

    `hindrances`: what stands against the step whatever is filled in (opinions missing, another person needed ...).
    """
    row = Case.objects.select_related("definition").get(pk=case_id)
    if row.final or not cases.sees(row, by):
        return []
    entry, _ = cases.entry_of(row.definition)
    journey, place = cases.journey_of(row), cases.place_of(row)
    return [
        _open_step(entry, journey, one, role, by)
        for one in entry.get("transitions")
        if journey.state in listed(one["from"])
        for role in listed(one["by"])
        if cases.reaches(entry, role, rules.scope_of(one), by, place)
    ]


def may_opine(case_id: UUID, by: Actor) -> list[tuple[str, str]]:
    """Roles of the process as which the actor may still give an opinion: (role, title)."""
    row = Case.objects.select_related("definition").get(pk=case_id)
    entry, _ = cases.entry_of(row.definition)
    journey, place = cases.journey_of(row), cases.place_of(row)
    if row.final or str(by.user_id) in {one.by for one in journey.opinions}:
        return []
    given = {one.role for one in journey.opinions}
    return [
        (role, cases.role_title(entry, role))
        for role in asked(entry, journey)
        if role not in given and cases.reaches(entry, role, "case", by, place)
    ]


def openable(pack: Pack, by: Actor) -> list[tuple[Entry, list[str]]]:
    """Processes of the pack that the actor may open somewhere, with the roles as which, in the order of the pack."""
    found = []
    for entry in pack.of_kind("process"):
        roles = rules.may_open(entry, by.roles)
        if roles and entry.status != "expected":
            found.append((entry, roles))
    return found


def loads(*, by: Actor, now: datetime) -> dict[str, Load]:
    """Process -> how much of it lies where, within the actor's reach. One grouped query."""
    kept = Q(late_steps=0, final=True)
    rows = (
        visible(by)
        .order_by()
        .values("process", "state", "final")
        .annotate(
            count=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=now, final=False)),
            on_time=Count("pk", filter=kept),
            taken=Sum(F("closed_on") - F("opened_on")),
        )
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["process"], []).append(dict(row))
    return {process: _load(process, groups) for process, groups in found.items()}


def load(process: str, *, by: Actor, now: datetime) -> Load:
    """How much of one process lies where; nothing when the actor sees no case of it."""
    return loads(by=by, now=now).get(process, Load(process, 0, 0, 0, 0, None, {}))


def _load(process: str, groups: list[dict[str, Any]]) -> Load:
    closed = [row for row in groups if row["final"]]
    count = sum(row["count"] for row in closed)
    days = sum((row["taken"].days for row in closed if row["taken"] is not None), 0)
    states: dict[str, int] = {}
    for row in groups:
        states[row["state"]] = states.get(row["state"], 0) + row["count"]
    return Load(
        process,
        sum(row["count"] for row in groups if not row["final"]),
        sum(row["late"] for row in groups),
        count,
        sum(row["on_time"] for row in closed),
        days / count if count else None,
        states,
    )


def entry_of(row: Any) -> Entry:
    """The entry that a case of `worklist` or `visible` runs on."""
    return cases.entry_of(row.definition)[0]


def state_title(row: Any) -> str:
    """The present state of such a case in words."""
    return str(rules.state_row(entry_of(row), row.state)["title"])


def file_of(case_id: UUID, seq: int, name: str, *, by: Actor) -> dict[str, Any]:
    """What was kept of one attachment. Raises NoSuchCase."""
    view = case(case_id, by=by)
    found = next((step.files[name] for step in view.steps if step.seq == seq and name in step.files), None)
    if found is None:
        raise NoSuchCase("没有这个附件 (no such attachment)", where=name)
    return dict(found)


def journeys(process: str, *, since: date, until: date) -> list[tuple[Entry, Journey]]:
    """Entry and journey of every case opened in the span (both days inside): for the rates that the entry defines."""
    rows = Case.objects.filter(process=process, opened_on__gte=since, opened_on__lte=until)
    found = rows.select_related("definition").prefetch_related("steps")
    return [
        (
            entry_of(row),
            rules.journey_of(entry_of(row), cases.told(row, sorted(row.steps.all(), key=lambda s: s.seq))),
        )
        for row in found
    ]


def _waits_for(by: Actor) -> Q:
    """Rows of CaseWaiting that concern the actor."""
    if SYSTEM in by.roles:
        return Q()
    found = Q(scope="applicant", case__opened_by=by.user_id)
    for role in by.roles:
        areas, institutions = by.post(role)
        here = Q(case__institution_id__in=institutions)
        around = Q(pk__in=[])
        for area in areas:
            around |= Q(case__area_code__startswith=area)
        mine = Q(scope="case") & (here | around) | Q(scope="institution") & here | Q(scope="area") & around
        if "" in areas:
            mine |= Q(scope="city")
        found |= Q(role=role) & mine
    return found


def _places(posts: Iterable[rules.Reach]) -> Q | None:
    """Cases that belong where one of these posts holds; None when there is no post."""
    found: Q | None = None
    for areas, institutions in posts:
        one = Q(institution_id__in=institutions)
        for area in areas:
            one |= Q(area_code__startswith=area)
        found = one if found is None else found | one
    return found


def _open_step(entry: Entry, journey: Journey, row: dict[str, Any], role: str, by: Actor) -> OpenStep:
    known = data_of(entry)
    given = {name for name in known if name in journey.fields}
    requires = [known[name] for name in listed(row.get("requires", []))]
    same = [one for one in journey.confirmed if one.do == row["id"]]
    return OpenStep(
        row["id"], row["title"], role, cases.role_title(entry, role), str(row.get("kind", "step")),
        tuple(one for one in requires if one["id"] not in given or one["id"] in listed(row.get("fills", []))),
        tuple(tuple(group) for group in row.get("any_of", [])),
        tuple(known[name] for name in listed(row.get("fills", []))),
        row.get("comment") == "yes" or row.get("kind") in ("return", "withdraw"),
        tuple(_hindrances(entry, journey, row, role, by)), str(row.get("clause", "")), len(same),
        int(row.get("persons", "1")),
    )  # fmt: skip


def _hindrances(entry: Entry, journey: Journey, row: dict[str, Any], role: str, by: Actor) -> list[str]:
    """Reasons of the machine that filling in the form cannot remove."""
    own = {*listed(row.get("requires", [])), *listed(row.get("fills", []))}
    settled = [one for one in row.get("when", []) if one["field"] not in own]
    found = unmet(entry, settled, journey.fields)
    day = journey.since + int(row.get("after_days", "0"))
    try:
        take(entry, journey, Step(row["id"], str(by.user_id), role, day))
    except Refused as error:
        found += [one.what for one in error.faults if not any(words in one.what for words in DO_NOT_JUDGE)]
    return found


def _view(row: Case) -> CaseView:
    entry, _ = cases.entry_of(row.definition)
    stored = list(row.steps.order_by("seq"))
    steps = [_step(entry, one) for one in stored]
    fields: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for step in steps:
        fields |= step.fields
        kept |= {name: {**file, "seq": step.seq} for name, file in step.files.items()}
    waiting = CaseWaiting.objects.filter(case=row, why__in=("step", "opinion")).order_by("created_at", "pk")
    roles = dict.fromkeys(waiting.values_list("acts_as", flat=True))
    return CaseView(
        row.pk, row.number, row.process, entry.title, entry.title_en, row.release_hash,
        Subject(row.subject_kind, row.subject, row.institution_id, row.area_code), row.label, row.state,
        str(rules.state_row(entry, row.state)["title"]), row.final, row.since, row.due_at, row.due_sure,
        tuple(cases.role_title(entry, name) for name in row.escalated.split(",") if name), row.opened_by, row.opened_name,
        row.opened_on, row.closed_on, row.late_steps, row.returns, fields, kept, tuple(steps),
        tuple(cases.role_title(entry, name) for name in roles), tuple(dict.fromkeys(one.state for one in stored)), entry,
    )  # fmt: skip


def _step(entry: Entry, one: CaseStep) -> StepView:
    titles = {row["id"]: row["title"] for row in entry.get("transitions")}
    titles |= {
        "open": "发起",
        "opinion": "会签意见",
        "remind": "到期提醒",
        "overdue": "逾期",
        "escalate": "逾期上报",
    }
    return StepView(
        one.seq, one.kind, one.do, titles.get(one.do, one.do), one.role, cases.role_title(entry, one.role) if one.role else "",
        str(rules.state_row(entry, one.state)["title"]), one.actor_id, one.actor_name, one.done_on, one.done_at, one.fields,
        one.files, one.comment, one.agrees, one.on_time,
    )  # fmt: skip
