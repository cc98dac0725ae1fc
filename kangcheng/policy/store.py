"""The texts of a pack and of everything it extends, from a folder. A release keeps the same texts in one file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kangcheng.kernel.errors import Fault, Faults
from kangcheng.policy.schema import Alone, At, Id, Many, Number, Record, Text, nearest, optional, required
from kangcheng.policy.source import Mapping, Node, parse, plain, read_bytes

PACKS = Path(__file__).resolve().parents[2] / "packs"
HEAD = "pack.yaml"

HEAD_SCHEMA = Record(
    "pack.yaml",
    {
        "title": required(Text(), "中文名称"),
        "title_en": optional(Text(), "英文名称"),
        "jurisdiction": required(Text(), "适用地区"),
        "extends": required(Many(Id(), least=0), "所依据的包，后者覆盖前者"),
        "version": required(Number(least="1", whole=True), "版本"),
        "maintainers": required(Many(Text()), "维护者"),
        "about": optional(Text(), "说明"),
        "note": optional(Text(), "备注"),
    },
)


@dataclass
class Store:
    """`texts[pack][file]` is the text of a file; file names begin with the pack's name."""

    order: list[str] = field(default_factory=list)
    heads: dict[str, dict[str, object]] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    visible: dict[str, list[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_store(name: str, root: Path = PACKS) -> Store:
    """Read the pack and what it extends. Faults are gathered in the store; a pack that does not exist raises Faults."""
    if not (root / name / HEAD).is_file():
        known = pack_names(root)
        raise Faults(
            [
                Fault(
                    name,
                    "没有这个包 (no such pack)",
                    rule=f"有 {HEAD} 的文件夹",
                    near=nearest(name, known),
                    file=root.name,
                )
            ]
        )
    store = Store()
    _visit(name, root, store, ())
    return store


def folder_of(name: str, root: Path = PACKS) -> Path:
    """Where a pack lies: beside the one that asks for it, else among the packs that come with the program."""
    beside = root / name
    return beside if (beside / HEAD).is_file() else PACKS / name


def pack_names(root: Path = PACKS) -> list[str]:
    """Folders under the root that are packs."""
    return sorted(path.parent.name for path in root.glob(f"*/{HEAD}"))


def _visit(name: str, root: Path, store: Store, trail: tuple[str, ...]) -> None:
    head = _head(name, root, store)
    seen: list[str] = []
    for number, parent in enumerate(head["extends"]):  # type: ignore[arg-type, var-annotated]
        problem, near = "", None
        if parent in (*trail, name):
            problem = "包互相依据，成了圈 (packs extend each other in a circle)"
        elif not (folder_of(parent, root) / HEAD).is_file():
            problem = f"没有所依据的包 (no such pack) {parent!r}"
            near = nearest(parent, {*pack_names(root), *pack_names()} - {name})
        if problem:
            store.faults.append(
                Fault(f"extends[{number}]", problem, file=f"{name}/{HEAD}", near=near, line=1)
            )
            continue
        if parent not in store.order:
            _visit(parent, root, store, (*trail, name))
        seen += [pack for pack in store.visible.get(parent, []) if pack not in seen]
    store.heads[name] = head
    store.order.append(name)
    store.visible[name] = [*seen, name]
    store.texts[name] = _texts(name, root, store)


def _head(name: str, root: Path, store: Store) -> dict[str, object]:
    file = f"{name}/{HEAD}"
    try:
        node = parse(read_bytes(folder_of(name, root) / HEAD, file), file)
    except Faults as error:
        store.faults += error.faults
        return {"title": name, "extends": []}
    faults = list(HEAD_SCHEMA.faults(node, At(Alone(file))))
    store.faults += faults
    return _usable(node, name) if faults else dict(plain(node))


def _usable(node: Node, name: str) -> dict[str, object]:
    # A head with faults is refused in the end; until then its parents are read so that all faults come at once.
    data = dict(plain(node)) if isinstance(node, Mapping) else {}
    extends = data.get("extends")
    parents = [parent for parent in extends if isinstance(parent, str)] if isinstance(extends, list) else []
    return {
        "title": name,
        "extends": [parent for parent in parents if "/" not in parent and parent not in ("", ".", "..")],
    }


def _texts(name: str, root: Path, store: Store) -> dict[str, str]:
    texts = {}
    folder = folder_of(name, root)
    for path in sorted(folder.rglob("*.yaml")):
        file = path.relative_to(folder.parent).as_posix()
        if path == folder / HEAD:
            continue
        try:
            texts[file] = read_bytes(path, file)
        except Faults as error:
            store.faults += error.faults
    return texts
