"""The text being written: lines with their indentation, the constants they use, the faults they can end in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

BEYOND = 1  # the year to date passed the bound under which every product is exact
FIRST_FAULT = 2


@dataclass
class Source:
    """Python text with numbers kept out of it: amounts and rates live in `constants`, so changing one keeps the text."""

    lines: list[str] = field(default_factory=list)
    constants: list[int] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(
        default_factory=list
    )  # (field, what) of fault code FIRST_FAULT + place
    depth: int = 0
    place: str = ""  # id of the layer being written: named by refusals
    _names: dict[str, int] = field(default_factory=dict)

    def put(self, text: str) -> None:
        """One line at the present depth."""
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """The lines written inside stand under `head:`; `pass` when there are none."""
        self.put(f"{head}:")
        self.depth += 1
        before = len(self.lines)
        yield
        if all(line.lstrip().startswith("#") for line in self.lines[before:]):
            self.put("pass")
        self.depth -= 1

    @contextmanager
    def when(self, test: str) -> Iterator[None]:
        """As `if test:`; no block at all when the test is always true."""
        if test == "True":
            yield
            return
        with self.block(f"if {test}"):
            yield

    def name(self, stem: str) -> str:
        """A new local name."""
        number = self._names[stem] = self._names.get(stem, 0) + 1
        return f"{stem}_{number}"

    def const(self, number: int) -> str:
        """A constant of this very place; equal numbers elsewhere keep their own, they may change apart."""
        self.constants.append(number)
        return f"c[{len(self.constants) - 1}]"

    def table(self, numbers: Sequence[int], index: str) -> str:
        """One constant out of a row of them."""
        start = len(self.constants)
        self.constants.extend(numbers)
        return f"c[{start} + {index}]"

    def fault(self, where: str, what: str) -> None:
        """Give the claim up. Must not stand inside a loop over lines."""
        if (where, what) not in self.faults:
            self.faults.append((where, what))
        self.put(f"fault = {self.faults.index((where, what)) + FIRST_FAULT}  # {where}")
        self.put("break")
