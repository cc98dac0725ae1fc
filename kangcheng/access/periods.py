"""How long a look may last: the parameters of the city's pack.

The pack is named once per process (`use`, at start-up) and read at the first question.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack

VISIT, EMERGENCY, EXPORT = "access-visit-days", "access-emergency-days", "access-export-days"

Source = Callable[[str, date], int]
_source: Source | None = None


class NoPeriod(KangchengError):
    """The city's pack does not say how long."""


def use(source: Source) -> Source | None:
    """Answer from `source` from now on; returns the one before."""
    global _source
    before, _source = _source, source
    return before


def end_of(name: str, on: date) -> date:
    """First day after the period `name` that begins on `on`. Raises NoPeriod, PackError."""
    if _source is None:
        raise NoPeriod("查看期限尚未指定 (no periods)", todo="先调用 periods.use(来源)")
    return on + timedelta(days=_source(name, on))


def from_pack(name: str, root: Path) -> Source:
    """A source that reads the pack `name` under `root` at the first question."""

    @lru_cache(maxsize=1)
    def pack() -> Pack:
        return load_pack(name, root=root)

    @lru_cache(maxsize=256)
    def read(parameter: str, on: date) -> int:
        return int(pack().at(on).parameter(parameter))

    return read
