"""What crosses the border of recognition."""

from dataclasses import dataclass
from datetime import date

DECISIONS = {"new": "新开", "reused": "采用互认结果", "repeated": "说明理由后重做"}


@dataclass(frozen=True)
class Recognised:
    """A recognised test: a result is good for `days` when its institution is of one of `levels`."""

    item: str
    days: int
    levels: frozenset[str]


@dataclass(frozen=True)
class Earlier:
    """A result that another institution has already: what a doctor is shown before the test is ordered again."""

    item: str
    type: str
    id: str
    title: str
    on: date
    institution: str
    institution_id: str
    said: str
    good_until: date


@dataclass(frozen=True)
class Decision:
    """What was decided about one ordered test. `price` is fen saved when reused, spent otherwise."""

    item: str
    title: str
    decision: str
    price: int
    earlier: Earlier | None = None
    reason: str = ""
