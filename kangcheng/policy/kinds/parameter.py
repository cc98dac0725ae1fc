"""A dated value with its unit: the average wage, a premium, a share, a limit."""

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault
from kangcheng.kernel.units import parse_quantity, show_quantity
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds.kind import CHECKED, STATUS, Kind
from kangcheng.policy.pack import Pack, values_of
from kangcheng.policy.schema import (
    Clause,
    Day,
    Field,
    InUnit,
    Many,
    Record,
    Text,
    UnitCode,
    optional,
    required,
)

VALUE = Record(
    "值 value",
    {
        "from": required(Day(), "自哪天起 (first day)"),
        "to": optional(Day(), "到哪天止，含当天 (last day, inside)"),
        "value": required(InUnit(), "数值，按 unit 读"),
        "clause": optional(Clause(), "依据的条款", moved=False),
        "source": optional(Text(), "没有条款时的出处", moved=False),
        "status": optional(STATUS, "in_force 默认；assumed 来源未载；expected 尚未生效", moved=False),
        "checked": optional(CHECKED, "核对记录", moved=False),
        "note": optional(Text(), "备注", moved=False),
    },
)

FIELDS: dict[str, Field] = {
    "unit": required(UnitCode(), "计量单位，例如 CNY/person/year", moved=False),
    "values": required(Many(VALUE), "逐期的值"),
}

CASE: dict[str, Field] = {
    "on": optional(Day(), "哪一天"),
    "expect": optional(InUnit(), "当天的值，按条目的 unit 读"),
}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Every value names its clause (its own or the entry's) or is assumed with a source; no two begin on one day."""
    faults = []
    seen: dict[str, int] = {}
    for number, row in enumerate(entry.get("values")):
        where = ("values", number)
        if not (row.get("clause") or entry.get("clause") or _assumed(row, entry)):
            faults.append(
                entry.fault(
                    where,
                    "数值没有依据的条款 (value without clause)",
                    rule="写 clause；来源未载的写 status: assumed 并写 source 或 note",
                )
            )
        start = str(parse_date(row["from"]))
        if start in seen:
            faults.append(
                entry.fault(
                    (*where, "from"),
                    f"{start} 已有一个值 (two values from one day)",
                    rule=f"values[{seen[start]}]",
                )
            )
        seen[start] = number
    return faults


def _assumed(row: dict[str, str], entry: Entry) -> bool:
    said = any(place.get("source") or place.get("note") for place in (row, entry.data))
    return (row.get("status") or entry.status) == "assumed" and bool(said)


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """`on` a day the value is `expect`; without `expect` there is none."""
    on = parse_date(case.data["on"])
    held = [value for value in values_of(entry) if value.period.contains(on) and value.status != "expected"]
    wanted, unit = case.data.get("expect"), str(entry.get("unit"))
    if wanted is None:
        return judged(case, [f"{on}: 应没有值，得 {held[-1].text}"] if held else [])
    if not held:
        return judged(case, [f"{on}: 应为 {wanted}，却没有值"])
    got = held[-1].value
    same = got == parse_quantity(wanted, unit)
    return judged(case, [] if same else [f"{on}: 应为 {wanted}，得 {show_quantity(got, unit)}"])


KIND = Kind("parameter", "参数 (parameter)", FIELDS, check=check, run_case=run_case, case=CASE)
