"""A scored standard: sections of items with weights and vetoes, grades, who checks oneself and who gives the verdict.

What the keys mean, with examples, is in docs/modules/work.md; `kangcheng.work.checklists` runs them.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.kernel.units import parse_number
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import (
    FLAG,
    Clause,
    Day,
    Field,
    Id,
    InUnit,
    Many,
    Number,
    OneOf,
    Rate,
    Record,
    Table,
    Text,
    UnitCode,
    choice,
    nearest,
    optional,
    ref,
    required,
    whole,
)

POINTS = Number(least="0", hint="分数 (points)")
CLAUSE = optional(Clause(), "依据的条款", moved=False)
WORDS = Many(Text(), single=True)

LEVEL = Record(
    "档 level",
    {
        "id": required(Id(), "编号，答案里写它", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "points": required(POINTS, "得分"),
    },
)

STEP = Record(
    "测量档 step",
    {
        "at_least": optional(InUnit(), "不少于"),
        "at_most": optional(InUnit(), "不多于"),
        "points": required(POINTS, "得分"),
    },
    exactly_one=(("at_least", "at_most"),),
)

LINEAR = Record(
    "线性 linear",
    {
        "none": required(InUnit(), "到这里为零分"),
        "full": required(InUnit(), "到这里为满分；两者之间按比例"),
    },
)

MEASURE = Record(
    "测量值 measure",
    {
        "unit": required(UnitCode(), "单位；率写 %，答案可写 126/148", moved=False),
        "at_least": optional(InUnit(), "不少于才得分"),
        "at_most": optional(InUnit(), "不多于才得分"),
        "steps": optional(Many(STEP, ordered=True), "依次取第一个成立的档，都不成立为零分"),
        "linear": optional(LINEAR, "按比例得分"),
    },
    at_most_one=(("at_least", "steps", "linear"), ("at_most", "steps", "linear")),
)

DEDUCT = Record(
    "扣分 deduct",
    {
        "each": required(POINTS, "每处扣几分，扣完为止"),
        "unit": optional(Text(), "处、例、人……", moved=False),
    },
)

ITEM = Record(
    "项目 item",
    {
        "id": required(Id(), "编号，全表唯一", moved=False),
        "title": required(Text(), "内容", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "score": required(POINTS, "满分"),
        "levels": optional(Many(LEVEL, least=2), "分档"),
        "measure": optional(MEASURE, "测量值"),
        "deduct": optional(DEDUCT, "按发现数扣分"),
        "met_at": optional(Rate(), "得到满分的几成才算达到，默认全部"),
        "veto": optional(FLAG, "一票否决：未达到则全表不达标"),
        "key": optional(FLAG, "重点项"),
        "when": optional(Table(WORDS), "只对这些对象适用：属性（type、level、ownership…）→ 值", moved=False),
        "optional": optional(FLAG, "可答“不适用”"),
        "evidence": optional(Many(Text(), single=True), "要看的凭据", moved=False),
        "evidence_required": optional(FLAG, "自查须写明凭据", moved=False),
        "method": optional(Text(), "检查方法", moved=False),
        "rectify_days": optional(whole("1"), "整改期限（工作日），默认全表的"),
        "clause": CLAUSE,
        "note": optional(Text(), "备注", moved=False),
    },
    at_most_one=(("levels", "measure", "deduct"),),
)

SECTION = Record(
    "部分 section",
    {
        "id": required(Id(), "编号", moved=False),
        "title": required(Text(), "名称", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "weight": optional(POINTS, "折算后的满分；要写就每部分都写"),
        "items": required(Many(ITEM), "各项"),
        "clause": CLAUSE,
    },
)

REACHED = Record(
    "达到面 reached",
    {
        "at": required(Rate(), "得到满分的几成"),
        "share": required(Rate(), "这样的项占几成"),
        "of": optional(choice("all", "key"), "在全部项或重点项中，默认 all"),
    },
)

GRADE = Record(
    "等次 grade",
    {
        "id": required(Id(), "编号", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "at_least": optional(POINTS, "总分不低于"),
        "sections": optional(Table(Rate(), keys=Id()), "各部分得分率不低于"),
        "reached": optional(Many(REACHED), "多少项达到几成"),
        "met": required(FLAG, "是否达标"),
        "valid_years": optional(whole("1"), "结论几年内有效", moved=False),
    },
)

FIELDS: dict[str, Field] = {
    "subject": optional(
        Text(pattern=r"institution|area|register:[a-z0-9_.-]+"),
        "评什么：institution（默认）、area，或 register:台账编号",
        moved=False,
    ),
    "institution_types": optional(
        Many(Text(), single=True), "适用的机构类型（institution-types）", moved=False
    ),
    "levels": optional(Many(Text(), single=True), "适用的机构等级（hospital-levels）", moved=False),
    "cycle": optional(
        choice("year", "half_year", "quarter", "month", "once", moved=False), "多久一轮", moved=False
    ),
    "total": optional(POINTS, "满分，须等于各项（或各部分 weight）之和"),
    "decimals": optional(whole("0", "4"), "得分保留几位小数，默认1；四舍五入后再评等次"),
    "not_applicable": optional(
        choice("drop", "full", "none"), "不适用的项：剔除后按比例折算（默认）、得满分、得零分"
    ),
    "rectify_days": optional(whole("1"), "整改期限（工作日）"),
    "calendar": optional(ref("calendar"), "工作日历，默认 working-days", moved=False),
    "self_check": optional(Many(Id(), single=True), "谁自查（角色），默认 institution_manager", moved=False),
    "verdict": optional(Many(Id(), single=True), "谁作现场结论（角色），默认 inspector", moved=False),
    "notice": optional(
        ref("template"),
        "整改通知用哪个文书，字段须是 unit、checklist、checked_on、score、items、latest 中的",
        moved=False,
    ),
    "sections": required(Many(SECTION), "各部分"),
    "grades": required(Many(GRADE, least=2), "等次，由高到低；取第一个各条件都满足的，最后一个不设条件"),
}

GIVEN = Record(
    "一项的结果 outcome",
    {
        "points": required(POINTS, "得分"),
        "met": optional(FLAG, "是否达到"),
        "days": optional(whole("1"), "整改期限（工作日）"),
    },
)

CASE: dict[str, Field] = {
    "subject": optional(Table(Text()), "对象的属性：type、level…"),
    "answers": optional(Table(Text(nothing=("na",))), "项目 → yes、no、档的编号、测量值、发现数、na"),
    "otherwise": optional(choice("full", "none"), "没写的项：得满分或零分"),
    "item": optional(Id(), "只试一项"),
    "gives": optional(Table(OneOf((POINTS, GIVEN))), "答案 → 得分或结果"),
    "expect": optional(
        Record(
            "应得 expect",
            {
                "score": optional(POINTS, "总分"),
                "grade": optional(Id(), "等次"),
                "met": optional(FLAG, "是否达标"),
                "failed": optional(Many(Id(), single=True, least=0), "未达到的项"),
                "vetoed": optional(Many(Id(), single=True, least=0), "被否决的项"),
                "sections": optional(Table(POINTS), "部分 → 得分"),
                "points": optional(Table(POINTS), "项目 → 得分"),
                "rectify": optional(Table(whole("1")), "项目 → 整改工作日"),
                "due": optional(Table(Day()), "项目 → 整改到期日（自 on 起）"),
            },
        ),
        "应得的结果",
    ),
    "on": optional(Day(), "结论日期（算整改到期日时写）"),
    "error": optional(Text(), "应被拒绝，且说这些话"),
}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Ids are unique, points fit, weights stand everywhere or nowhere, the total adds up, the last grade takes everybody."""
    return [*_repeated(entry), *_weights(entry), *_items(entry), *_grades(entry), *_types(entry, pack)]


def _repeated(entry: Entry) -> Iterator[Fault]:
    named = [(("sections", n, "id"), row["id"]) for n, row in enumerate(entry.get("sections"))]
    items = [(("sections", *path, "id"), item["id"]) for path, item in placed(entry)]
    grades = [(("grades", n, "id"), row["id"]) for n, row in enumerate(entry.get("grades"))]
    for group in (named, items, grades):
        seen: set[str] = set()
        for path, name in group:
            if name in seen:
                yield entry.fault(path, f"重复 (duplicate) {name!r}")
            seen.add(name)


def placed(entry: Entry) -> Iterator[tuple[tuple[int, str, int], dict[str, Any]]]:
    """Every item with its place: (section number, "items", item number)."""
    for number, section in enumerate(entry.get("sections")):
        for place, item in enumerate(section["items"]):
            yield (number, "items", place), item


def _weights(entry: Entry) -> Iterator[Fault]:
    sections = entry.get("sections")
    weighted = [row for row in sections if "weight" in row]
    if weighted and len(weighted) < len(sections):
        yield entry.fault("sections", "weight 要写就每部分都写 (a weight in every section or in none)")
        return
    parts = [row["weight"] for row in weighted] or [item["score"] for _, item in placed(entry)]
    total = sum(map(parse_number, parts), Fraction(0))
    if "total" in entry.data and parse_number(entry.get("total")) != total:
        yield entry.fault("total", f"各项之和是 {float(total):g} (does not add up)")
    if total <= 0:
        yield entry.fault("sections", "满分为零 (the full score is nothing)")


def _items(entry: Entry) -> Iterator[Fault]:
    for path, item in placed(entry):
        score = parse_number(item["score"])
        measure = item.get("measure", {})
        for key, rows in (("levels", item.get("levels", [])), ("measure", measure.get("steps", []))):
            steps = ("steps",) if key == "measure" else ()
            for number, row in enumerate(rows):
                if parse_number(row["points"]) > score:
                    yield entry.fault(
                        ("sections", *path, key, *steps, number, "points"),
                        "超过本项满分 (above the full score)",
                    )
        if measure and not measure.keys() & {"at_least", "at_most", "steps", "linear"}:
            yield entry.fault(("sections", *path, "measure"), "没有写怎样得分 (no threshold)")
        if "levels" in item:
            ids = [row["id"] for row in item["levels"]]
            if len(set(ids)) < len(ids) or "na" in ids:
                yield entry.fault(("sections", *path, "levels"), "档的编号重复，或用了 na (level ids)")


def _grades(entry: Entry) -> Iterator[Fault]:
    grades = entry.get("grades")
    sections = [row["id"] for row in entry.get("sections")]
    bounds = [parse_number(row["at_least"]) for row in grades if "at_least" in row]
    if bounds != sorted(bounds, reverse=True) or len(set(bounds)) < len(bounds):
        yield entry.fault("grades", "等次须由高到低 (grades must descend)")
    if grades[-1].keys() & {"at_least", "sections", "reached"} or grades[-1]["met"] == "yes":
        yield entry.fault(
            ("grades", len(grades) - 1), "最后一个等次不设条件，且为不达标 (the last grade takes everybody)"
        )
    for number, row in enumerate(grades):
        for name in row.get("sections", {}):
            if name not in sections:
                yield entry.fault(
                    ("grades", number, "sections", name),
                    f"没有这一部分 (no such section) {name!r}",
                    near=nearest(name, sections),
                )


def _types(entry: Entry, pack: Pack) -> Iterator[Fault]:
    known = pack.entries.get(("codelist", "institution-types"))
    if known is None:
        return
    codes = [row["code"] for version in known.get("versions") for row in version["codes"]]
    given = entry.get("institution_types", [])
    for name in [given] if isinstance(given, str) else given:
        if name not in codes:
            yield entry.fault(
                "institution_types", f"没有这种机构类型 (unknown type) {name!r}", near=nearest(name, codes)
            )


KIND = Kind("checklist", "检查表 (checklist)", FIELDS, check=check, case=CASE, cited="entry", proven=True)
