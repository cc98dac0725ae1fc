"""Write down whose a record is: the link, what it adds to the golden row, and who is to be looked at."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.base import outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.ids import IdentityNumber
from kangcheng.registry.matching import candidates, facts, rules, thresholds
from kangcheng.registry.matching.models import MatchPair
from kangcheng.registry.matching.rules import Candidate
from kangcheng.registry.matching.traits import Traits, valid
from kangcheng.registry.people.models import Resident, SourceRecord
from kangcheng.registry.people.services.change import update
from kangcheng.registry.people.services.merge import locked
from kangcheng.registry.people.services.register import register
from kangcheng.registry.people.types import NewPerson
from kangcheng.registry.relations import services as relations
from kangcheng.registry.relations.types import NewRelation

UNNAMED = ("之子", "之女", "之婴")
GROWN = 18


def link(
    row: SourceRecord,
    person_id: UUID,
    how: str,
    *,
    by: Actor,
    on: date,
    why: str,
    weight: float | None = None,
) -> None:
    """The record is this person's; fields the golden row lacks are filled from it. News: `registry.source.linked`."""
    row.person_id, row.state, row.how, row.doubts = person_id, "linked", how, []
    row.weight, row.weights = weight, thresholds.WEIGHTS if weight is not None else ""
    row.filled = fill(row, person_id, by=by, on=on, why=why) if how != "new" else []
    row.save()
    MatchPair.objects.filter(record=row, state="open").update(state="closed", decided_on=on)
    tell("linked", row)


def tell(what: str, row: SourceRecord) -> None:
    """News for the modules above: `registry.source.linked` and `.parted`, ids only."""
    payload = {"record": str(row.pk), "person": str(row.person_id), "how": row.how}
    outbox.append(f"registry.source.{what}", str(row.person_id), payload)


def fill(row: SourceRecord, person_id: UUID, *, by: Actor, on: date, why: str) -> list[list[str]]:
    """Give the golden row what it lacks and the record knows; returns [field, what it was] of each."""
    golden = Resident.objects.get(pk=person_id)
    if not by.where("person.write").covers_area(golden.area_code):
        return []
    wanted = {name: value for name, value in _offered(row, golden).items() if value}
    if wanted:
        before = {name: str(getattr(golden, name) or "") for name in wanted}
        update(person_id=person_id, by=by, on=on, why=why or "来源记录补入", **wanted)
        return [[name, before[name]] for name in wanted]
    return []


def _offered(row: SourceRecord, golden: Resident) -> dict[str, str]:
    offered = {
        name: str(getattr(row, name) or "") for name in ("phone", "address") if not getattr(golden, name)
    }
    if not golden.identity and _numbers(row, golden):
        offered["identity"] = row.identity or ""
    if golden.name.endswith(UNNAMED) and not row.name.endswith(UNNAMED):
        offered["name"] = row.name
    return offered


def _numbers(row: SourceRecord, golden: Resident) -> bool:
    """True when the record's number is valid, free, and agrees with the golden row's birth date and sex."""
    if not valid(candidates.record_traits(row)) or candidates.holder(row.identity):
        return False
    number = IdentityNumber.parse(str(row.identity))
    return number.birth == golden.birth_on and number.sex == golden.sex


def unfill(row: SourceRecord, *, by: Actor, on: date, why: str) -> None:
    """Take back what the record gave its person, where nobody has changed it since."""
    assert row.person_id
    golden = Resident.objects.get(pk=row.person_id)
    back = {
        name: before
        for name, before in row.filled
        if (getattr(golden, name) or "") == (getattr(row, name) or "")
    }
    if back:
        update(person_id=golden.pk, by=by, on=on, why=why, **back)
    row.filled = []


def found(row: SourceRecord, *, by: Actor, on: date, why: str) -> bool:
    """Register a new person from the record; False when too little is known."""
    if not (row.name and row.sex and row.birth_on and row.area_code):
        return False
    traits = candidates.record_traits(row)
    free = valid(traits) and candidates.holder(row.identity) is None
    new = NewPerson(
        name=row.name, area_code=row.area_code, identity=traits.identity if free and _own(traits) else "", sex=row.sex,
        birth_on=row.birth_on, phone=row.phone or "", address=row.address or "", source=row.system,
    )  # fmt: skip
    person_id = register(new=new, by=by, on=on, why=why or "来源记录建档")
    if row.mother_id:
        until = row.birth_on.replace(year=row.birth_on.year + GROWN, day=min(row.birth_on.day, 28))
        kin = NewRelation(person_id, row.mother_id, "guardian", row.birth_on, until, "出生登记")
        relations.grant(new=kin, by=by, on=on, why=why)
    link(row, person_id, "new", by=by, on=on, why=why)
    return True


def _own(traits: Traits) -> bool:
    number = IdentityNumber.parse(traits.identity)
    return number.birth == traits.birth and number.sex == traits.sex


def wait(row: SourceRecord, likely: Iterable[Candidate], doubts: Iterable[str], *, on: date) -> None:
    """The record waits; each likely person becomes a pair to look at, unless that was decided on the same facts."""
    row.person_id, row.state, row.doubts, row.weight = None, "waiting", list(doubts), None
    row.save()
    one = candidates.record_traits(row)
    people = list(likely)
    traits = candidates.traits_of([UUID(c.person) for c in people])
    for candidate in people:
        ask(candidate, (one, traits[UUID(candidate.person)]), row.doubts, on=on, record=row)
    offered = [UUID(c.person) for c in people]
    MatchPair.objects.filter(record=row, state="open").exclude(person_id__in=offered).update(
        state="closed", decided_on=on
    )


def ask(
    candidate: Candidate, both: tuple[Traits, Traits], doubts: list[str], *, on: date, **side: Any
) -> bool:
    """Put a pair into the queue; False when it is there or was decided on the same facts."""
    pair = MatchPair.objects.select_for_update().filter(person_id=UUID(candidate.person), **side).first()
    if pair and facts.same(pair.facts_index, *both) and pair.state in ("open", "different"):
        return False
    pair = pair or MatchPair(person_id=UUID(candidate.person), **side)
    pair.state, pair.weight, pair.weights = "open", candidate.scored.weight, thresholds.WEIGHTS
    pair.parts = [[p.field, p.level, round(p.weight, 3)] for p in candidate.scored.parts]
    pair.doubts, pair.facts_index, pair.opinions = doubts, facts.digest(*both), []
    pair.asked_on, pair.decided_on, pair.decided_by, pair.why = on, None, None, ""
    pair.save()
    return True


def refused(row: SourceRecord) -> set[UUID]:
    """People somebody has said the record is not, on the facts as they are now."""
    one = candidates.record_traits(row)
    said = {
        pair.person_id: pair.facts_index for pair in MatchPair.objects.filter(record=row, state="different")
    }
    traits = candidates.traits_of(said)
    return {
        person
        for person, digest in said.items()
        if person in traits and facts.same(digest, one, traits[person])
    }


def locked_record(record_id: UUID) -> SourceRecord:
    """The record, locked. Raises NoRecord."""
    row = SourceRecord.objects.select_for_update().filter(pk=record_id).first()
    if row is None:
        raise NoRecord("没有这条来源记录 (no such record)", where=str(record_id), todo="返回列表重试")
    return row


class NoRecord(KangchengError):
    """There is no such source record."""


LINKED, WAITING, NEW = rules.LINKED, rules.WAITING, rules.NEW
__all__ = ["LINKED", "NEW", "WAITING", "NoRecord", "ask", "fill", "found", "link", "locked", "locked_record", "refused",
           "tell", "unfill", "wait"]  # fmt: skip
