"""How long a way may take and how fast one goes: the parameters of the city's pack.

The pack is named once per process (`use`, at start-up) and read at the first question.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path

from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.held import Held, pack_of
from kangcheng.registry.reach.types import MINUTE, Limits

KILOMETRE = 1000  # metres
NAMES = ("minutes", "speed", "start", "detour")
"""Parameters reach-<measure>-minutes, -speed (km/h), -start (minutes), -detour (ratio)."""

Source = Callable[[str, date], Limits]


class NoLimits(KangchengError):
    """The city's pack does not say how long a way may take."""


_held: Held[Source] = Held(NoLimits, "可达标准尚未指定 (no limits of reach)")
use = _held.use


def limits(measure: str, on: date) -> Limits:
    """The numbers of a measure on the day. Raises NoLimits."""
    return _held.source()(measure, on)


def from_pack(name: str, root: Path) -> Source:
    """A source that reads the pack `name` under `root` at the first question."""

    @lru_cache(maxsize=64)
    def read(measure: str, on: date) -> Limits:
        at = pack_of(name, root).at(on)
        minutes, speed, start, detour = (float(at.parameter(f"reach-{measure}-{one}")) for one in NAMES)
        return Limits(minutes, speed * KILOMETRE / MINUTE, start, detour)

    return read
