"""Errors in four parts: what happened, where, which rule, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class KangchengError(Exception):
    """Base of every error we raise on purpose.

    `what` happened; `where` it did (file, field, row); `rule` that was broken; `todo`: what the reader can do about it.
    """

    def __init__(self, what: str, *, where: str = "", rule: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.rule = rule
        self.todo = todo

    def __str__(self) -> str:
        return _sentence(self.what, self.where, self.rule, self.todo)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one input. `near` is the nearest valid word; `line` counts from 1."""

    where: str
    what: str
    rule: str = ""
    todo: str = ""
    line: int | None = None
    file: str | None = None
    near: str | None = None

    def __str__(self) -> str:
        hint = f"最接近的是 (did you mean) {self.near!r}" if self.near else ""
        return _sentence(
            self.what, self.place, self.rule, "；".join(part for part in (hint, self.todo) if part)
        )

    @property
    def place(self) -> str:
        """`file:line: where`, as far as known."""
        spot = self.file or ""
        if self.line is not None:
            spot = f"{spot}:{self.line}" if spot else f"line {self.line}"
        return ": ".join(part for part in (spot, self.where) if part)


class Faults(KangchengError):
    """Every fault of one input, gathered before anything is refused."""

    def __init__(self, faults: Iterable[Fault], *, what: str = "", where: str = "", todo: str = "") -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(what or f"{len(self.faults)} 处错误 (faults)", where=where, todo=todo)

    def __str__(self) -> str:
        return "\n".join(
            [_sentence(self.what, self.where, self.rule, self.todo), *(f"  {fault}" for fault in self.faults)]
        )


def _sentence(what: str, where: str, rule: str, todo: str) -> str:
    head = f"{where}: {what}" if where else what
    rest = [f"[{rule}]"] if rule else []
    return " ".join([head, *rest, *([f"→ {todo}"] if todo else [])])
