"""A pack's `mapping` entry to a Mapping. Pure."""

from functools import lru_cache
from typing import Any

from kangcheng.policy.entry import Entry
from kangcheng.policy.pack import Pack
from kangcheng.records.inbox.types import Condition, Heading, Mapping, Part, Repeat, Value


def mapping(entry: Entry) -> Mapping:
    """The mapping an entry describes."""
    return Mapping(
        entry.id, entry.title, entry.title_en, entry.get("format"), tuple(entry.get("messages", ())),
        entry.get("sender", ""), tuple(_heading(row) for row in entry.get("columns", ())),
        tuple(_listed(entry.get("key", []))), entry.get("tables", {}), tuple(_part(row) for row in entry.get("parts")),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _mappings(held: "_Held") -> tuple[Mapping, ...]:
    entries = [entry for entry in held.pack.entries.values() if entry.kind == "mapping"]
    return tuple(mapping(entry) for entry in sorted(entries, key=lambda entry: entry.id))


class _Held:
    """A pack under its release hash, so that its mappings are read once."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __hash__(self) -> int:
        return hash(self.pack.release_hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.pack.release_hash == other.pack.release_hash


def mappings(pack: Pack) -> tuple[Mapping, ...]:
    """Every mapping of a pack, by id."""
    return _mappings(_Held(pack))


def for_message(pack: Pack, kind: str, sender: str) -> Mapping | None:
    """The mapping of a message type: the sender's own before the common one."""
    fitting = [one for one in mappings(pack) if kind in one.messages and one.sender in ("", sender)]
    return max(fitting, key=lambda one: bool(one.sender), default=None)


def named(pack: Pack, mapping_id: str) -> Mapping | None:
    """One mapping by its id."""
    return next((one for one in mappings(pack) if one.id == mapping_id), None)


def _heading(row: dict[str, Any]) -> Heading:
    return Heading(
        row["heading"],
        tuple(_listed(row.get("also", []))),
        row.get("required") == "yes",
        row.get("example", ""),
    )


def _part(row: dict[str, Any]) -> Part:
    return Part(
        row["id"], row["type"], row.get("each", ""), tuple(_listed(row.get("key", []))), _conditions(row),
        tuple((element, tuple(_value(one) for one in _listed(values))) for element, values in row["set"].items()),
    )  # fmt: skip


def _value(row: dict[str, Any]) -> Value:
    repeat, to = row.get("repeat"), row.get("to")
    return Value(
        row.get("value", ""), row.get("place", ""), row.get("ref", ""), row.get("all", ""),
        (to["type"], tuple(_listed(to["key"]))) if to else None,
        Repeat(int(repeat["component"]), frozenset(_listed(repeat["is"]))) if repeat else None, _conditions(row),
        row.get("as", "text"), row.get("table", ""), row.get("otherwise", ""), row.get("required") == "yes",
    )  # fmt: skip


def _conditions(row: dict[str, Any]) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            one["place"], frozenset(_listed(one.get("is", []))), frozenset(_listed(one.get("not", []))),
            {"yes": True, "no": False}.get(one.get("filled", "")),
        )
        for one in _listed(row.get("when", []))
    )  # fmt: skip


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
