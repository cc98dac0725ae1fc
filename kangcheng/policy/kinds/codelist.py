"""A short code list with versions."""

from itertools import pairwise

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Case, CaseResult, Entry, judged, period_of
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.kinds.tiers import repeated
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import FLAG, Clause, Day, Field, Many, Record, Table, Text, optional, required

CODE = Record(
    "代码 code",
    {
        "code": required(Text(nothing=("none",)), "代码", moved=False),
        "title": required(Text(), "中文名称", moved=False),
        "title_en": optional(Text(), "英文名称", moved=False),
        "parent": optional(Text(), "上级代码", moved=False),
        "clause": optional(Clause(), "依据的条款", moved=False),
        "attributes": optional(Table(Text()), "附带的属性", moved=False),
        "note": optional(Text(), "备注", moved=False),
    },
)

VERSION = Record(
    "版本 version",
    {
        "from": required(Day(), "自哪天起"),
        "to": optional(Day(), "到哪天止，含当天"),
        "clause": optional(Clause(), "依据的条款", moved=False),
        "source": optional(Text(), "出处", moved=False),
        "codes": required(Many(CODE), "代码"),
    },
)

FIELDS: dict[str, Field] = {
    "versions": required(Many(VERSION), "各版本"),
    "system": optional(Text(), "代码系统的标识 (URI)", moved=False),
}

CASE: dict[str, Field] = {
    "on": optional(Day(), "哪一天"),
    "code": optional(Text(), "代码"),
    "expect": optional(FLAG, "当天是否在表内"),
}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Codes are unique in a version, parents exist, versions do not overlap."""
    faults = []
    for number, version in enumerate(entry.get("versions")):
        faults += repeated(entry, "codes", "code", ("versions", number))
        codes = {row["code"] for row in version["codes"]}
        for place, row in enumerate(version["codes"]):
            if row.get("parent") and row["parent"] not in codes:
                faults.append(
                    entry.fault(
                        ("versions", number, "codes", place, "parent"),
                        f"没有上级代码 (no such parent) {row['parent']!r}",
                    )
                )
    periods = [period_of(version) for version in entry.get("versions")]
    for number, (one, two) in enumerate(pairwise(periods), 1):
        if two.start <= one.start or (one.end is not None and two.start < one.end):
            faults.append(
                entry.fault(("versions", number, "from"), "版本期间重叠或次序颠倒 (versions overlap)")
            )
    return faults


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Whether a code is in the list on a day."""
    on = parse_date(case.data["on"])
    held = [version for version in entry.get("versions") if period_of(version).contains(on)]
    codes = {row["code"] for row in held[-1]["codes"]} if held else set()
    got = "yes" if case.data["code"] in codes else "no"
    return judged(
        case,
        []
        if got == case.data["expect"]
        else [f"{case.data['code']} {on}: 应为 {case.data['expect']}，得 {got}"],
    )


KIND = Kind("codelist", "代码表 (codelist)", FIELDS, check=check, run_case=run_case, case=CASE)
