"""From texts to a pack: every file parsed, checked against its kind, linked and overridden, every fault gathered."""

from __future__ import annotations

from collections.abc import Mapping as Map
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from kangcheng.kernel.dates import DateError, parse_date
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.policy import kinds as kinds_
from kangcheng.policy.entry import Entry, cases_of
from kangcheng.policy.kinds import Kind
from kangcheng.policy.pack import Head, Key, Pack
from kangcheng.policy.schema import Alone, At, Context, Many, nearest
from kangcheng.policy.source import Mapping, Scalar, Sequence, parse, plain
from kangcheng.policy.store import PACKS, Store, read_store
from kangcheng.policy.world import World

CASES = ".cases.yaml"


def load_pack(name: str | Path, root: Path = PACKS, kinds: Map[str, Kind] | None = None) -> Pack:
    """The pack with everything it extends. `name` may be the folder itself. Raises Faults with all that is wrong."""
    if isinstance(name, Path) or "/" in name:
        folder = Path(name).resolve()
        name, root = folder.name, folder.parent
    return assemble(name, read_store(name, root), kinds)


def assemble(name: str, store: Store, kinds: Map[str, Kind] | None = None) -> Pack:
    """The pack made of a store's texts. Raises Faults with all that is wrong."""
    known = kinds_.known() if kinds is None else dict(kinds)
    faults = list(store.faults)
    raw = {pack: _raw_entries(pack, store.texts[pack], known, faults) for pack in store.order}
    for pack in store.order:
        context = World(entry for seen in store.visible[pack] for entry in raw[seen])
        for entry in raw[pack]:
            kind = known[entry.kind]
            faults += _entry_faults(entry, kind, context)
        faults += _repeated(raw[pack])
    if faults:
        raise Faults(faults, where=name, todo="改正后再查：kangcheng packs check")
    return Pack(
        name=name,
        order=tuple(store.order),
        heads={pack: _head(pack, store.heads[pack]) for pack in store.order},
        versions=_override([raw[pack] for pack in store.order]),
        visible={pack: tuple(seen) for pack, seen in store.visible.items()},
    )


def read_entry(text: str, file: str = "", kinds: Map[str, Kind] | None = None) -> Entry:
    """An entry outside any pack: citations and references are taken as they stand. Raises Faults."""
    known = kinds_.known() if kinds is None else dict(kinds)
    faults: list[Fault] = []
    entry = _raw_entry("", file, text, known, faults)
    if entry is not None:
        faults += _schema_faults(entry, known[entry.kind], Alone(file))
    if faults or entry is None:
        raise Faults(faults, where=file)
    return entry


def _raw_entries(pack: str, texts: Map[str, str], kinds: Map[str, Kind], faults: list[Fault]) -> list[Entry]:
    found: dict[str, Entry] = {}
    for file, text in texts.items():
        if not file.endswith(CASES):
            entry = _raw_entry(pack, file, text, kinds, faults)
            if entry is not None:
                found[file] = entry
    for file, text in texts.items():
        if file.endswith(CASES):
            _beside(file, text, found, kinds, faults)
    return list(found.values())


def _raw_entry(pack: str, file: str, text: str, kinds: Map[str, Kind], faults: list[Fault]) -> Entry | None:
    try:
        node = parse(text, file)
    except Faults as error:
        faults += error.faults
        return None
    if not isinstance(node, Mapping):
        faults.append(
            Fault("", "文件应为键值表 (a mapping is wanted)", line=node.line, file=file, todo="以 kind: 开头")
        )
        return None
    kind, id_ = (node.items.get(key) for key in ("kind", "id"))
    problems = [
        Fault("", f"缺少键 (missing key) {key!r}", line=1, file=file, rule="每个条目都有 kind 和 id")
        for key, value in (("kind", kind), ("id", id_))
        if not isinstance(value, Scalar)
    ]
    if isinstance(kind, Scalar) and kind.text not in kinds:
        near = nearest(kind.text, kinds)
        problems.append(
            Fault(
                "kind",
                f"未知的种类 (unknown kind) {kind.text!r}",
                line=kind.line,
                file=file,
                near=near,
                rule=", ".join(kinds),
            )
        )
    faults += problems
    if problems or not isinstance(kind, Scalar) or not isinstance(id_, Scalar):
        return None
    return Entry(kind.text, id_.text, pack, file, node, cases_of(node.items.get("cases"), file))


def _beside(
    file: str, text: str, found: dict[str, Entry], kinds: Map[str, Kind], faults: list[Fault]
) -> None:
    """Cases in a file of their own beside the rule's file."""
    owner = found.get(file.removesuffix(CASES) + ".yaml")
    if owner is None:
        faults.append(Fault("", "旁边没有同名的条目 (no entry of that name beside it)", file=file, line=1))
        return
    try:
        node = parse(text, file)
    except Faults as error:
        faults += error.faults
        return
    listed = node.items.get("cases") if isinstance(node, Mapping) and set(node.items) == {"cases"} else None
    if not isinstance(listed, Sequence):
        faults.append(Fault("", "算例文件只有一个键 cases (only the key cases)", file=file, line=node.line))
        return
    faults += Many(kinds[owner.kind].case_record).faults(listed, At(Alone(file), ("cases",)))
    cases = (*owner.cases, *cases_of(listed, file))
    found[owner.file] = Entry(owner.kind, owner.id, owner.pack, owner.file, owner.node, cases)


def _entry_faults(entry: Entry, kind: Kind, context: World) -> list[Fault]:
    faults = _schema_faults(entry, kind, context.of(entry.file))
    stem = PurePosixPath(entry.file).name.removesuffix(".yaml")
    if stem != entry.id and not stem.startswith(f"{entry.id}."):
        faults.append(
            entry.fault(
                "id",
                f"文件名 {stem!r} 与编号不同 (file name and id differ)",
                rule="<编号>.yaml 或 <编号>.<版本>.yaml",
            )
        )
    if kind.cited == "entry" and not faults and not _grounded(entry):
        rule = "每条规则写明 clause；来源未载的写 status: assumed 并写 source 或 note"
        faults.append(entry.fault((), "没有依据的条款 (no clause)", rule=rule))
    return faults


def _grounded(entry: Entry) -> bool:
    """It names a clause, or says that it is assumed and why."""
    said = entry.get("source") or entry.get("note")
    return bool(entry.get("clause") or entry.get("clauses") or (entry.status == "assumed" and said))


def _schema_faults(entry: Entry, kind: Kind, context: Context) -> list[Fault]:
    faults = list(kind.schema.faults(entry.node, At(context)))
    return faults or _period_faults(entry, plain(entry.node), ())


def _period_faults(entry: Entry, data: Any, path: tuple[str | int, ...]) -> list[Fault]:
    """`to` before `from`, wherever both stand together."""
    found: list[Fault] = []
    if isinstance(data, dict):
        first, last = (_day(data.get(key)) for key in ("from", "to"))
        if first is not None and last is not None and last < first:
            found.append(
                entry.fault(
                    (*path, "to"), f"{last} 早于 {first} (to is before from)", rule="to 是最后一天，含当天"
                )
            )
        for key, value in data.items():
            if key != "cases":
                found += _period_faults(entry, value, (*path, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            found += _period_faults(entry, value, (*path, number))
    return found


def _day(text: Any) -> date | None:
    """The day, None for anything else that stands under `from` or `to`: ages, amounts, states."""
    try:
        return parse_date(text)
    except DateError:
        return None


def _repeated(entries: list[Entry]) -> list[Fault]:
    faults = []
    seen: dict[Key, list[Entry]] = {}
    for entry in entries:
        try:
            clash = [other for other in seen.get(entry.key, []) if other.period.overlaps(entry.period)]
        except KangchengError:
            continue  # its dates are faults of their own
        if clash:
            faults.append(
                entry.fault(
                    "id",
                    f"与 {clash[0].file} 重复 (duplicate entry)",
                    rule="同一包内同类同编号的条目，适用期间不能重叠",
                )
            )
        seen.setdefault(entry.key, []).append(entry)
    return faults


def _override(packs: list[list[Entry]]) -> dict[Key, tuple[Entry, ...]]:
    versions: dict[Key, tuple[Entry, ...]] = {}
    for entries in packs:
        own: dict[Key, list[Entry]] = {}
        for entry in entries:
            own.setdefault(entry.key, []).append(entry)
        for key, mine in own.items():
            replaced = versions.get(key, ())
            overrode = tuple(dict.fromkeys(name for old in replaced for name in (old.pack, *old.overrode)))
            versions[key] = tuple(
                Entry(e.kind, e.id, e.pack, e.file, e.node, e.cases, overrode)
                for e in sorted(mine, key=lambda e: e.period.start)
            )
    return versions


def _head(name: str, data: Map[str, Any]) -> Head:
    title = data["title"]
    return Head(
        name,
        title,
        data.get("title_en") or title,
        data["jurisdiction"],
        tuple(data["extends"]),
        data["version"],
    )
