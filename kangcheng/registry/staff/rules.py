"""Which weekly hours can be. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

from kangcheng.kernel.errors import Fault, Faults
from kangcheng.registry.staff.types import DAY, HOUR, WEEK

Slot = tuple[int, int, int]  # weekday 1 (Monday) to 7, minutes after midnight from, to
LINE = re.compile(r"周?([一二三四五六日天1-7])\s*(\d{1,2})[:：](\d{2})\s*[-—~至]\s*(\d{1,2})[:：](\d{2})")
WEEKDAYS = "一二三四五六日"


def slot_faults(hours: Sequence[Slot]) -> list[Fault]:
    """Slots outside the week or the day, ends before starts, and two slots that overlap."""
    faults = []
    for number, (weekday, starts, ends) in enumerate(hours, 1):
        if not (1 <= weekday <= WEEK and 0 <= starts < ends <= DAY):
            faults.append(
                Fault(
                    "hours",
                    "不是一周内的时段 (not a time of the week)",
                    "周一至周日，0:00 至 24:00",
                    line=number,
                )
            )
    kept = sorted(hours)
    for one, other in pairwise(kept):
        if one[0] == other[0] and other[1] < one[2]:
            faults.append(
                Fault("hours", f"{words(one)} 与 {words(other)} 重叠 (overlap)", "同一时间只在一处")
            )
    return faults


def clash_words(one: Slot, other: Slot, place: str) -> str:
    """What is said of a slot in which the person is elsewhere."""
    return f"{words(one)} 与在{place}的 {words(other)} 重叠 (overlapping hours)"


def words(slot: Slot) -> str:
    """周一 8:00-12:00"""
    weekday, starts, ends = slot
    return f"周{WEEKDAYS[weekday - 1]} {starts // HOUR}:{starts % HOUR:02d}-{ends // HOUR}:{ends % HOUR:02d}"


def read_slots(text: str) -> list[Slot]:
    """Slots as people write them, one a line or parted by ；: "周一 8:00-12:00". Raises Faults for each line that is none."""
    slots, faults = [], []
    for number, part in enumerate(filter(None, (one.strip() for one in re.split(r"[;；\n]", text))), 1):
        found = LINE.fullmatch(part)
        if found is None:
            faults.append(
                Fault("hours", f"看不懂 (cannot read) {part!r}", "写作：周一 8:00-12:00", line=number)
            )
            continue
        day, *clock = found.groups()
        weekday = int(day) if day.isdigit() else WEEKDAYS.index(day.replace("天", "日")) + 1
        from_hour, from_minute, to_hour, to_minute = map(int, clock)
        slots.append((weekday, from_hour * HOUR + from_minute, to_hour * HOUR + to_minute))
    if faults:
        raise Faults(faults, where="出诊时间", todo="改正后重试")
    return slots
