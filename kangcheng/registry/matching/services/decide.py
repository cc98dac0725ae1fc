"""Somebody has looked at a pair: the same person, or not. Said once, remembered while the facts stay."""

from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import LONGEST_WHY, acting, record
from kangcheng.kernel.errors import KangchengError
from kangcheng.registry.matching import candidates, facts, rules, thresholds
from kangcheng.registry.matching.models import MatchPair
from kangcheng.registry.matching.services import linking
from kangcheng.registry.people.models import Resident
from kangcheng.registry.people.selectors import resolve
from kangcheng.registry.people.services.merge import locked, merge
from kangcheng.registry.permission import require

SAME, DIFFERENT = "same", "different"
LONGEST = 200


class NotOpen(KangchengError):
    """The pair cannot be decided: it is not there, was decided, or the same person would decide twice."""


def decide(*, pair_id: UUID, same: bool, by: Actor, on: date, why: str) -> str:
    """Say whether the pair is one person; returns the pair's state: "same", "different", or "open" while a second opinion lacks.

    "Same" links the record, or merges the second resident; the last "different" of a record makes a new person.
    Raises NotOpen, NotPermitted (both sides' areas are asked), and needs a reason.
    """
    if not why.strip():
        raise NotOpen("请写明认定理由 (say why)", where="why", rule="认定须留理由", todo="填写后重试")
    with acting(by=by, on=on, why=why, action="match.decide"):
        pair = MatchPair.objects.select_for_update().filter(pk=pair_id, state="open").first()
        if pair is None:
            raise NotOpen("这一对不在待认定之列 (not waiting)", where=str(pair_id), todo="刷新列表")
        _may(pair, by)
        verdict = _opinion(pair, same, by, on, why)
        if verdict:
            pair.state, pair.decided_on, pair.decided_by, pair.why = verdict, on, by.user_id, why[:LONGEST]
            pair.facts_index = _now(pair)
        pair.save()
        if verdict:
            _carry_out(pair, by=by, on=on, why=why[:LONGEST])
        detail = {
            "verdict": verdict or "open",
            "person": str(pair.person_id),
            "weight": round(pair.weight, 2),
        }
        subject = f"source:{pair.record_id}" if pair.record_id else f"person:{pair.other_id}"
        record(action="match.decide", subject=subject, by=by, on=on, why=why[:LONGEST_WHY], detail=detail)
    return pair.state


def _may(pair: MatchPair, by: Actor) -> None:
    """Both sides lie in the actor's areas."""
    require(by, "person.write", area=locked(pair.person_id).area_code)
    if pair.record_id:
        area = linking.locked_record(pair.record_id).area_code
        if area:
            require(by, "person.write", area=area)
    elif pair.other_id:
        require(by, "person.write", area=locked(pair.other_id).area_code)


def _opinion(pair: MatchPair, same: bool, by: Actor, on: date, why: str) -> str | None:
    """Note the opinion; the verdict when enough people agree. Opinions that contradict each other start anew."""
    said: list[dict[str, Any]] = list(pair.opinions)
    if any(one["by"] == str(by.user_id) for one in said):
        raise NotOpen("您已发表意见，须由另一人认定 (a second person has to decide)", rule="两人认定")
    verdict = SAME if same else DIFFERENT
    said.append(
        {
            "by": str(by.user_id),
            "name": by.name,
            "verdict": verdict,
            "why": why[:LONGEST],
            "on": on.isoformat(),
        }
    )
    pair.opinions = said
    latest = {one["by"]: one["verdict"] for one in said[_first_of_run(said) :]}
    return rules.agreed(latest, thresholds.limits(on).opinions)


def _first_of_run(said: list[dict[str, Any]]) -> int:
    """Where the last run of equal verdicts begins."""
    start = len(said) - 1
    while start > 0 and said[start - 1]["verdict"] == said[-1]["verdict"]:
        start -= 1
    return start


def _now(pair: MatchPair) -> bytes:
    """Digest of both sides as they are."""
    if pair.record_id:
        one = candidates.record_traits(linking.locked_record(pair.record_id))
        return facts.digest(one, candidates.traits_of([pair.person_id])[pair.person_id])
    assert pair.other_id
    both = candidates.traits_of([pair.other_id, pair.person_id])
    return facts.digest(both[pair.other_id], both[pair.person_id])


def _carry_out(pair: MatchPair, *, by: Actor, on: date, why: str) -> None:
    if pair.record_id and pair.state == SAME:
        row = linking.locked_record(pair.record_id)
        linking.link(row, resolve(pair.person_id), "hand", by=by, on=on, why=why, weight=pair.weight)
    elif pair.record_id:
        _last_refused(pair, by=by, on=on, why=why)
    elif pair.state == SAME and pair.other_id:
        golden, absorbed = golden_first(pair.person_id, pair.other_id)
        merge(golden=golden, absorbed=absorbed, by=by, on=on, why=why)


def _last_refused(pair: MatchPair, *, by: Actor, on: date, why: str) -> None:
    """When nobody is left who may be meant, the record becomes a person of its own."""
    assert pair.record_id
    row = linking.locked_record(pair.record_id)
    left = MatchPair.objects.filter(record=row, state="open").exists()
    if row.state == "waiting" and not left and not linking.found(row, by=by, on=on, why=why):
        row.doubts = ["few"]
        row.save(update_fields=["doubts"])


def golden_first(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """Which of two rows stays: the golden one, then the one with an identity number, then the older."""
    ids = [resolve(one), resolve(other)]
    rows = {row.pk: row for row in Resident.objects.filter(pk__in=ids)}
    first, second = sorted(ids, key=lambda key: (rows[key].identity_index is None, rows[key].created_at, key))
    return first, second
