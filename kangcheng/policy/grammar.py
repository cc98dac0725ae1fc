"""The page of kinds: every key of every entry, and every form that a value, a condition or a list item may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kangcheng.policy.kinds import COMMON, Kind
from kangcheng.policy.schema import OneOf, Record, Type


@dataclass(frozen=True)
class Shape:
    """One thing that is written as a mapping, in one form or in several; `plain`: what may stand instead of a mapping."""

    name: str
    forms: tuple[Record, ...]
    plain: str = ""


def kinds_page(kinds: Mapping[str, Kind]) -> str:
    """Every kind with its keys, the shapes inside them (each printed once), and the keys of its cases."""
    lines = ["# 条目种类与键 (kinds of entries and their keys)", ""]
    lines += [
        "未列出的键一律拒绝。 Any key that is not listed is refused, with the nearest valid one named.",
        "",
        "一个值有几种写法的，“写法”一栏同号的键写在一起。 Where a value has several forms, the keys of one form bear one number.",
        "",
    ]
    lines += ["## 每个条目都有的键 (keys of every entry)", "", *table(Record("entry", COMMON)), ""]
    printed: dict[str, tuple[str, Shape]] = {}
    for kind in kinds.values():
        lines += _kind(kind, printed)
    return "\n".join(lines)


def _kind(kind: Kind, printed: dict[str, tuple[str, Shape]]) -> list[str]:
    proven = "；每个数值须有算例能发现它变了 (every value proven by a case)" if kind.proven else ""
    own = Record(kind.name, kind.fields, kind.exactly_one, kind.at_most_one)
    lines = [f"## {kind.name} {kind.title}{proven}", "", *table(own), "", *_below(own, kind, printed)]
    if kind.case is not None:
        lines += [f"### {kind.name}: 算例 (case)", "", *table(kind.case_record), ""]
        lines += _below(kind.case_record, kind, printed)
    return lines


def _below(top: Record, kind: Kind, printed: dict[str, tuple[str, Shape]]) -> list[str]:
    """Every shape inside a record, those of earlier kinds by name only."""
    lines, elsewhere = [], []
    for shape in inside(top):
        where, known = printed.get(shape.name, ("", None))
        if known == shape and where != kind.name:
            elsewhere.append(f"{shape.name} ({where})")
        elif known != shape:
            printed[shape.name] = (kind.name, shape)
            lines += [f"### {kind.name}: {shape.name}", "", *_shape(shape), ""]
    if elsewhere:
        lines += [f"别处已列的写法 (printed above): {'、'.join(elsewhere)}", ""]
    return lines


def _shape(shape: Shape) -> list[str]:
    lines = [f"直接写 (plain): {cell(shape.plain)}", ""] if shape.plain else []
    if len(shape.forms) == 1:
        return [*lines, *table(shape.forms[0])]
    lines += ["| 写法 | 键 | 必填 | 类型 | 说明 |", "|---|---|---|---|---|"]
    shared = set.intersection(*(set(form.fields) for form in shape.forms))
    for number, form in enumerate(shape.forms, 1):
        own = Record(form.name, {key: known for key, known in form.fields.items() if key not in shared})
        lines += [f"| {number} {row}" for row in _rows(own)]
    rest = Record(
        shape.name, {key: shape.forms[0].fields[key] for key in shape.forms[0].fields if key in shared}
    )
    return [*lines, *(f"| 各 {row}" for row in _rows(rest))]


def table(record: Record) -> list[str]:
    """The keys of one record as a table, then what may not stand together."""
    lines = ["| 键 | 必填 | 类型 | 说明 |", "|---|---|---|---|", *_rows(record)]
    rules = [f"须写且只写其一 (exactly one of): {', '.join(group)}" for group in record.exactly_one]
    rules += [f"至多写一个 (at most one of): {', '.join(group)}" for group in record.at_most_one]
    return [*lines, *([""] if rules else []), *(f"- {rule}" for rule in rules)]


def _rows(record: Record) -> Iterator[str]:
    for key, known in record.fields.items():
        needed = "是" if known.required else ""
        yield f"| `{key}` | {needed} | {cell(known.type.label)} | {cell(known.about)} |"
    if record.open is not None:
        yield f"| 其他键 | | {cell(record.open.label)} | 键名即属性名 (attribute names) |"


def inside(top: Record) -> Iterator[Shape]:
    """Shapes reached from a record, each once, in reading order."""
    seen: set[int] = {id(top)}
    waiting: list[Type] = list(top.records())
    while waiting:
        found = waiting.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        if isinstance(found, Record):
            yield Shape(found.name, (found,))
        elif isinstance(found, OneOf):
            yield from _alternatives(found)
            seen |= {id(option) for option in found.options if isinstance(option, Record)}
            waiting[:0] = [one for option in found.records() for one in _under(option)]
            continue
        waiting[:0] = list(found.records())


def _under(option: Type) -> list[Type]:
    """What is below an alternative; one that is not a record is looked at itself."""
    return list(option.records()) if isinstance(option, Record) else [option]


def _alternatives(found: OneOf) -> Iterator[Shape]:
    """The records among alternatives, those of one name together."""
    records = [option for option in found.options if isinstance(option, Record)]
    plain = " 或 (or) ".join(option.label for option in found.options if not isinstance(option, Record))
    for name in dict.fromkeys(record.name for record in records):
        forms = tuple(record for record in records if record.name == name)
        yield Shape(name, forms, plain if len(forms) > 1 else "")


def cell(text: str) -> str:
    """Text that does not break a table."""
    return str(text).replace("|", "\\|").replace("\n", " ")
