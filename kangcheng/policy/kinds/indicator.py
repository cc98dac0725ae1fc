"""A figure computed from the lake: a count, a sum, or made of other indicators."""

from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.schema import (
    FLAG,
    Anything,
    Clause,
    Field,
    Many,
    Number,
    OneOf,
    Record,
    Span,
    Table,
    Text,
    UnitCode,
    choice,
    optional,
    ref,
    required,
    whole,
)

RANGE = Record(
    "范围 range",
    {"from": optional(Text(), "起，含"), "below": optional(Text(), "止，不含")},
)

MEASURE = Record(
    "量 measure",
    {
        "table": required(Text(), "湖表 (lake table)"),
        "count": optional(choice("rows"), "行数"),
        "distinct": optional(Text(), "不重复的列"),
        "sum": optional(Text(), "求和的列"),
        "where": optional(
            Table(OneOf((Many(Text(empty=True), single=True), RANGE))), "限定：列 → 值、值表或范围"
        ),
        "whole_year": optional(FLAG, "期间放宽到当年至今"),
        "dated": optional(
            Text(), "以这一日期列（而不是表自己的）归入期间：期内开始、期内终止的", moved=False
        ),
    },
    exactly_one=(("count", "distinct", "sum"),),
)

RATIO = Record(
    "比 ratio",
    {
        "numerator": required(MEASURE, "分子"),
        "denominator": required(MEASURE, "分母"),
        "times": optional(Number(least="1"), "乘数，例如每十万 100000"),
    },
)

SHARE = Record(
    "占比 share", {"part": required(ref("indicator"), "部分"), "whole": required(ref("indicator"), "全体")}
)

TARGET = Record(
    "目标 target",
    {
        "comparator": required(choice(">=", "<=", "=", "~", ">", "<"), "方向"),
        "value": required(Text(), "目标值"),
        "year": optional(Span(), "年度"),
        "clause": optional(Clause(), "依据的条款", moved=False),
    },
)

FIELDS: dict[str, Field] = {
    "unit": required(
        UnitCode(), "单位：%、CNY、persons、person-times、count、days、CNY/person…", moved=False
    ),
    "direction": optional(choice("up", "down", "none", moved=False), "越高越好、越低越好", moved=False),
    "decimals": optional(whole("0", "6"), "小数位数，默认1"),
    "measure": optional(MEASURE, "计数或求和"),
    "ratio": optional(RATIO, "两个量之比"),
    "sum": optional(Many(ref("indicator"), least=2), "几个指标之和"),
    "difference": optional(Many(ref("indicator"), least=2, most=2, ordered=True), "两个指标之差"),
    "share_of": optional(SHARE, "一个指标占另一个的份额"),
    "period": optional(choice("month", "quarter", "year", "none"), "期间，默认 month；none 为截至导出"),
    "breakdowns": optional(Many(Text(), single=True), "可分组的列", moved=False),
    "suppress": optional(FLAG, "对外公布时隐去小数目", moved=False),
    "why": optional(Text(), "为什么看它", moved=False),
    "target": optional(TARGET, "目标", moved=False),
}

CASE: dict[str, Field] = {
    "rows": optional(Table(Many(Table(Anything(empty=True)), least=0)), "表 → 行"),
    "period": optional(Span(), "期间"),
    "scope": optional(Text(), "地区代码前缀"),
    "expect": optional(OneOf((Text(), Table(Text(), least=0))), "应得的值，或各组的值"),
    "by": optional(Many(Text(), single=True), "分组的列"),
}

KIND = Kind(
    "indicator",
    "指标 (indicator)",
    FIELDS,
    exactly_one=(("measure", "ratio", "sum", "difference", "share_of"),),
    case=CASE,
    cited="entry",
)
