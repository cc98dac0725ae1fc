"""Where a module's numbers and lists come from: a source named once per process, and the city's pack read once for all."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack

Source = TypeVar("Source")


@lru_cache(maxsize=4)
def pack_of(name: str, root: Path) -> Pack:
    """The pack `name` under `root` as it stood at the first question, one for all modules. Raises PackError."""
    return load_pack(name, root=root)


class Held(Generic[Source]):
    """The source one module asks. `error` is raised with `what` when it is asked before any was named."""

    def __init__(self, error: type[KangchengError], what: str) -> None:
        self._error, self._what = error, what
        self._source: Source | None = None

    def use(self, source: Source | None) -> Source | None:
        """Answer from `source` from now on; returns the one before."""
        before, self._source = self._source, source
        return before

    def source(self) -> Source:
        """The source in use. Raises the module's error before one was named."""
        if self._source is None:
            raise self._error(self._what, todo="启动时先指定来源 (name a source at start-up)")
        return self._source
