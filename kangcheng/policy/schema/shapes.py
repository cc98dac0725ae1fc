"""Types made of other types: records with named keys, lists, tables, alternatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kangcheng.kernel.errors import Fault
from kangcheng.policy.schema.place import At, Field, Move, Type, nearest
from kangcheng.policy.schema.scalars import Text, shape
from kangcheng.policy.source import Mapping, Node, Scalar, Sequence


@dataclass(frozen=True)
class Record(Type):
    """A mapping with a closed set of keys.

    `exactly_one`: groups of keys of which one must stand; `at_most_one`: of which no two may; `open`: the type of keys that
    are not listed (attribute names), when any are allowed.
    """

    name: str
    fields: dict[str, Field]
    exactly_one: tuple[tuple[str, ...], ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    open: Type | None = None

    @property
    def label(self) -> str:
        return self.name

    def fit(self, node: Node) -> int:
        if not isinstance(node, Mapping):
            return 0
        known = sum(key in self.fields for key in node.items)
        missing = sum(field.required and key not in node.items for key, field in self.fields.items())
        return 1 + 100 * known + (50 * len(node.items) if self.open else 0) - missing

    def faults(self, node: Node, at: At) -> Iterator[Fault]:
        if not isinstance(node, Mapping):
            yield at.fault(node.line, f"应为 {self.name} 的键值表，不是{shape(node)} (a mapping is wanted)")
            return
        for key, item in node.items.items():
            inside = at.into(key, node)
            if key in self.fields:
                yield from self.fields[key].type.faults(item, inside)
            elif self.open is not None:
                yield from self.open.faults(item, inside)
            else:
                yield self._unknown(key, node, at)
        yield from self._missing(node, at)

    def _unknown(self, key: str, node: Mapping, at: At) -> Fault:
        meant = [name for name, known in self.fields.items() if key in known.words]
        near = meant[0] if meant else nearest(key, self.fields)
        return at.fault(
            node.lines[key],
            f"未知的键 (unknown key) {key!r}",
            rule=f"{self.name} 可用的键: {', '.join(self.fields)}",
            near=near,
        )

    def _missing(self, node: Mapping, at: At) -> Iterator[Fault]:
        for key, known in self.fields.items():
            if known.required and key not in node.items:
                yield at.fault(
                    node.line,
                    f"缺少键 (missing key) {key!r}",
                    rule=f"{self.name} 必须有 {key}",
                    todo=known.about,
                )
        for group in self.exactly_one:
            if not any(key in node.items for key in group):
                yield at.fault(
                    node.line,
                    f"缺少其中一个键 (one key of these is missing): {', '.join(group)}",
                    rule=self.name,
                )
        for group in (*self.exactly_one, *self.at_most_one):
            given = [key for key in group if key in node.items]
            if len(given) > 1:
                yield at.fault(
                    node.lines[given[1]],
                    f"只能写其中一个 (only one of these): {', '.join(given)}",
                    rule=self.name,
                )

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        if not isinstance(node, Mapping):
            return
        for key, item in node.items.items():
            known = self.fields.get(key)
            if known is not None and known.moved:
                yield from known.type.moves(item, at.into(key, node))
            elif known is None and self.open is not None:
                yield from self.open.moves(item, at.into(key, node))

    def records(self) -> Iterator[Type]:
        for known in self.fields.values():
            yield known.type
        if self.open is not None:
            yield self.open


@dataclass(frozen=True)
class Many(Type):
    """A list. `single`: one item may stand without brackets. `ordered`: the order decides, so neighbours are swapped."""

    of: Type
    least: int = 1
    single: bool = False
    ordered: bool = False
    most: int | None = None

    @property
    def label(self) -> str:
        return f"{'一项或列表 (one, or a list of)' if self.single else '列表 (list of)'}: {self.of.label}"

    def fit(self, node: Node) -> int:
        if isinstance(node, Sequence):
            return 1
        return self.of.fit(node) if self.single else 0

    def faults(self, node: Node, at: At) -> Iterator[Fault]:
        if not isinstance(node, Sequence):
            if self.single and not (isinstance(node, Mapping) and self.of.fit(node) == 0):
                yield from self.of.faults(node, at)
            else:
                yield at.fault(
                    node.line,
                    f"应为列表，不是{shape(node)} (a list is wanted)",
                    todo="写成 [..] 或每项一行以 - 开头",
                )
            return
        if len(node.items) < self.least:
            yield at.fault(
                node.line, f"至少 {self.least} 项，现有 {len(node.items)} 项 (too few items)", rule=self.label
            )
        if self.most is not None and len(node.items) > self.most:
            yield at.fault(
                node.line, f"至多 {self.most} 项，现有 {len(node.items)} 项 (too many items)", rule=self.label
            )
        for index, item in enumerate(node.items):
            yield from self.of.faults(item, at.into(index))

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        if not isinstance(node, Sequence):
            if self.single:
                yield from self.of.moves(node, at)
            return
        for index, item in enumerate(node.items):
            yield from self.of.moves(item, at.into(index))
        if self.ordered:
            yield from self._swaps(node, at)

    def _swaps(self, node: Sequence, at: At) -> Iterator[Move]:
        for index in range(len(node.items) - 1):
            items = list(node.items)
            items[index], items[index + 1] = items[index + 1], items[index]
            yield Move(
                at.path,
                Sequence(items, node.line),
                node.items[index].line,
                f"第 {index + 1} 与 {index + 2} 项互换 (swapped)",
            )

    def records(self) -> Iterator[Type]:
        yield self.of


@dataclass(frozen=True)
class Table(Type):
    """A mapping whose keys are data, too."""

    of: Type
    keys: Type = field(default_factory=Text)
    least: int = 1

    @property
    def label(self) -> str:
        return f"表 (table): {self.keys.label} → {self.of.label}"

    def fit(self, node: Node) -> int:
        return int(isinstance(node, Mapping))

    def faults(self, node: Node, at: At) -> Iterator[Fault]:
        if not isinstance(node, Mapping):
            yield at.fault(node.line, f"应为键值表，不是{shape(node)} (a mapping is wanted)", rule=self.label)
            return
        if len(node.items) < self.least:
            yield at.fault(node.line, f"至少 {self.least} 行 (too few rows)", rule=self.label)
        for key, item in node.items.items():
            yield from self.keys.faults(Scalar(key, node.lines[key]), at.into(key))
            yield from self.of.faults(item, at.into(key, node))

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        if not isinstance(node, Mapping):
            return
        for key, item in node.items.items():
            yield from self.of.moves(item, at.into(key, node))

    def records(self) -> Iterator[Type]:
        yield from (self.keys, self.of)


@dataclass(frozen=True)
class OneOf(Type):
    """Alternatives, chosen by shape and keys; a single value may suit any of the scalar alternatives."""

    options: tuple[Type, ...]
    hint: str = ""

    @property
    def label(self) -> str:
        return self.hint or " 或 (or) ".join(option.label for option in self.options)

    def fit(self, node: Node) -> int:
        return max(option.fit(node) for option in self.options)

    def chosen(self, node: Node, at: At) -> Type | None:
        """The alternative the node is meant to be; None when none has its shape."""
        best = self.fit(node)
        if best <= 0:
            return None
        fitting = [option for option in self.options if option.fit(node) == best]
        if isinstance(node, Scalar):
            clean = [option for option in fitting if not any(True for _ in option.faults(node, at))]
            return (clean or fitting)[0]
        return fitting[0]

    def faults(self, node: Node, at: At) -> Iterator[Fault]:
        option = self.chosen(node, at)
        if option is None:
            yield at.fault(node.line, f"不能是{shape(node)} (wrong shape)", rule=self.label)
        else:
            yield from option.faults(node, at)

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        option = self.chosen(node, at)
        if option is not None:
            yield from option.moves(node, at)

    def records(self) -> Iterator[Type]:
        yield from self.options


@dataclass(frozen=True)
class Lazy(Type):
    """A type named before it is made: for grammars that contain themselves."""

    name: str
    make: Callable[[], Type] = field(compare=False)

    @property
    def label(self) -> str:
        return self.name

    def fit(self, node: Node) -> int:
        return self.make().fit(node)

    def faults(self, node: Node, at: At) -> Iterator[Fault]:
        yield from self.make().faults(node, at)

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        yield from self.make().moves(node, at)

    def records(self) -> Iterator[Type]:
        yield self.make()


@dataclass(frozen=True)
class Anything(Type):
    """Any tree of filled-in values: what a worked case gives and expects."""

    hint: str = "任意 (anything)"
    empty: bool = False

    @property
    def label(self) -> str:
        return self.hint

    def fit(self, node: Node) -> int:
        return 1

    def faults(self, node: Node, at: At) -> Iterator[Fault]:
        if isinstance(node, Scalar):
            yield from Text(empty=self.empty).faults(node, at)
        elif isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                yield from self.faults(item, at.into(index))
        else:
            for key, item in node.items.items():
                yield from self.faults(item, at.into(key, node))


def required(type_: Type, about: str = "", *, moved: bool = True, words: tuple[str, ...] = ()) -> Field:
    """A key that must stand."""
    return Field(type_, about, True, moved, words)


def optional(type_: Type, about: str = "", *, moved: bool = True, words: tuple[str, ...] = ()) -> Field:
    """A key that may be left out."""
    return Field(type_, about, False, moved, words)
