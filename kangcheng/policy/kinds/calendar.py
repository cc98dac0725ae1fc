"""Working days: weekends rest, holidays rest, and some weekends work instead."""

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import FLAG, Clause, Day, Field, Many, Record, Text, optional, required, whole
from kangcheng.policy.workdays import holidays, working, working_day_after

HOLIDAY = Record(
    "假期 holiday",
    {
        "title": required(Text(), "名称", moved=False),
        "from": required(Day(), "第一天"),
        "to": required(Day(), "最后一天，含当天"),
        "clause": optional(Clause(), "依据的条款", moved=False),
        "source": optional(Text(), "出处", moved=False),
    },
)

FIELDS: dict[str, Field] = {
    "covers_from": required(Day(), "排定的第一天；之外的日期不作答"),
    "covers_to": required(Day(), "排定的最后一天，含当天"),
    "weekend": optional(Many(whole("1", "7"), least=0), "周几休息，1是周一；默认6、7", moved=False),
    "holidays": required(Many(HOLIDAY, least=0), "放假"),
    "workdays": required(Many(Day(), least=0), "调休上班的日子"),
}

CASE: dict[str, Field] = {
    "on": optional(Day(), "哪一天"),
    "working": optional(FLAG, "是否工作日"),
    "after": optional(whole("1"), "其后第几个工作日"),
    "expect": optional(Day(), "是哪一天"),
}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Days lie inside the covered days, and no day is both a holiday and a working day."""
    first, last = parse_date(entry.get("covers_from")), parse_date(entry.get("covers_to"))
    faults = []
    if last < first:
        faults.append(entry.fault("covers_to", "早于 covers_from (ends before it starts)"))
    off = dict(holidays(entry))
    for day, number in off.items():
        if not first <= day <= last:
            faults.append(
                entry.fault(("holidays", number), f"{day} 在排定的日期之外 (outside the covered days)")
            )
    for number, text in enumerate(entry.get("workdays")):
        day = parse_date(text)
        if day in off or not first <= day <= last:
            words = (
                "又放假又上班 (holiday and working day)"
                if day in off
                else "在排定的日期之外 (outside the covered days)"
            )
            faults.append(entry.fault(("workdays", number), f"{day} {words}"))
    return faults


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Whether a day works, or which the n-th working day after it is."""
    data, differences = case.data, []
    on = parse_date(data["on"])
    if "working" in data:
        got = "yes" if working(entry, on) else "no"
        differences += [] if got == data["working"] else [f"{on}: 应为 {data['working']}，得 {got}"]
    if "after" in data:
        day = working_day_after(entry, on, int(data["after"]))
        differences += [] if day == parse_date(data["expect"]) else [f"应为 {data['expect']}，得 {day}"]
    return judged(case, differences)


KIND = Kind("calendar", "日历 (calendar)", FIELDS, check=check, run_case=run_case, case=CASE)
