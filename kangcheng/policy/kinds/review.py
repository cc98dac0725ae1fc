"""A rule over rows that raises findings: limits, lists, gaps, pairs, splits, shares; how samples are drawn, when replies are due.

What the keys mean, with examples, is in docs/modules/work.md; `kangcheng.work.reviews` runs them.
"""

from collections.abc import Iterator
from typing import Any

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.kernel.money import parse_yuan
from kangcheng.kernel.units import parse_number
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import (
    Anything,
    Day,
    Field,
    Id,
    Many,
    Number,
    OneOf,
    Rate,
    Record,
    Table,
    Text,
    choice,
    nearest,
    optional,
    ref,
    required,
    whole,
)

TYPES = ("text", "id", "date", "money", "integer", "flag")
NAME = Text(pattern=r"[a-z][a-z0-9_]*", hint="列名 (column)")
NAMES = Many(NAME, single=True)
AMOUNT = Number(hint="数；金额列写元 (number, yuan for money)")

SPAN = Record(
    "范围 span",
    {
        "from": optional(OneOf((Day(), AMOUNT)), "起，含"),
        "below": optional(OneOf((Day(), AMOUNT)), "止，不含"),
    },
)
LISTED = Record("代码表 listed", {"codelist": required(ref("codelist"), "在这张表内", moved=False)})
EXCEPT = Record(
    "除外 except", {"not": required(Many(Text(empty=True), single=True), "不是这些", moved=False)}
)
CONDITION = Table(OneOf((Many(Text(empty=True), single=True), SPAN, LISTED, EXCEPT)), keys=NAME)

LIMIT = Record(
    "界限 limit",
    {
        "column": required(NAME, "哪一列", moved=False),
        "above": optional(AMOUNT, "超过即疑点"),
        "below": optional(AMOUNT, "低于即疑点"),
        "above_column": optional(NAME, "超过这一列即疑点", moved=False),
        "times": optional(Rate(most="1000000"), "above_column 乘以，默认 1"),
    },
    exactly_one=(("above", "below", "above_column"),),
)
CODE = Record(
    "代码 code",
    {
        "column": required(NAME, "哪一列", moved=False),
        "codelist": required(ref("codelist"), "代码表", moved=False),
    },
)
GAP = Record(
    "间隔 gap",
    {
        "from": required(NAME, "前一行的日期列", moved=False),
        "to": required(NAME, "后一行的日期列", moved=False),
        "least": optional(Number(whole=True), "至少几天，可为负"),
        "most": optional(Number(whole=True), "至多几天，可为负"),
    },
)
PAIRS = Record(
    "两行 pairs",
    {
        "same": required(NAMES, "这些列相同", moved=False),
        "differs": optional(NAMES, "这些列不同", moved=False),
        "first": optional(CONDITION, "前一行须是", moved=False),
        "second": optional(CONDITION, "后一行须是", moved=False),
        "gaps": required(Many(GAP), "日期间隔，须全部成立"),
    },
)
SPLIT = Record(
    "拆分 split",
    {
        "same": required(NAMES, "这些列相同", moved=False),
        "date": required(NAME, "日期列", moved=False),
        "within_days": required(whole("0"), "相邻两行至多隔几天"),
        "column": required(NAME, "金额或数量列", moved=False),
        "each_below": required(AMOUNT, "每行都低于"),
        "together": required(AMOUNT, "合计不低于"),
    },
)
SHARE = Record(
    "占比 share",
    {
        "by": required(NAMES, "按哪些列分组", moved=False),
        "part": required(CONDITION, "哪些行算一份", moved=False),
        "sum": optional(NAME, "按这一列求和；不写则数行数", moved=False),
        "above": optional(Rate(), "占比超过即疑点"),
        "below": optional(Rate(), "占比低于即疑点"),
        "least": optional(whole("1"), "组内至少几行才算，默认 1"),
    },
    exactly_one=(("above", "below"),),
)
TOTALS = Record(
    "合计 totals",
    {
        "by": required(NAMES, "按哪些列分组", moved=False),
        "per": optional(choice("day", "month", "quarter", "year", ordered=True), "每日、月、季、年；须写 on"),
        "sum": optional(NAME, "求和的列；不写则数行数", moved=False),
        "above": required(AMOUNT, "超过即疑点"),
    },
)
DUPLICATES = Record("重复 duplicates", {"same": required(NAMES, "这些列全相同（空值不算）", moved=False)})
MISSING = Record("缺项 missing", {"columns": required(NAMES, "有一列为空即疑点", moved=False)})

SAMPLE = Record(
    "抽样 sample",
    {
        "draw": required(choice("random", "top", moved=False), "随机（写种子），或金额最大的"),
        "share": required(Rate(), "抽几成"),
        "least": optional(whole("1"), "至少几条"),
        "most": optional(whole("1"), "至多几条"),
    },
)

RULES = ("limit", "outside", "inside", "missing", "duplicates", "pairs", "split", "share", "totals")

FIELDS: dict[str, Field] = {
    "table": optional(NAME, "湖表；不写则由调用者给行", moved=False),
    "columns": required(Table(choice(*TYPES, moved=False), keys=NAME), "用到的列 → 类型", moved=False),
    "key": required(NAME, "哪一列是行的编号", moved=False),
    "unit": optional(NAME, "哪一列是被查单位（机构编号），由它答复", moved=False),
    "on": optional(NAME, "哪一列日期决定行属于哪个期间", moved=False),
    "amount": optional(NAME, "涉及金额的列", moved=False),
    "where": optional(CONDITION, "只看这些行"),
    "limit": optional(LIMIT, "某列超过或低于界限"),
    "outside": optional(CODE, "代码不在表内（目录外）"),
    "inside": optional(CODE, "代码在表内（禁用、限制）"),
    "missing": optional(MISSING, "缺项"),
    "duplicates": optional(DUPLICATES, "重复"),
    "pairs": optional(PAIRS, "同一人几天内的两行：分解、重叠、重复就诊"),
    "split": optional(SPLIT, "化整为零"),
    "share": optional(SHARE, "占比过高或过低"),
    "totals": optional(TOTALS, "每人（机构、医师）每期合计过多"),
    "severity": required(choice("high", "middle", "low", moved=False), "轻重", moved=False),
    "sample": optional(SAMPLE, "抽出多少条复核；不写则全部"),
    "reply_days": optional(whole("1"), "单位几个工作日内答复"),
    "reviewer": optional(
        Many(Id(), single=True), "谁定结论（角色），默认 inspector、fund_auditor", moved=False
    ),
    "calendar": optional(ref("calendar"), "工作日历，默认 working-days", moved=False),
    "notice": optional(
        ref("template"), "属实后用哪个文书通知单位，字段须是 unit、finding、amount、verdict 中的", moved=False
    ),
    "planted": optional(Id(), "演示城市埋设的同类问题（算查全率、查准率）", moved=False),
}

CASE: dict[str, Field] = {
    "rows": optional(Many(Table(Anything(empty=True))), "行：列 → 值（金额写元）"),
    "expect": optional(
        Many(Many(Text(), single=True), least=0),
        "应得的疑点：每个写行的编号；占比与合计写分组的值（per 的期间在最后）",
    ),
    "amounts": optional(Many(Text()), "各疑点涉及金额（元），次序同 expect"),
    "drawn": optional(Table(whole("0"), keys=whole("0")), "多少条疑点 → 抽多少条"),
    "found": optional(Day(), "发现日期"),
    "reply_by": optional(Day(), "应答复日期"),
}

_NUMERIC = ("money", "integer")


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Every column named is declared and has the type its place asks for; limits read in the column's type."""
    return [*_named(entry), *_typed(entry), *_readable(entry), *_dated(entry)]


def columns_named(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every place of the entry that names a column, with the name."""
    data = entry.data
    for key in ("key", "unit", "on", "amount"):
        if key in data:
            yield (key,), data[key]
    yield from _conditions(data)
    for rule in RULES:
        body = data.get(rule, {})
        for key in ("column", "above_column", "date", "sum"):
            if key in body:
                yield (rule, key), body[key]
        for key in ("columns", "same", "differs", "by"):
            for name in listed(body.get(key, [])):
                yield (rule, key), name
        for number, gap in enumerate(body.get("gaps", [])):
            yield from (((rule, "gaps", number, key), gap[key]) for key in ("from", "to"))


def _conditions(data: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    places = [("where",), ("pairs", "first"), ("pairs", "second"), ("share", "part")]
    for place in places:
        found: Any = data
        for key in place:
            found = found.get(key, {})
        yield from (((*place, name), name) for name in found)


def listed(value: Any) -> list[Any]:
    """One or a list as a list."""
    return value if isinstance(value, list) else [value]


def _named(entry: Entry) -> Iterator[Fault]:
    known = entry.get("columns")
    for path, name in columns_named(entry):
        if name not in known:
            yield entry.fault(path, f"没有声明的列 (column not declared) {name!r}", near=nearest(name, known))


def _typed(entry: Entry) -> Iterator[Fault]:
    wanted: list[tuple[tuple[str | int, ...], tuple[str, ...]]] = [
        (("on",), ("date",)),
        (("amount",), ("money",)),
        (("limit", "column"), _NUMERIC),
        (("limit", "above_column"), _NUMERIC),
        (("split", "date"), ("date",)),
        (("split", "column"), _NUMERIC),
        (("share", "sum"), _NUMERIC),
        (("totals", "sum"), _NUMERIC),
    ]
    wanted += [
        (("pairs", "gaps", number, key), ("date",))
        for number, _ in enumerate(entry.get("pairs", {}).get("gaps", []))
        for key in ("from", "to")
    ]
    types = entry.get("columns")
    names = dict(columns_named(entry))
    for path, allowed in wanted:
        found = types.get(names.get(path, ""))
        if found is not None and found not in allowed:
            yield entry.fault(path, f"列的类型是 {found} (wrong type)", rule=f"应为 {' 或 '.join(allowed)}")


def _readable(entry: Entry) -> Iterator[Fault]:
    types = entry.get("columns")
    for path, text in _values(entry):
        kind = types.get(path[1], "")
        try:
            read(text, kind)
        except KangchengError as error:
            yield entry.fault(path[0], f"{text!r} {error.what}", rule=f"列 {path[1]} 的类型是 {kind}")


def _values(entry: Entry) -> Iterator[tuple[tuple[tuple[str | int, ...], str], str]]:
    """Limits and bounds: ((path, column), text)."""
    for rule, keys in (("limit", ("above", "below")), ("split", ("each_below", "together"))):
        body = entry.get(rule, {})
        yield from ((((rule, key), body["column"]), body[key]) for key in keys if key in body)
    totals = entry.get("totals", {})
    if "sum" in totals:
        yield (("totals", "above"), totals["sum"]), totals["above"]
    for path, name in _conditions(entry.data):
        test: Any = entry.data
        for key in path:
            test = test[key]
        if isinstance(test, dict):
            yield from (((path, name), test[key]) for key in ("from", "below") if key in test)


def read(text: str, kind: str) -> Any:
    """A value of a column as the evaluators compare it: fen, int, date, bool or text. Raises KangchengError."""
    if kind == "money":
        return parse_yuan(text)
    if kind == "date":
        return parse_date(text)
    if kind == "integer":
        number = parse_number(text)
        if number.denominator != 1:
            raise KangchengError("应为整数 (must be whole)", where=text)
        return int(number)
    if kind == "flag":
        if text not in ("yes", "no"):
            raise KangchengError("应为 yes 或 no (must be yes or no)", where=text)
        return text == "yes"
    return text


def _dated(entry: Entry) -> Iterator[Fault]:
    if "per" in entry.get("totals", {}) and "on" not in entry.data:
        yield entry.fault(("totals", "per"), "写 per 须写 on (a period needs a date column)")
    for number, gap in enumerate(entry.get("pairs", {}).get("gaps", [])):
        if not gap.keys() & {"least", "most"}:
            yield entry.fault(("pairs", "gaps", number), "least、most 至少写一个 (a bound is missing)")
    if entry.get("sample", {}).get("draw") == "top" and "amount" not in entry.data:
        yield entry.fault(("sample", "draw"), "top 须写 amount (top needs an amount)")


KIND = Kind(
    "review",
    "点评审查 (review)",
    FIELDS,
    exactly_one=(RULES,),
    check=check,
    case=CASE,
    cited="entry",
    proven=True,
)
