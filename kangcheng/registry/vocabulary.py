"""Which codes there are: the code lists and tiers of the city's pack, asked by every verb that takes a code.

The pack is named once per process (`use`, at start-up) and read at the first question.
"""

from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.policy.held import Held, pack_of
from kangcheng.policy.pack import Pack

CATEGORIES = "person-categories"
SCHEMES = "schemes"
INSTITUTION_TYPES = "institution-types"
LEVELS = "hospital-levels"
GROUPS = "item-groups"

Codes = Mapping[str, str]  # code -> Chinese title
Source = Callable[[str, date], Codes]


class NoSuchList(KangchengError):
    """The city's pack has no code list of this name on that day."""


_held: Held[Source] = Held(NoSuchList, "代码表尚未指定 (no code lists)")
use = _held.use


def from_pack(name: str, root: Path) -> Source:
    """A source that reads the pack `name` under `root` at the first question."""

    @lru_cache(maxsize=256)
    def read(list_id: str, on: date) -> Codes:
        return _codes(pack_of(name, root), list_id, on)

    return read


def codes(list_id: str, on: date) -> Codes:
    """Code -> title of the list (or tiers) `list_id` on the day. Raises NoSuchList."""
    return _held.source()(list_id, on)


def fault(list_id: str, code: str, on: date, where: str, line: int | None = None) -> Fault | None:
    """The fault of a code that is not in the list on the day, with the nearest one; None for a good code."""
    known = codes(list_id, on)
    if code in known:
        return None
    near = next(iter(get_close_matches(code, known, n=1, cutoff=0.5)), None)
    return Fault(
        where,
        f"没有这个代码 (unknown code) {code!r}",
        f"代码表 {list_id}",
        "改用表内代码",
        line=line,
        near=near,
    )


def code_of(list_id: str, text: str, on: date) -> str | None:
    """The code for a code or its Chinese title as people write it in a sheet; None when there is none."""
    known = codes(list_id, on)
    if text in known:
        return text
    titles = {title: code for code, title in known.items()}
    short = {title.split("（")[0]: code for title, code in titles.items()}
    return titles.get(text) or short.get(text)


def _codes(pack: Pack, list_id: str, on: date) -> Codes:
    for kind, key, column in (("codelist", "versions", "code"), ("tiers", "levels", "id")):
        entry = pack.entries.get((kind, list_id))
        if entry is None:
            continue
        rows = entry.get(key) if kind == "tiers" else _version(entry.get(key), on)
        return {row[column]: row.get("title", row[column]) for row in rows}
    raise NoSuchList(
        f"政策包中没有代码表 (no such list) {list_id!r}", where=pack.name, todo="在政策包中加入该表"
    )


def _version(versions: list[dict[str, object]], on: date) -> list[dict[str, str]]:
    """The codes of the version of the day; before the first version, those of the first."""
    day = on.isoformat()
    valid = [version for version in versions if str(version["from"]) <= day]
    return (valid[-1] if valid else versions[0])["codes"]  # type: ignore[return-value]
