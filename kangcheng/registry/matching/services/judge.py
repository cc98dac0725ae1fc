"""Who is meant by some traits: by number, by mother, else by weight. Reads only."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.registry.matching import candidates, rules, thresholds
from kangcheng.registry.matching.rules import Candidate, Decision
from kangcheng.registry.matching.traits import Traits, valid
from kangcheng.registry.people.selectors import get_many

SINGLE = 1


@dataclass(frozen=True)
class Birth:
    """A newborn's mother, the day, and the order among children of one birth."""

    mother: UUID
    on: date
    order: int | None


@dataclass(frozen=True)
class Judged:
    """The decision and what it rests on: number, mother or weight."""

    decision: Decision
    how: str


def judge(
    one: Traits, *, by: Actor, on: date, birth: Birth | None = None, refused: Collection[UUID] = ()
) -> Judged:
    """Who `one` is. `refused`: people somebody has said it is not."""
    holder = candidates.holder(one.identity) if valid(one) else None
    if holder and holder not in refused:
        weighed = candidates.scored(thresholds.model(), one, [holder])
        return Judged(rules.by_number(weighed[0]), "number")
    if birth and (found := _by_mother(one, birth, refused)):
        return Judged(found, "mother")
    weighed = candidates.scored(thresholds.model(), one, candidates.near(one), without=refused)
    return Judged(within_reach(rules.by_weight(weighed, thresholds.limits(on)), by), "weight")


def within_reach(decision: Decision, by: Actor) -> Decision:
    """Nobody outside the actor's areas is linked by likeness: that waits for somebody who is in charge of both."""
    if decision.state != rules.LINKED or not decision.person:
        return decision
    person = get_many([UUID(decision.person)]).get(UUID(decision.person))
    if person and by.where("person.write").covers_area(person.area_code):
        return decision
    return replace(decision, state=rules.WAITING, person=None, doubts=(*decision.doubts, "elsewhere"))


def _by_mother(one: Traits, birth: Birth, refused: Collection[UUID]) -> Decision | None:
    """The child of that mother, day and order; somebody to look at when it is not clear; None when there is none yet."""
    known = {
        order: child
        for order, child in candidates.of_mother(birth.mother, birth.on).items()
        if child not in refused
    }
    if not known:
        return None
    weighed = {UUID(c.person): c for c in candidates.scored(thresholds.model(), one, known.values())}
    single = len(known) == 1 and (birth.order or SINGLE) == SINGLE and {None, SINGLE} & set(known)
    named = birth.order is not None and birth.order in known
    if named or single:
        return _same_sex(weighed[known[birth.order] if named else next(iter(known.values()))])
    if None not in known and birth.order is not None:
        return Decision(rules.NEW)  # her other children of that day have their orders: this is one more
    return Decision(rules.WAITING, None, tuple(weighed.values()), ("mother",))


def _same_sex(candidate: Candidate) -> Decision:
    if candidate.scored.levels["sex"] == "exact":
        return Decision(rules.LINKED, candidate.person, (candidate,))
    return Decision(rules.WAITING, None, (candidate,), ("mother",))
