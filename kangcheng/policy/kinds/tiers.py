"""Ordered levels: of institutions, of risk, of poverty. Lowest first."""

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import Clause, Field, Many, Record, Text, optional, required

LEVEL = Record(
    "级 level",
    {
        "id": required(Text(pattern=r"\S+", hint="级的代码"), "代码", moved=False),
        "title": required(Text(), "中文名称", moved=False),
        "title_en": optional(Text(), "英文名称", moved=False),
        "clause": optional(Clause(), "依据的条款", moved=False),
        "note": optional(Text(), "备注", moved=False),
    },
)

FIELDS: dict[str, Field] = {"levels": required(Many(LEVEL, least=2, ordered=True), "由低到高")}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Codes are unique."""
    return repeated(entry, "levels", "id")


def repeated(entry: Entry, key: str, name: str, path: tuple[str | int, ...] = ()) -> list[Fault]:
    """A fault for every row of the list whose `name` an earlier row has."""
    rows = entry.data
    for step in path:
        rows = rows[step]  # type: ignore[index]
    seen: set[str] = set()
    faults = []
    for number, row in enumerate(rows[key]):
        if row[name] in seen:
            faults.append(entry.fault((*path, key, number, name), f"重复 (duplicate) {row[name]!r}"))
        seen.add(row[name])
    return faults


KIND = Kind("tiers", "等级 (tiers)", FIELDS, check=check)
