"""Types of single values that point at something else: a unit, a level, another entry, a clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from kangcheng.kernel.citation import Citation
from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.kernel.units import UnitError, known_units, parse_number, parse_quantity, unit
from kangcheng.policy.schema.place import At, Move, nearest
from kangcheng.policy.schema.scalars import Money, Number, Parsed, Text, moved, rate_steps
from kangcheng.policy.source import Node, Scalar


@dataclass(frozen=True)
class InUnit(Parsed):
    """A value in the unit that stands under `key` beside it or above it."""

    key: str = "unit"
    hint: str = "按单位的数值 (value in the unit)"

    def parse(self, text: str, at: At) -> object:
        code = at.sibling(self.key)
        # A unit that is wrong is a fault of its own; the value is then only asked to be a number.
        return parse_quantity(text, code) if code and _known(code) else parse_number(text)

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        code = at.sibling(self.key) or "ratio"
        if not _known(code):
            return
        kind = unit(code).dimension
        if kind == "money":
            yield from Money().moves(node, at)
        elif kind == "rate":
            yield from moved(node, at, lambda text: _rate_unit_steps(text, code))
        else:
            yield from Number(least="0", whole=kind == "count").moves(node, at)


def _known(code: str) -> bool:
    try:
        unit(code)
    except UnitError:
        return False
    return True


def _rate_unit_steps(text: str, code: str) -> list[str]:
    value = Fraction(parse_quantity(text, code))
    return [f"{step.numerator}/{step.denominator}" for step in rate_steps(value) if step >= 0]


@dataclass(frozen=True)
class UnitCode(Parsed):
    """A unit of the kernel."""

    hint: str = "计量单位 (unit)"

    def parse(self, text: str, at: At) -> object:
        return unit(text)

    def judge(self, text: str, node: Scalar, at: At) -> Iterator[Fault]:
        for fault in super().judge(text, node, at):
            near = nearest(text, [*known_units(), "CNY/person/year", "CNY/person/month"])
            yield at.fault(node.line, fault.what, rule=fault.rule, todo=fault.todo, near=near)


@dataclass(frozen=True)
class Level(Text):
    """A text that may be a level of an ordered tier list; moves to its neighbours there."""

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        yield from moved(node, at, lambda text: list(at.context.neighbours(text)))


@dataclass(frozen=True)
class Ref(Text):
    """The id of an entry of one of these kinds, in this pack or one it extends."""

    kinds: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{'/'.join(self.kinds)} 的编号 (id of {' or '.join(self.kinds)})"

    def judge(self, text: str, node: Scalar, at: At) -> Iterator[Fault]:
        if at.alone:
            return
        known = [name for kind in self.kinds for name in at.context.ids(kind)]
        if text not in known:
            yield at.fault(
                node.line,
                f"没有这个条目 (no such entry) {text!r}",
                rule=f"应为已有的{self.label}",
                near=nearest(text, known),
            )


def ref(*kinds: str) -> Ref:
    """A reference to an entry of one of these kinds."""
    return Ref(kinds=kinds)


@dataclass(frozen=True)
class Clause(Text):
    """A citation `document#clause` that must resolve to a clause of a document of the pack."""

    hint: str = "条款引用 (citation, document#clause)"

    def judge(self, text: str, node: Scalar, at: At) -> Iterator[Fault]:
        try:
            citation = Citation.parse(text)
        except KangchengError as error:
            yield at.fault(node.line, f"{text!r} {error.what}", rule=error.rule, todo=error.todo)
            return
        if at.alone:
            return
        known = at.context.clauses(citation.document)
        if known is None:
            near = nearest(citation.document, at.context.documents())
            yield at.fault(
                node.line,
                f"没有这个文件 (no such document) {citation.document!r}",
                rule=self.label,
                near=near,
            )
        elif citation.clause not in known:
            near = nearest(citation.clause, known)
            yield at.fault(
                node.line,
                f"{citation.document} 没有这一条 (no such clause) {citation.clause!r}",
                rule="引用须落到文件的一条",
                near=f"{citation.document}#{near}" if near else None,
            )
