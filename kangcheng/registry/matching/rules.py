"""Whose record is it? From scored candidates to linked, waiting or new. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kangcheng.registry.matching.comparing import ELSE
from kangcheng.registry.matching.scoring import Scored

LINKED, WAITING, NEW = "linked", "waiting", "new"
SURE_NAMES = frozenset({"exact", "turned", "sound"})
NEAR_NAMES = SURE_NAMES | {"one"}
NEAR_NUMBERS = frozenset({"exact", "slip"})
DOUBTS = {
    "weight": ("相符程度不足以自动认定", "not enough agreement to decide by itself"),
    "name": (
        "姓名有一字不同：可能是双胞胎或家人",
        "a character of the name differs: perhaps a twin or relative",
    ),
    "number": ("双方都有身份证号且不同", "both have identity numbers, and they differ"),
    "birth": ("出生日期不同", "birth dates differ"),
    "rival": ("另有一人同样相符", "another person agrees as well"),
    "number_of_another": ("证号已登记在另一姓名下", "the number is registered under another name"),
    "elsewhere": ("此人居住在经办人职责区划之外", "the person lives outside the sender's areas"),
    "mother": ("同一母亲同日另有子女，须核对胎次", "the mother has another child of that day"),
    "few": ("登记内容不足以建档", "too little is known to register anybody"),
}  # code -> Chinese, English


@dataclass(frozen=True)
class Limits:
    """From which weight a pair is accepted, from which it is looked at, and how far the next one must be behind."""

    accept: float
    review: float
    margin: float
    opinions: int = 1


@dataclass(frozen=True)
class Candidate:
    """A registered person who may be meant."""

    person: str
    scored: Scored


@dataclass(frozen=True)
class Decision:
    """`state`, the person when linked, who is to be looked at when waiting (best first), and the doubts."""

    state: str
    person: str | None = None
    candidates: tuple[Candidate, ...] = ()
    doubts: tuple[str, ...] = ()


def by_number(candidate: Candidate) -> Decision:
    """The record carries the valid identity number of `candidate`: theirs, unless the name says otherwise."""
    levels = candidate.scored.levels
    same_life = levels["birth"] == "exact" and levels["sex"] == "exact"
    if levels["name"] in NEAR_NAMES or (levels["name"] == "surname" and same_life):
        return Decision(LINKED, candidate.person, (candidate,))
    return Decision(WAITING, None, (candidate,), ("number_of_another",))


def by_weight(found: Iterable[Candidate], limits: Limits) -> Decision:
    """The best candidate when it is beyond doubt; the queue when somebody is likely; else a new person."""
    order = sorted(found, key=lambda one: (-one.scored.weight, one.person))
    likely = tuple(one for one in order if one.scored.weight >= limits.review)
    if not likely:
        return Decision(NEW)
    doubts = _doubts(likely, limits)
    if doubts:
        return Decision(WAITING, None, likely, doubts)
    return Decision(LINKED, likely[0].person, likely)


def _doubts(likely: Sequence[Candidate], limits: Limits) -> tuple[str, ...]:
    best = likely[0].scored
    levels = best.levels
    holds = {
        "weight": best.weight < limits.accept,
        "name": levels["name"] not in SURE_NAMES,
        "number": levels["identity"] == ELSE,
        "birth": levels["birth"] == ELSE,
        "rival": len(likely) > 1 and best.weight - likely[1].scored.weight < limits.margin,
    }
    return tuple(code for code, true in holds.items() if true)


def twice(scored: Scored, limits: Limits) -> bool:
    """May two residents be one person registered twice? Likely, and called the same or numbered all but the same.

    Brothers and sisters of one home are likely too, by everything but their names: they are not asked about.
    """
    levels = scored.levels
    called_the_same = levels["name"] in SURE_NAMES and levels["birth"] != ELSE and levels["sex"] != ELSE
    return scored.weight >= limits.review and (called_the_same or levels["identity"] in NEAR_NUMBERS)


def agreed(verdicts: Mapping[str, str], opinions: int) -> str | None:
    """The verdict when enough people said the same and nobody the contrary; None while it is open."""
    said = set(verdicts.values())
    return said.pop() if len(said) == 1 and len(verdicts) >= opinions else None
