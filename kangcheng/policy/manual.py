"""The rule book as Markdown, printed from the kinds and the packs; a test compares it with what is committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kangcheng.kernel.units import show_quantity
from kangcheng.policy.entry import EARLIEST, Entry
from kangcheng.policy.grammar import cell, kinds_page
from kangcheng.policy.kinds import COMMON, Kind
from kangcheng.policy.pack import Pack, values_of
from kangcheng.policy.reader import load_pack
from kangcheng.policy.store import pack_names

NOTE = "<!-- 由 `kangcheng packs docs` 生成，勿手改。 Printed by `kangcheng packs docs`; do not edit. -->\n\n"
UNPRINTED = ("document", "systems", "city")
"""Kinds whose entries are too long for the book; they have pages of their own or are no rules."""


def pages(root: Path, kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Path under the documentation folder -> text, for the kinds and every pack under the root. Raises Faults."""
    found = {"rules/kinds.md": NOTE + kinds_page(kinds)}
    for name in pack_names(root):
        found[f"rules/{name}.md"] = pack_page(load_pack(name, root, kinds))
    return found


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
            f"| `{entry.id}` {cell(entry.title)} | {cell(entry.get('issuer'))} | {len(entry.get('clauses'))} |"
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
                f"| {version['from']} | `{cell(row['code'])}` | {cell(row['title'])} |"
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
