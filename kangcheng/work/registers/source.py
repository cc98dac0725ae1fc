"""Which registers the city keeps: those of its pack, read again by itself when a file of the pack has changed.

A pack with faults is not taken: the one before stays in use and the faults are shown on the page of registers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack
from kangcheng.policy.store import folder_of
from kangcheng.work.registers.rules.checks import check
from kangcheng.work.registers.rules.definition import definitions
from kangcheng.work.registers.types import Register

PAUSE = 2.0  # seconds between two looks at the files

Mark = tuple[int, int]


class NoSuchRegister(KangchengError):
    """The city's pack has no register of this name."""


@dataclass
class Source:
    """The pack `name` under `root`, and what was read of it last. `clock` gives seconds."""

    name: str
    root: Path
    clock: Callable[[], float] = time.monotonic
    faults: KangchengError | None = None
    _pack: Pack | None = None
    _registers: dict[str, Register] = field(default_factory=dict)
    _mark: Mark = (0, 0)
    _looked: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pack(self) -> Pack:
        """The pack as its files stand. Raises its faults when it never could be read."""
        with self._lock:
            if self.clock() - self._looked >= PAUSE:
                self._look()
                self._looked = self.clock()
            if self._pack is None:
                raise self.faults or NoSuchRegister("政策包未读 (pack not read)", where=self.name)
            return self._pack

    def registers(self) -> dict[str, Register]:
        """Every register by id."""
        self.pack()
        return self._registers

    def again(self) -> None:
        """Look at the files at the next question, however soon."""
        self._looked = float("-inf")

    def _look(self) -> None:
        mark = self._files()
        if mark == self._mark:
            return
        self._mark = mark
        try:
            pack = load_pack(self.name, root=self.root)
            faults = [fault for entry in pack.of_kind("register") for fault in check(entry, pack)]
            if faults:
                raise Faults(faults, where=self.name, todo="改正后自动重读")
            self._registers, self._pack, self.faults = definitions(pack), pack, None
            self._mark = self._files()  # now that its parents are known
        except KangchengError as error:
            self.faults = error

    def _files(self) -> Mark:
        """Number of the pack's files and the newest change among them."""
        names = self._pack.order if self._pack else (self.name,)
        stamps = [
            path.stat().st_mtime_ns for name in names for path in folder_of(name, self.root).rglob("*.yaml")
        ]
        return len(stamps) if self._pack else -1, max(stamps, default=0)


_source: Source | None = None


def use(source: Source | None) -> Source | None:
    """Answer from `source` from now on; returns the one before."""
    global _source
    before, _source = _source, source
    return before


def current() -> Source:
    """The source in use. Raises NoSuchRegister before one was named."""
    if _source is None:
        raise NoSuchRegister("台账尚未指定 (no registers)", todo="先调用 source.use(来源)")
    return _source
