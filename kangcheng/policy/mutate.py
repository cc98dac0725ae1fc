"""Moves every value of a rule by one step and asks whether any worked case notices.

A case that cannot fail proves nothing. A moved value that no case notices (a survivor) is a value nobody has checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass

from kangcheng.kernel.errors import KangchengError
from kangcheng.policy import kinds as kinds_
from kangcheng.policy.entry import Case, Entry
from kangcheng.policy.kinds import Kind
from kangcheng.policy.pack import Key, Pack
from kangcheng.policy.schema import At, Move
from kangcheng.policy.source import Mapping, Node, Path_, Scalar, Sequence, show_path, walk
from kangcheng.policy.world import World


@dataclass(frozen=True)
class Mutant:
    """One move and what noticed it: a case's name, "refused" when the rule no longer reads, nothing when it survived."""

    entry: Entry
    move: Move
    noticed: str
    proven: bool

    @property
    def place(self) -> str:
        """`file:line path`"""
        return f"{self.entry.file}:{self.move.line} {show_path(self.move.path)}"


def mutate(pack: Pack, entries: Iterable[Entry], kinds: Map[str, Kind] | None = None) -> Iterator[Mutant]:
    """Every mutant of these entries that some case could notice. A case that fails already notices nothing."""
    known = kinds_.known() if kinds is None else dict(kinds)
    bench = _Bench(pack, known)
    users = dependents(pack)
    for entry in entries:
        judges = [entry, *users.get(entry.key, [])]
        kind = known[entry.kind]
        proven = any(known[judge.kind].proven for judge in judges)
        if not (proven or entry.cases) or not any(judge.cases for judge in judges) or kind.check(entry, pack):
            continue
        at = At(bench.world.of(entry.file))
        for move in (*kind.schema.moves(entry.node, at), *kind.moves(entry, at)):
            if kind.same(entry, move, pack):
                continue
            changed = entry.with_node(_mapping(replaced(entry.node, move.path, move.node)))
            yield Mutant(entry, move, bench.noticed(changed, judges, at), proven)


class _Bench:
    """Runs cases before and after a move. What passed before is remembered per entry."""

    def __init__(self, pack: Pack, kinds: Map[str, Kind]) -> None:
        self.pack = pack
        self.kinds = kinds
        self.world = World(pack.all())
        self._sound: dict[Key, list[Case]] = {}

    def noticed(self, changed: Entry, judges: list[Entry], at: At) -> str:
        """The first case that fails now and did not before, "refused" when the rule no longer reads, or nothing."""
        kind = self.kinds[changed.kind]
        world = self.pack.with_entry(changed)
        try:
            if any(True for _ in kind.schema.faults(changed.node, at)) or kind.check(changed, world):
                return "refused"
        except KangchengError:
            return "refused"
        for judge in judges:
            entry = changed if judge.key == changed.key else judge
            for case in self._passing(judge):
                if not self.kinds[judge.kind].try_case(entry, case, world).passed:
                    return f"{judge.kind}/{judge.id}: {case.name}"
        return ""

    def _passing(self, judge: Entry) -> list[Case]:
        if judge.key not in self._sound:
            kind = self.kinds[judge.kind]
            self._sound[judge.key] = [
                case for case in judge.cases if kind.try_case(judge, case, self.pack).passed
            ]
        return self._sound[judge.key]


def dependents(pack: Pack) -> dict[Key, list[Entry]]:
    """Per entry the entries that use it, directly or through others, nearest first."""
    direct: dict[Key, list[Entry]] = {}
    by_id: dict[str, list[Key]] = {}
    for key in pack.entries:
        if key[0] not in ("document", "plan", "systems"):
            by_id.setdefault(key[1], []).append(key)
    for entry in pack.entries.values():
        texts = {
            node.text for path, node in walk(entry.node) if isinstance(node, Scalar) and _may_refer(path)
        }
        for text in texts & by_id.keys():
            for key in by_id[text]:
                if key != entry.key:
                    direct.setdefault(key, []).append(entry)
    return {key: _closure(key, direct) for key in direct}


def _may_refer(path: Path_) -> bool:
    return bool(path) and path[0] not in ("cases", "id", "kind", "title", "title_en", "clause", "note")


def _closure(key: Key, direct: Map[Key, list[Entry]]) -> list[Entry]:
    found: dict[Key, Entry] = {}
    waiting = [key]
    while waiting:
        for user in direct.get(waiting.pop(0), []):
            if user.key not in found and user.key != key:
                found[user.key] = user
                waiting.append(user.key)
    return list(found.values())


def replaced(node: Node, path: Path_, new: Node) -> Node:
    """The tree with `new` at `path`."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(node, Sequence) and isinstance(step, int):
        items = list(node.items)
        items[step] = replaced(items[step], rest, new)
        return Sequence(items, node.line)
    if isinstance(node, Mapping) and isinstance(step, str):
        return Mapping({**node.items, step: replaced(node.items[step], rest, new)}, node.line, node.lines)
    raise KeyError(show_path(path))


def _mapping(node: Node) -> Mapping:
    if not isinstance(node, Mapping):
        raise TypeError("an entry is a mapping")
    return node
