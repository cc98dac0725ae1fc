"""A typed ledger (台账): what one row says, what makes it unique, who may write it, what follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.kinds.tiers import repeated
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import (
    FLAG,
    Anything,
    At,
    Clause,
    Day,
    Field,
    Many,
    Move,
    Number,
    OneOf,
    Record,
    Span,
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
from kangcheng.policy.schema.scalars import moved
from kangcheng.policy.source import Node

TYPES = (
    "text", "number", "money", "date", "time", "code", "flag", "area", "person", "institution", "file", "reference",
)  # fmt: skip
LEVELS = ("province", "city", "county", "township", "village")
TURNED = {">=": ">", ">": ">=", "<=": "<", "<": "<=", " and ": " or ", " or ": " and "}
NAME = Text(pattern=r"[a-z][a-z0-9_]{0,39}", hint="列名 (column name: a-z 0-9 _)")
OWN = frozenset(
    {
        "row_id", "area_code", "county_code", "city_code", "institution_id", "valid_from", "valid_to", "recorded",
        "kept_until", "today",
    }
)  # fmt: skip
"""Columns every register's lake table has, and words of formulas: no field may be called so."""

SQL = frozenset({
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast",
    "check", "collate", "column", "constraint", "create", "default", "deferrable", "desc", "distinct", "do",
    "else", "end", "except", "false", "fetch", "for", "foreign", "from", "full", "grant", "group", "having",
    "in", "initially", "inner", "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left",
    "like", "limit", "natural", "not", "notnull", "null", "offset", "on", "only", "or", "order", "outer",
    "placing", "primary", "references", "returning", "right", "select", "similar", "some", "symmetric",
    "table", "then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic", "when", "where",
    "window", "with",
})  # fmt: skip
"""Words the lake's engines keep for themselves: no column may be called so."""


@dataclass(frozen=True)
class Formula(Text):
    """An expression over the row's columns and `today`; moves every number by one and turns every sign and word."""

    hint: str = "算式 (formula, e.g. done_on - due_on > 30)"

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        yield from moved(node, at, _turned)


def _turned(text: str) -> list[str]:
    found = []
    for match in re.finditer(r"(?<![\w.'\"])\d+(?![\w.'\"-])", text):
        for step in (1, -1):
            found.append(f"{text[: match.start()]}{int(match[0]) + step}{text[match.end() :]}")
    for match in re.finditer(r">=|<=|>|<| and | or ", text):
        found.append(f"{text[: match.start()]}{TURNED[match[0]]}{text[match.end() :]}")
    return found


CONDITION = Table(Many(Text(), single=True), keys=NAME)

FIELD = Record(
    "栏目 field",
    {
        "id": required(NAME, "列名", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "type": required(choice(*TYPES, moved=False), "类型"),
        "help": optional(Text(), "填写说明", moved=False),
        "section": optional(Text(), "表单中的分组", moved=False),
        "clause": optional(Clause(), "依据的条款", moved=False),
        "unit": optional(UnitCode(), "单位（数）", moved=False),
        "decimals": optional(whole("0", "6"), "小数位数（数），默认0", moved=False),
        "least": optional(Number(), "下限，含（数、金额的元）"),
        "most": optional(Number(), "上限，含"),
        "pattern": optional(Text(), "整格须合的正则式（文字）", moved=False),
        "longest": optional(whole("1", "2000"), "最多几字（文字），默认200"),
        "codelist": optional(ref("codelist", "tiers"), "代码表（代码）", moved=False),
        "choices": optional(Table(Text(), keys=Text()), "代码 → 中文（代码，就地列出）", moved=False),
        "several": optional(FLAG, "可选多项（代码）", moved=False),
        "level": optional(choice(*LEVELS, ordered=True), "区划至少到哪一级（地点）"),
        "register": optional(ref("register"), "引用哪一本台账（引用）", moved=False),
        "required": optional(FLAG, "必填"),
        "required_if": optional(CONDITION, "这些列为这些值时必填", moved=False),
        "unique": optional(FLAG, "全册不重复"),
        "filter": optional(FLAG, "列表上可筛选，建索引", moved=False),
        "personal": optional(FLAG, "能认出某个人的文字：加密、遮蔽、不入湖", moved=False),
        "read": optional(Many(Text(), single=True), "只有这些角色可看", moved=False),
        "write": optional(Many(Text(), single=True), "只有这些角色可填", moved=False),
        "sample": optional(Anything(), "示范数据怎样取值", moved=False),
    },
    at_most_one=(("codelist", "choices"),),
)

DERIVED = Record(
    "推算列 derived",
    {
        "id": required(NAME, "列名", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "type": required(choice("number", "money", "date", "flag", "text", moved=False), "类型"),
        "formula": required(Formula(), "算式"),
        "unit": optional(UnitCode(), "单位", moved=False),
        "decimals": optional(whole("0", "6"), "小数位数", moved=False),
        "clause": optional(Clause(), "依据的条款", moved=False),
    },
)

RULE = Record(
    "规则 rule",
    {
        "must": required(Formula(), "每行须成立的算式（算不出的不判）"),
        "say": required(Text(), "不成立时对填表人说的话", moved=False),
        "clause": optional(Clause(), "依据的条款", moved=False),
    },
)

NO_OVERLAP = Record(
    "不得重叠 no overlap",
    {
        "per": required(Many(NAME, single=True), "这些列相同的行之间", moved=False),
        "from": required(NAME, "起（含）", moved=False),
        "to": required(NAME, "止（时刻、数不含；日期含）", moved=False),
        "say": optional(Text(), "重叠时说的话", moved=False),
        "clause": optional(Clause(), "依据的条款", moved=False),
    },
)

VALID = Record(
    "有效期 valid",
    {
        "from": required(NAME, "起始日期列（含）", moved=False),
        "to": optional(NAME, "最后一天的日期列（含），空即未止", moved=False),
    },
)

PAYABLE = Record(
    "应付 payable",
    {
        "amount": required(NAME, "金额列", moved=False),
        "payee": required(NAME, "收款的人或机构列", moved=False),
        "on": required(NAME, "应付日期列", moved=False),
        "if": required(CONDITION, "这些列为这些值时应付（已审批）"),
        "clause": optional(Clause(), "依据的条款", moved=False),
    },
)

COVERS = Record(
    "应有 covers",
    {
        "title": optional(Text(), "缺的叫什么，例如 未建档的家庭", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "each": required(
            choice("institution", "county", "township", "village", "row", moved=False),
            "每个对象都应有一行：机构、有机构的县区（乡镇、村）、另一本台账的行",
        ),
        "of": optional(Many(Text(), single=True), "机构类型代码；each: row 时为台账编号", moved=False),
        "column": required(NAME, "本台账里指明对象的列", moved=False),
        "where": optional(CONDITION, "只有这些列为这些值的行才算有", moved=False),
        "within": optional(choice("month", "year", moved=False), "须是本月、本年的行（事项台账）"),
    },
)

SAMPLE = Record(
    "示范数据 sample",
    {
        "count": required(whole("1"), "每个对象几行", moved=False),
        "per": required(
            choice("city", "county", "township", "village", "institution", "person", moved=False), "对象"
        ),
        "of": optional(Many(Text(), single=True), "机构类型代码（per: institution）", moved=False),
        "share": optional(Text(), "其中多大比例的对象有行，例如 85%", moved=False),
    },
)

FIELDS: dict[str, Field] = {
    "module": optional(Text(), "归哪一类（REG、CAR、PER…），目录分组用", moved=False),
    "fields": required(Many(FIELD), "栏目"),
    "key": required(Many(NAME, single=True), "自然键：这些列相同即同一行", moved=False),
    "label": optional(Many(NAME, single=True), "以哪些列称呼一行，默认为键", moved=False),
    "owner": optional(NAME, "由哪一列（机构或地点）决定归谁管；不写即全市一册", moved=False),
    "valid": optional(VALID, "每行的有效期（状态台账）", moved=False),
    "when": optional(NAME, "每行所属日期的列（事项台账）", moved=False),
    "derived": optional(Many(DERIVED), "推算列"),
    "rules": optional(Many(RULE), "行内规则"),
    "no_overlap": optional(Many(NO_OVERLAP), "行间不得重叠"),
    "read": optional(Many(Text(), single=True), "哪些角色可看，默认有台账查看权的都可", moved=False),
    "write": optional(Many(Text(), single=True), "哪些角色可写，默认有台账填写权的都可", moved=False),
    "covers": optional(COVERS, "哪些对象都应有一行：页面列出还没有的", moved=False),
    "closes": optional(whole("1", "28"), "次月几日起上月关账：其后只能调整"),
    "payable": optional(PAYABLE, "可付的金额", moved=True),
    "keep_years": optional(whole("1"), "保存几年，不写即永久"),
    "sample": optional(SAMPLE, "示范数据", moved=False),
}

CHANGE = Record(
    "改动 change",
    {
        "row": required(whole("1"), "第几行"),
        "on": optional(Day(), "哪天改，默认 on"),
        "role": optional(Text(), "以什么角色"),
        "set": optional(Table(Text(empty=True), keys=NAME), "改成什么"),
        "adjust": optional(FLAG, "作为调整"),
        "refused": optional(Text(), "应被拒绝，且说这些话"),
    },
)

FIGURE = Record(
    "数字 figure",
    {
        "value": required(OneOf((Text(), Table(Text(), least=0))), "应得的值，或各组的值"),
        "by": optional(Many(Text(), single=True), "分组的列"),
        "period": optional(Span(), "期间"),
        "scope": optional(Text(), "地区代码前缀"),
    },
)

EXPECT = Record(
    "应得 expect",
    {
        "rows": optional(whole("0"), "收下几行"),
        "faults": optional(
            Table(Many(Text(), single=True), keys=whole("1"), least=0), "第几行 → 错误里应有的字"
        ),
        "derived": optional(
            Table(Table(Text(empty=True), keys=NAME), keys=whole("1")), "第几行 → 推算列 → 值"
        ),
        "payables": optional(Table(Text(), keys=whole("1"), least=0), "第几行 → 应付金额"),
        "figures": optional(Table(OneOf((Text(), FIGURE))), "指标 → 值"),
    },
)

ROWS = Many(Table(Text(empty=True), keys=NAME), least=0)

CASE: dict[str, Field] = {
    "on": optional(Day(), "今天是哪天"),
    "role": optional(Text(), "以什么角色填"),
    "institutions": optional(Table(Text()), "机构 → 所在区划代码"),
    "others": optional(Table(ROWS), "别的台账 → 行"),
    "rows": optional(ROWS, "行"),
    "change": optional(Many(CHANGE), "依次改动"),
    "period": optional(Span(), "各指标的期间"),
    "scope": optional(Text(), "各指标的地区代码前缀"),
    "expect": optional(EXPECT, "应得的结果"),
}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Columns that are named exist, have the type their place needs, and stand once; types have what they need."""
    faults = [
        fault for key in ("fields", "derived") if entry.get(key) for fault in repeated(entry, key, "id")
    ]
    types = {row["id"]: row["type"] for row in entry.get("fields")}
    for number, row in enumerate(entry.get("fields")):
        faults += _field_faults(entry, ("fields", number), row, types)
    for number, row in enumerate(entry.get("derived", [])):
        if row["id"] in types or row["id"] in OWN | SQL:
            faults.append(entry.fault(("derived", number, "id"), f"列名已用 (name in use) {row['id']!r}"))
    for path, names, wanted in _named(entry):
        faults += _place_faults(entry, path, names, types, wanted)
    return [*faults, *_whole_faults(entry, types)]


NEEDS = {"code": ("codelist", "choices"), "reference": ("register",)}
ONLY = {
    "unit": ("number",), "decimals": ("number",), "least": ("number", "money"), "most": ("number", "money"),
    "pattern": ("text",), "longest": ("text",), "codelist": ("code",), "choices": ("code",), "several": ("code",),
    "level": ("area",), "register": ("reference",), "personal": ("text",),
}  # fmt: skip


def _field_faults(
    entry: Entry, path: tuple[str | int, ...], row: dict[str, str], types: dict[str, str]
) -> Iterator[Fault]:
    kind = row["type"]
    if row["id"] in OWN | SQL:
        yield entry.fault((*path, "id"), f"保留的列名 (reserved name) {row['id']!r}")
    if kind in NEEDS and not any(key in row for key in NEEDS[kind]):
        yield entry.fault(path, f"{kind} 须写 (needs) {' 或 '.join(NEEDS[kind])}")
    for key, kinds in ONLY.items():
        if key in row and kind not in kinds:
            yield entry.fault(
                (*path, key), f"{kind} 没有 {key} (not for this type)", rule=f"只用于 {'、'.join(kinds)}"
            )
    if row.get("personal") == "yes" and {row.get("filter"), row.get("unique")} & {"yes"}:
        yield entry.fault((*path, "personal"), "加密的列不能筛选或求唯一 (a sealed column has no index)")
    for name in row.get("required_if", {}):
        yield from _place_faults(entry, (*path, "required_if"), [name], types, ())
    if "pattern" in row:
        try:
            re.compile(row["pattern"])
        except re.error:
            yield entry.fault((*path, "pattern"), "不是正则式 (not a regular expression)")


def _named(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], list[str], tuple[str, ...]]]:
    """Path, the columns named there, and the types they must have."""
    get = entry.get
    yield ("key",), _listed(get("key")), ()
    yield ("label",), _listed(get("label", [])), ()
    yield ("owner",), _listed(get("owner", [])), ("institution", "area")
    yield ("when",), _listed(get("when", [])), ("date",)
    valid, pay = get("valid") or {}, get("payable") or {}
    yield ("valid",), list(valid.values()), ("date",)
    covers = get("covers") or {}
    wanted = {"institution": "institution", "row": "reference"}.get(covers.get("each", ""), "area")
    yield ("covers", "column"), _listed(covers.get("column", [])), (wanted,)
    yield ("payable", "amount"), _listed(pay.get("amount", [])), ("money",)
    yield ("payable", "payee"), _listed(pay.get("payee", [])), ("person", "institution", "text")
    yield ("payable", "on"), _listed(pay.get("on", [])), ("date",)
    yield ("payable", "if"), list(pay.get("if", {})), ()
    for number, row in enumerate(get("no_overlap", [])):
        yield ("no_overlap", number, "per"), _listed(row["per"]), ()
        yield ("no_overlap", number), [row["from"], row["to"]], ("date", "time", "number")


def _place_faults(
    entry: Entry,
    path: tuple[str | int, ...],
    names: list[str],
    types: dict[str, str],
    wanted: tuple[str, ...],
) -> Iterator[Fault]:
    for name in names:
        if name not in types:
            yield entry.fault(path, f"没有这一列 (no such column) {name!r}", near=nearest(name, types))
        elif wanted and types[name] not in wanted:
            yield entry.fault(
                path, f"{name} 应为 {' 或 '.join(wanted)} (wrong type)", rule=f"现为 {types[name]}"
            )


def _whole_faults(entry: Entry, types: dict[str, str]) -> Iterator[Fault]:
    personal = {row["id"] for row in entry.get("fields") if row.get("personal") == "yes"}
    needed = {row["id"] for row in entry.get("fields") if row.get("required") == "yes"}
    if entry.get("valid") and entry.get("when"):
        yield entry.fault("when", "valid 与 when 只能写一个 (a row is a state or an event, not both)")
    if (entry.get("covers") or {}).get("within") and not entry.get("when"):
        yield entry.fault(("covers", "within"), "within 须有 when (the period needs a date)")
    if entry.get("closes") and not entry.get("when"):
        yield entry.fault("closes", "关账须有 when (closing needs a date)")
    sure = [
        *_listed(entry.get("key")),
        *_listed(entry.get("when", [])),
        (entry.get("valid") or {}).get("from"),
    ]
    for name in sure:
        if name in personal:
            yield entry.fault("key", f"{name} 是加密的列，不能作键 (a sealed column is no key)")
    for name in [*_listed(entry.get("when", [])), (entry.get("valid") or {}).get("from")]:
        if name in types and name not in needed:
            yield entry.fault("fields", f"{name} 须必填 (must be required)", rule="决定期间的日期不能空")


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


KIND = Kind("register", "台账 (register)", FIELDS, check=check, case=CASE)
