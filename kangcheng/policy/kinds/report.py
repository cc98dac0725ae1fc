"""A document whose every figure is an indicator at a date and a scope."""

import re
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import Field, Many, Record, Table, Text, choice, nearest, optional, ref, required

FIGURE = Record(
    "数字 figure",
    {
        "indicator": required(ref("indicator"), "指标"),
        "at": optional(choice("period", "previous", "last_year", "year_to_date"), "哪个期间，默认 period"),
        "change": optional(choice("previous", "last_year"), "与哪期相比的变化"),
        "format": optional(choice("official", "yuan", "count", "percent"), "写法"),
    },
)

TABLE = Record(
    "表 table",
    {
        "indicator": optional(ref("indicator"), "一个指标"),
        "indicators": optional(Many(ref("indicator")), "几个指标"),
        "by": required(Text(), "分组的列"),
        "title": required(Text(), "表题"),
    },
    exactly_one=(("indicator", "indicators"),),
)

CHART = Record(
    "图 chart",
    {
        "indicator": required(ref("indicator"), "指标"),
        "by": required(Text(), "month 或分组的列"),
        "type": required(choice("line", "bar", "pie"), "图形"),
        "title": optional(Text(), "图题"),
    },
)

SECTION = Record(
    "节 section",
    {
        "title": required(Text(), "节题"),
        "text": optional(Text(), "正文，数字写 {{名}}"),
        "figures": optional(Table(FIGURE), "名 → 数字"),
        "table": optional(TABLE, "表"),
        "chart": optional(CHART, "图"),
    },
)

FIELDS: dict[str, Field] = {
    "period": required(choice("month", "quarter", "year"), "期间", moved=False),
    "scope": required(choice("city", "area", "institution"), "范围", moved=False),
    "sections": required(Many(SECTION), "各节", moved=False),
}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Every {{name}} of the text is a figure of the section, every figure is used, and tables and charts are grouped by a
    column that their indicators can be broken down by."""
    faults = []
    for number, section in enumerate(entry.get("sections")):
        used = re.findall(r"\{\{\s*(.*?)\s*\}\}", section.get("text", ""))
        figures = section.get("figures", {})
        for name in used:
            if name not in figures:
                faults.append(
                    entry.fault(
                        ("sections", number, "text"),
                        f"正文里的数字没有定义 (figure not defined) {name!r}",
                        near=nearest(name, figures),
                    )
                )
        for name in figures:
            if name not in used:
                faults.append(
                    entry.fault(
                        ("sections", number, "figures", name), f"正文没有用到 (figure not used) {name!r}"
                    )
                )
        faults += _ungrouped(entry, pack, number, section)
    return faults


def _ungrouped(entry: Entry, pack: Pack, number: int, section: dict[str, Any]) -> list[Fault]:
    faults = []
    for place in ("table", "chart"):
        drawn = section.get(place, {})
        by = drawn.get("by", "month")
        if place == "chart" and by == "month":
            continue
        for id_ in drawn.get("indicators", [drawn["indicator"]] if "indicator" in drawn else []):
            given = pack.entries["indicator", id_].get("breakdowns", ())
            known = (given,) if isinstance(given, str) else tuple(given)
            if by not in known:
                faults.append(
                    entry.fault(
                        ("sections", number, place, "by"),
                        f"指标 {id_} 不能按 {by} 分组 (no such breakdown)",
                        rule=f"可分组的列: {', '.join(known) or '无'}",
                        near=nearest(by, known),
                    )
                )
    return faults


KIND = Kind("report", "报告 (report)", FIELDS, check=check)
