"""The rule book as Markdown, printed from the kinds and the packs; a test compares it with what is committed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kangcheng.kernel.units import show_quantity
from kangcheng.policy.entry import EARLIEST, Entry
from kangcheng.policy.kinds import COMMON, Kind
from kangcheng.policy.pack import Pack, values_of
from kangcheng.policy.reader import load_pack
from kangcheng.policy.schema import Record, Type
from kangcheng.policy.store import pack_names

NOTE = "<!-- 由 `kangcheng packs docs` 生成，勿手改。 Printed by `kangcheng packs docs`; do not edit. -->\n\n"
UNPRINTED = ("document", "systems", "city")
"""Kinds whose entries are too long for the book; they have pages of their own or are no rules."""


def pages(root: Path, kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Path under the documentation folder -> text, for the kinds and every pack under the root. Raises Faults."""
    found = {"rules/kinds.md": kinds_page(kinds)}
    for name in pack_names(root):
        found[f"rules/{name}.md"] = pack_page(load_pack(name, root, kinds))
    return found


def kinds_page(kinds: Mapping[str, Kind]) -> str:
    """Every kind with its keys, the records inside them, and the keys of its cases."""
    lines = ["# 条目种类与键 (kinds of entries and their keys)", ""]
    lines += [
        "未列出的键一律拒绝。 Any key that is not listed is refused, with the nearest valid one named.",
        "",
    ]
    lines += ["## 每个条目都有的键 (keys of every entry)", "", *_table(Record("entry", COMMON)), ""]
    for kind in kinds.values():
        proven = "；每个数值须有算例能发现它变了 (every value proven by a case)" if kind.proven else ""
        lines += [f"## {kind.name} {kind.title}{proven}", ""]
        own = Record(kind.name, kind.fields, kind.exactly_one, kind.at_most_one)
        lines += [*_table(own), ""]
        for record in _inside(own):
            lines += [f"### {kind.name}: {record.name}", "", *_table(record), ""]
        if kind.case is not None:
            lines += [f"### {kind.name}: 算例 (case)", "", *_table(kind.case_record), ""]
    return NOTE + "\n".join(lines)


def _table(record: Record) -> list[str]:
    lines = ["| 键 | 必填 | 类型 | 说明 |", "|---|---|---|---|"]
    for key, known in record.fields.items():
        lines.append(
            f"| `{key}` | {'是' if known.required else ''} | {_cell(known.type.label)} | {_cell(known.about)} |"
        )
    if record.open is not None:
        lines.append(f"| 其他键 | | {_cell(record.open.label)} | 键名即属性名 (attribute names) |")
    rules = [f"须写且只写其一 (exactly one of): {', '.join(group)}" for group in record.exactly_one]
    rules += [f"至多写一个 (at most one of): {', '.join(group)}" for group in record.at_most_one]
    return [*lines, *([""] if rules else []), *(f"- {rule}" for rule in rules)]


def _inside(top: Record) -> Iterator[Record]:
    """Records reached from a record, each once, in reading order."""
    seen: set[str] = {top.name}
    waiting: list[Type] = list(top.records())
    steps: set[int] = set()
    while waiting:
        found = waiting.pop(0)
        if id(found) in steps:
            continue
        steps.add(id(found))
        if isinstance(found, Record):
            if found.name in seen:
                continue
            seen.add(found.name)
            yield found
        waiting[:0] = list(found.records())


def pack_page(pack: Pack) -> str:
    """A pack's own entries: values, texts, cases, and the clauses they rest on, quoted."""
    head = pack.heads[pack.name]
    lines = [f"# {head.title}", "", head.title_en, "", f"适用地区 (jurisdiction): {head.jurisdiction}"]
    lines += [f"依据的包，后者覆盖前者 (extends): {', '.join(head.extends) or '—'}", ""]
    own = [entry for entry in pack.all() if entry.pack == pack.name]
    lines += _documents(pack, own)
    groups: dict[str, list[Entry]] = {}
    for entry in own:
        if entry.kind not in UNPRINTED:
            groups.setdefault(entry.kind, []).append(entry)
    for kind, entries in groups.items():
        lines += [f"## {kind} ({len(entries)})", ""]
        for entry in entries:
            lines += [*_entry(entry, pack), ""]
    return NOTE + "\n".join(lines).rstrip() + "\n"


def _documents(pack: Pack, own: Iterable[Entry]) -> list[str]:
    found = [entry for entry in own if entry.kind == "document"]
    lines = ["| 文件 | 发文机关 | 条款数 |", "|---|---|---|"] if found else []
    for entry in found:
        lines.append(
            f"| `{entry.id}` {_cell(entry.title)} | {_cell(entry.get('issuer'))} | {len(entry.get('clauses'))} |"
        )
    return [*lines, ""] if lines else []


def _entry(entry: Entry, pack: Pack) -> list[str]:
    words = [f"`{entry.id}`", f"`packs/{entry.file}`", _period(entry)]
    if entry.status != "in_force":
        words.append(f"**{entry.status}**")
    if entry.overrode:
        words.append(f"取代 (overrides): {', '.join(entry.overrode)}")
    lines = [f"### {entry.title}", "", " · ".join(word for word in words if word), ""]
    if entry.title_en != entry.title:
        lines += [entry.title_en, ""]
    for key in ("about", "source", "note"):
        if entry.get(key):
            lines += [entry.get(key), ""]
    lines += [*_body(entry), ""]
    for citation in entry.citations:
        clause = pack.clauses[citation]
        lines += [f"> {clause.quote} —— {citation}", ""]
    return lines + _cases(entry)


def _period(entry: Entry) -> str:
    return (
        ""
        if entry.period.start == EARLIEST and entry.period.end is None
        else str(entry.period).replace("0001-01-01", "")
    )


def _body(entry: Entry) -> list[str]:
    if entry.kind == "parameter":
        lines = ["| 期间 | 值 | 状态 | 条款 |", "|---|---|---|---|"]
        for value in values_of(entry):
            shown = show_quantity(value.value, value.unit)
            lines.append(f"| {value.period} | {shown} | {value.status} | {value.clause or '—'} |")
        return lines
    if entry.kind == "tiers":
        return [" → ".join(f"{level['id']} {level['title']}" for level in entry.get("levels"))]
    if entry.kind == "codelist":
        lines = ["| 期间起 | 代码 | 名称 |", "|---|---|---|"]
        for version in entry.get("versions"):
            lines += [
                f"| {version['from']} | `{_cell(row['code'])}` | {_cell(row['title'])} |"
                for row in version["codes"]
            ]
        return lines
    own = {key: value for key, value in entry.data.items() if key not in COMMON and key != "cases"}
    return ["```yaml", *_yaml(own, 0), "```"]


def _cases(entry: Entry) -> list[str]:
    lines = ["算例 (cases):", ""] if entry.cases else []
    for case in entry.cases:
        because = case.data.get("because")
        lines.append(f"- {case.name}{f'：{because}' if because else ''}")
    return lines


def _yaml(value: Any, depth: int) -> list[str]:
    """The value as block YAML, short lists and mappings in one line."""
    pad = "  " * depth
    lines = []
    rows = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    for key, item in rows:
        start = f"{pad}- " if key is None else f"{pad}{key}: "
        flow = _flow(item)
        if isinstance(item, str) or len(start) + len(flow) <= 110 or not item:
            lines.append(start + flow)
        else:
            lines += [start.rstrip(), *_yaml(item, depth + 1)]
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(item) for item in value)}]"
    return str(value).replace("\n", " ")


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")
