"""Which keys of the schema were drawn, alone and in pairs within one layer."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from itertools import combinations
from typing import Any, Literal, get_args, get_origin, get_type_hints

from kangcheng.funds.engine import definition as d
from kangcheng.funds.engine.compiled import Refusal
from kangcheng.funds.engine.slots import layer_of

CLASSES = (
    *(
        d.Condition,
        d.Span,
        d.Constant,
        d.Fact,
        d.Table,
        d.Choice,
        d.Linear,
        d.Combine,
        d.Rounding,
        d.Accumulate,
    ),
    *(
        d.Group,
        d.PlaceFirstPay,
        d.Split,
        d.BasePart,
        d.NthStep,
        d.Deductible,
        d.Step,
        d.Brackets,
        d.Adjustment,
    ),
    *(
        d.Ceiling,
        d.Minimum,
        d.PerDay,
        d.Pool,
        d.Frequency,
        d.Benefit,
        d.Account,
        d.Waive,
        d.Cap,
        d.Entitlement,
    ),
    *(d.TotalRounding, d.Stack),
)
SILENT = {
    "id",
    "title",
    "clause",
    "evidence",
    "scheme",
    "setting",
    "release",
    "names",
}  # say nothing about the fen
ELSEWHERE = {
    "Benefit.split",  # for settling a benefit alone
    "Frequency.per=claim",  # not legal
}


class Coverage:
    """Counts what a run of drawn stacks contained."""

    def __init__(self) -> None:
        self.stacks = 0
        self.refusals = 0
        self.reasons: Counter[str] = Counter()
        self.keys: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()

    def add(self, stack: d.Stack) -> None:
        """Count one stack."""
        self.stacks += 1
        self.keys.update(set(_keys(stack)))
        for position in stack.order:
            if layer := layer_of(position):
                self.pairs.update(combinations(sorted(set(_own_keys(layer))), 2))

    def refused(self, refusal: Refusal) -> None:
        """Count one stack that compiled would not take."""
        self.refusals += 1
        self.reasons[refusal.what.split("(")[-1].rstrip(")")] += 1

    def missing(self) -> set[str]:
        """Keys of the schema that never came."""
        return set(_expected()) - set(self.keys) - ELSEWHERE

    def report(self) -> str:
        """A few lines for people."""
        layer = sorted({key for pair in self.pairs for key in pair})
        possible = len(layer) * (len(layer) - 1) // 2
        rare = ", ".join(f"{key} {count}" for key, count in self.keys.most_common()[:-7:-1])
        return (
            f"stacks drawn {self.stacks}, refused by compiled {self.refusals} {dict(self.reasons)}\n"
            f"schema keys drawn {len(set(_expected()) & set(self.keys))} of {len(set(_expected()))}; rarest: {rare}\n"
            f"key pairs within one layer {len(self.pairs)} of {possible} (some exclude each other)"
        )


def _keys(node: object) -> Iterator[str]:
    """Class.field for all that differs from its default, Class.field=word for closed choices, however deep."""
    if isinstance(node, Mapping):
        for value in node.values():
            yield from _keys(value)
    elif isinstance(node, tuple):
        for value in node:
            yield from _keys(value)
    elif is_dataclass(node) and not isinstance(node, type):
        yield from _own_keys(node)
        for field in fields(node):
            yield from _keys(getattr(node, field.name))


def _own_keys(node: Any) -> Iterator[str]:
    name = type(node).__name__
    hints = get_type_hints(type(node))
    for field in fields(node):
        value = getattr(node, field.name)
        if field.name in SILENT:
            continue
        if words := _words(hints[field.name]):
            yield f"{name}.{field.name}={value}"
        elif not words and value != _default(field):
            yield f"{name}.{field.name}"


def _expected() -> Iterator[str]:
    for one in CLASSES:
        hints = get_type_hints(one)
        for field in fields(one):
            if field.name in SILENT:
                continue
            if words := _words(hints[field.name]):
                yield from (f"{one.__name__}.{field.name}={word}" for word in words)
            else:
                yield f"{one.__name__}.{field.name}"


def _words(hint: Any) -> tuple[Any, ...]:
    """The closed choices of a field; empty when it is open."""
    if hint is bool:
        return (True, False)
    return get_args(hint) if get_origin(hint) is Literal else ()


def _default(field: Field[Any]) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING
