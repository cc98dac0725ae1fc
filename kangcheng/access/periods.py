"""How long a look may last: the parameters of the city's pack.

The pack is named once per process (`use`, at start-up) and read at the first question.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.held import Held, pack_of

VISIT, EMERGENCY, EXPORT = "access-visit-days", "access-emergency-days", "access-export-days"

Source = Callable[[str, date], int]


class NoPeriod(KangchengError):
    """The city's pack does not say how long."""


_held: Held[Source] = Held(NoPeriod, "查看期限尚未指定 (no periods)")
use = _held.use


def end_of(name: str, on: date) -> date:
    """First day after the period `name` that begins on `on`. Raises NoPeriod, PackError."""
    return on + timedelta(days=_held.source()(name, on))


def from_pack(name: str, root: Path) -> Source:
    """A source that reads the pack `name` under `root` at the first question."""

    @lru_cache(maxsize=256)
    def read(parameter: str, on: date) -> int:
        return int(pack_of(name, root).at(on).parameter(parameter))

    return read
