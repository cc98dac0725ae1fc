"""Two packs (or two releases of one) compared entry by entry, value by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kangcheng.policy.entry import Entry
from kangcheng.policy.pack import Pack

NAMES = ("id", "code", "from", "name", "title", "phrase")
"""Keys by which rows of a list are told apart, so that an added row does not shift all others."""


@dataclass(frozen=True)
class Change:
    """`was` or `now` is None when the value is new or gone."""

    path: str
    was: str | None
    now: str | None

    def __str__(self) -> str:
        if self.was is None:
            return f"+ {self.path}: {self.now}"
        if self.now is None:
            return f"- {self.path}: {self.was}"
        return f"~ {self.path}: {self.was} → {self.now}"


@dataclass(frozen=True)
class EntryDiff:
    """One entry that differs. `state` is added, removed or changed; `cases` counts differing worked cases."""

    kind: str
    id: str
    title: str
    state: str
    changes: tuple[Change, ...] = ()


def diff(one: Pack, two: Pack) -> list[EntryDiff]:
    """What the second says differently from the first, in reading order."""
    found = []
    for key in dict.fromkeys((*one.versions, *two.versions)):
        before, after = _says(one.versions.get(key, ())), _says(two.versions.get(key, ()))
        if before == after:
            continue
        title = (two.versions.get(key) or one.versions[key])[-1].title
        state = "added" if not before else "removed" if not after else "changed"
        changes = tuple(_changes(before, after, "")) if state == "changed" else ()
        found.append(EntryDiff(*key, title, state, changes))
    return found


def _says(versions: tuple[Entry, ...]) -> Any:
    says = [{**entry.data, "cases": [case.data for case in entry.cases]} for entry in versions]
    return says[0] if len(says) == 1 else says


def _changes(was: Any, now: Any, path: str) -> list[Change]:
    if was == now:
        return []
    if isinstance(was, dict) and isinstance(now, dict):
        pairs = [
            (f"{path}.{key}" if path else key, was.get(key), now.get(key))
            for key in dict.fromkeys((*was, *now))
        ]
    elif isinstance(was, list) and isinstance(now, list):
        pairs = [(f"{path}[{name}]", old, new) for name, old, new in _paired(was, now)]
    else:
        return [Change(path, _short(was), _short(now))]
    return [change for where, old, new in pairs for change in _changes(old, new, where)]


def _paired(was: list[Any], now: list[Any]) -> list[tuple[str, Any, Any]]:
    before, after = _named(was), _named(now)
    if before is None or after is None:
        length = max(len(was), len(now))
        return [
            (str(n + 1), was[n] if n < len(was) else None, now[n] if n < len(now) else None)
            for n in range(length)
        ]
    rows = [(name, before.get(name), after.get(name)) for name in dict.fromkeys((*before, *after))]
    common = [name for name in before if name in after]
    if common != [name for name in after if name in before]:
        rows.append(("次序 order", " ".join(before), " ".join(after)))
    return rows


def _named(rows: list[Any]) -> dict[str, Any] | None:
    if not rows:
        return {}
    for key in NAMES:
        names = [row.get(key) for row in rows if isinstance(row, dict)]
        if len(names) == len(rows) == len(set(map(str, names))) and all(
            isinstance(name, str) for name in names
        ):
            return {f"{key}={name}": row for name, row in zip(names, rows, strict=True)}
    return None


def _short(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{', '.join(str(_short(item)) for item in value)}]"
    return f"{{{', '.join(f'{key}: {_short(item)}' for key, item in value.items())}}}"
