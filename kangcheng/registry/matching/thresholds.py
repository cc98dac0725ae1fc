"""From when a pair is one person: the parameters of the city's pack, and the trained weights it names.

The pack is named once per process (`use`, at start-up) and read at the first question.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path

from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.held import Held, pack_of
from kangcheng.registry.matching.rules import Limits
from kangcheng.registry.matching.scoring import Model, load, weight_of

ACCEPT, REVIEW, MARGIN, OPINIONS = (
    "matching-accept",
    "matching-review",
    "matching-margin",
    "matching-opinions",
)
WEIGHTS = "2026-11"

Source = Callable[[date], Limits]


class NoLimits(KangchengError):
    """The city's pack does not say when a pair is one person."""


_held: Held[Source] = Held(NoLimits, "匹配标准尚未指定 (no matching limits)")
use = _held.use


def limits(on: date) -> Limits:
    """The limits of the day. Raises NoLimits."""
    return _held.source()(on)


def model() -> Model:
    """The trained weights in use."""
    return load(WEIGHTS)


def from_pack(name: str, root: Path) -> Source:
    """A source that reads the pack `name` under `root` at the first question."""

    @lru_cache(maxsize=64)
    def read(on: date) -> Limits:
        at = pack_of(name, root).at(on)
        accept, review, margin, opinions = map(at.parameter, (ACCEPT, REVIEW, MARGIN, OPINIONS))
        return Limits(weight_of(float(accept)), weight_of(float(review)), float(margin), int(opinions))

    return read
