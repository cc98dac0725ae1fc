"""A benefit: one payer's layer. Also the grammar of conditions and values, which entitlements and stacks share.

What the keys mean is in docs/modules/engine.md; `kangcheng.funds.engine` runs them.
"""

from kangcheng.policy.kinds.boundaries import other_sides
from kangcheng.policy.kinds.kind import STATUS, Kind
from kangcheng.policy.schema import (
    FLAG,
    Amount,
    Anything,
    Clause,
    Field,
    Lazy,
    Level,
    Many,
    Money,
    Number,
    OneOf,
    Rate,
    Record,
    Table,
    Text,
    Type,
    YearDay,
    choice,
    optional,
    ref,
    required,
    whole,
)

CLAUSE = optional(Clause(), "依据的条款", moved=False)
NOTE = optional(Text(), "备注", moved=False)
PERIODS = ("claim", "episode", "course", "disease", "day", "month", "quarter", "year", "life")
"""From the narrowest to the widest: `--mutate` tries the neighbours."""

# --- conditions

CODES = Record("代码表引用 codelist", {"codelist": required(ref("codelist"), "代码表", moved=False)})
WORDS = Many(OneOf((Level(nothing=("none", "无")), CODES)), single=True)  # "none" is a referral, for one
SPAN = Record("区间 span", {"from": optional(Number(), "起，含"), "below": optional(Number(), "止，不含")})
YUAN_SPAN = Record(
    "金额区间 span", {"from": optional(Money(), "起，含"), "below": optional(Money(), "止，不含")}
)

CONDITION: Record = Record(
    "条件 condition",
    {
        "categories": optional(WORDS, "人员类别，有其一即可"),
        "all_categories": optional(WORDS, "人员类别，须全有"),
        "age": optional(SPAN, "周岁"),
        "facts": optional(Table(SPAN), "单据所带的数 → 区间"),
        "money": optional(Table(YUAN_SPAN), "单据所带的金额 → 区间（元）"),
        "any": optional(Lazy("条件 condition", lambda: Many(CONDITION, single=True)), "其一成立"),
        "not": optional(Lazy("条件 condition", lambda: Many(CONDITION, single=True)), "都不成立"),
    },
    open=WORDS,
)
WHEN = optional(CONDITION, "何时适用 (when)")
UNLESS = optional(CONDITION, "何时不适用 (unless)")

# --- values


def _value(name: str, scalar: Type, terms: Type | None = None) -> Lazy:
    """The grammar of a value whose plain form is `scalar`.

    `terms`: items of a sum, when they may be less than nothing. Items of a product are amounts or factors.
    """
    itself = Lazy(name, lambda: whole_)
    about = {"clause": CLAUSE, "note": NOTE, "status": optional(STATUS, moved=False)}
    row = Record(f"{name} 的一行 row", {"when": WHEN, "value": required(itself, "取值"), "clause": CLAUSE})
    linear = {
        "linear": required(Text(), "随哪个数变化"),
        "base": optional(OneOf((scalar, Amount())), "起点"),
        "slope": required(OneOf((SIGNED, Amount())), "每单位增减"),
        "least": optional(OneOf((scalar, Amount())), "最低"),
        "most": optional(OneOf((scalar, Amount())), "最高"),
    }
    forms: tuple[dict[str, Field], ...] = (
        {"value": required(scalar, "数值")},
        {"param": required(ref("parameter"), "参数", moved=False)},
        {
            "by": required(Text(), "按哪个属性查表"),
            "rows": required(Table(itself, keys=Text()), "属性值 → 数值"),
            "otherwise": optional(itself, "其余"),
        },
        {"choose": required(Many(row, ordered=True), "取第一个成立的行")},
        {"fact": required(Text(), "单据所带的数")},
        linear,
        {"sum": required(Many(terms or itself, least=2), "各项之和")},
        {"product": required(Many(Lazy("金额或倍数 amount", lambda: AMOUNT), least=2), "各项之积")},
        {"most": required(Many(itself, least=2), "取大")},
        {"least": required(Many(itself, least=2), "取小")},
    )
    whole_ = OneOf((scalar, *(Record(name, {**form, **about}) for form in forms)), hint=name)
    return itself


SIGNED = Rate(least="-1", most="1")
AMOUNT = _value("金额或倍数 amount", Amount())
MONEY = _value("金额 money", Money())
CHANGE = _value("比例增减 change", SIGNED)
RATE = _value("比例 rate", Rate(), CHANGE)
FACTOR = _value("倍数 factor", Rate(most="1000000"))
COUNT = _value("个数 count", whole())

# --- the bill

GROUP = Record(
    "项目组 group",
    {
        "first_pay": optional(RATE, "先行自付比例"),
        "price_limit": optional(MONEY, "单价限额，元"),
        "into": optional(Text(), "余额归入哪一部分：in_scope、out_of_scope 或自定名称"),
        "place_first_pay": optional(FLAG, "就医地先行自付是否适用，默认 yes"),
        "clause": CLAUSE,
        "note": NOTE,
    },
)
PLACE = Record(
    "就医地先行自付 place_first_pay",
    {
        "rate": required(RATE, "比例"),
        "order": optional(choice("after_items", "before_items"), "在项目先行自付之后或之前"),
        "when": WHEN,
        "clause": CLAUSE,
        "note": NOTE,
    },
)
UNIT, MODE = choice("fen", "jiao", "yuan"), choice("half_up", "down", "up", "half_even")
SPLIT = Record(
    "费用切分 split",
    {
        "groups": optional(Table(OneOf((GROUP, Text(empty=True))), keys=Text()), "项目组 → 规则"),
        "otherwise": optional(OneOf((GROUP, choice("refuse"))), "未列出的项目组；refuse 为拒收"),
        "place_first_pay": optional(OneOf((PLACE, RATE)), "就医地先行自付"),
        "rounding": optional(
            Record(
                "先行自付的舍入 rounding",
                {"unit": optional(UNIT), "mode": optional(MODE), "at": optional(choice("line", "group"))},
            ),
            "先行自付的舍入，默认按组到分",
        ),
        "clause": CLAUSE,
        "note": NOTE,
    },
)

# --- the layer

WEIGHT = Rate(hint="权重 (weight)")
PART = Record(
    "基数部分 part",
    {
        "weight": optional(WEIGHT, "权重，默认 1"),
        "deductible": optional(FLAG, "是否进起付线，默认 yes"),
        "rate": optional(RATE, "自有比例"),
    },
)
BASE = OneOf((Table(OneOf((WEIGHT, PART)), keys=Text()), Many(Text(), single=True)))
NTH = Record(
    "第几次 nth",
    {
        "from": required(whole("1"), "自本年第几次起"),
        "times": optional(Rate(most="1000000"), "乘以"),
        "minus": optional(Money(), "再减，元"),
        "clause": CLAUSE,
    },
)
DEDUCTIBLE = Record(
    "起付线 deductible",
    {
        "amount": required(MONEY, "起付标准，元"),
        "per": optional(choice(*PERIODS, ordered=True), "每次、每年、每病种…只付一次"),
        "nth": optional(Many(NTH), "第几次起变化"),
        "floor": optional(MONEY, "最低，元"),
        "yearly_cap": optional(MONEY, "全年累计上限，元"),
        "clause": CLAUSE,
        "note": NOTE,
    },
)
STEP = Record(
    "分段 step",
    {
        "to": optional(Money(), "段的上限，元；最后一段不写"),
        "rate": required(RATE, "比例"),
        "clause": CLAUSE,
        "note": NOTE,
    },
)
BRACKETS = Record(
    "分段 brackets",
    {
        "on": optional(choice("after_deductible", "gross"), "分段点从起付线以上算，或含起付线从零算"),
        "mode": optional(choice("progressive", "whole"), "逐段计算，或整额用所在段的比例"),
        "boundary": optional(choice("lower", "upper"), "整额正好在分段点上归下段或上段"),
        "steps": required(Many(STEP), "各段"),
        "clause": CLAUSE,
        "note": NOTE,
    },
)
DAY_STEP = Record(
    "按日分段 step",
    {
        "to": optional(whole("1"), "到第几日"),
        "amount": required(MONEY, "每日金额，元"),
        "clause": CLAUSE,
        "note": NOTE,
    },
)
PER_DAY = Record(
    "按日 per_day",
    {
        "days": required(COUNT, "天数"),
        "waiting": optional(whole(), "等待天数"),
        "steps": required(Many(DAY_STEP), "各段"),
        "clause": CLAUSE,
        "note": NOTE,
    },
)
ADJUST = Record(
    "比例调整 adjust",
    {
        "when": WHEN,
        "add": optional(CHANGE, "加减"),
        "times": optional(FACTOR, "乘"),
        "at_least": optional(RATE, "不低于"),
        "at_most": optional(RATE, "不高于"),
        "of": optional(choice("payer", "patient"), "调整的是付款方或个人的比例"),
        "clause": CLAUSE,
        "note": NOTE,
    },
    exactly_one=(("add", "times", "at_least", "at_most"),),
)
CEILING = Record(
    "封顶 ceiling",
    {
        "limit": required(MONEY, "限额，元"),
        "of": required(choice("expense", "payment"), "限纳入费用或限支付"),
        "per": optional(choice(*PERIODS, ordered=True), "每次、每年…默认每年"),
        "basis": optional(choice("after_deductible", "gross"), "费用限额是否含起付线"),
        "clause": CLAUSE,
        "note": NOTE,
    },
)
MINIMUM = Record(
    "保底 minimum",
    {
        "rate": required(RATE, "保底比例"),
        "of": optional(choice("total", "in_scope", "base"), "基数，默认政策范围内费用"),
        "counting": optional(Many(Text(), single=True), "计入哪些付款方已付的"),
        "clause": CLAUSE,
        "note": NOTE,
    },
)
POOL = Record(
    "资金池或名额 pool",
    {
        "id": required(Text(), "编号；同名的层共用", moved=False),
        "limit": required(OneOf((MONEY, COUNT)), "总额，元；或名额"),
        "counts": optional(choice("fen", "cases"), "计金额或人次"),
        "clause": CLAUSE,
    },
)
FREQUENCY = Record(
    "次数 frequency",
    {
        "times": required(whole("1"), "次数"),
        "per": optional(choice(*PERIODS[1:], ordered=True), "期间，默认每年"),
        "clause": CLAUSE,
    },
)
ROUNDING = Record(
    "舍入 rounding",
    {"unit": optional(UNIT), "mode": optional(MODE), "at": optional(choice("bracket", "layer"))},
)
NAMES = Record(
    "累计名称 names",
    {
        what: optional(Text(), f"{title}记在什么名下", moved=False)
        for what, title in {
            "base": "基数",
            "deductible": "起付线",
            "expense": "费用",
            "over": "超限额",
            "paid": "支付",
            "count": "次数",
        }.items()
    },
)
ACCUMULATE = Record(
    "累计 accumulate",
    {
        "mode": optional(choice("per_claim", "cumulative"), "按次，或年度累计差额"),
        "year_starts": optional(YearDay(), "医保年度从哪天起，默认 01-01"),
        "decided_by": optional(choice("discharged", "admitted", "settled"), "由哪个日期决定年度"),
        "owner": optional(choice("person", "household"), "按人或按家庭"),
        "by": optional(Many(Text(), single=True), "再按哪些属性分开", moved=False),
        "names": optional(NAMES, "共用的名称"),
    },
)

LAYER: dict[str, Field] = {
    "base": optional(BASE, "基数：部分 → 权重，默认 {in_scope: 1}"),
    "deductible": optional(OneOf((DEDUCTIBLE, MONEY)), "起付线"),
    "rate": optional(RATE, "比例"),
    "brackets": optional(BRACKETS, "分段比例"),
    "fixed": optional(MONEY, "定额，元"),
    "per_day": optional(PER_DAY, "按日金额"),
    "share": optional(choice("payer", "patient"), "比例说的是谁的份额"),
    "adjust": optional(Many(ADJUST, ordered=False), "依次调整比例"),
    "ceilings": optional(Many(CEILING), "封顶"),
    "minimum": optional(MINIMUM, "保底比例"),
    "pool": optional(POOL, "资金池或名额"),
    "frequency": optional(FREQUENCY, "多少次"),
    "cash": optional(FLAG, "发给本人，不抵账单"),
    "rest": optional(choice("copay", "back"), "未付部分记为自付，或退回原处"),
    "rounding": optional(ROUNDING, "舍入，默认每层四舍五入到分"),
    "accumulate": optional(ACCUMULATE, "累计"),
}
FIELDS: dict[str, Field] = {
    "payer": required(Text(), "谁付 (who pays)", moved=False),
    "when": WHEN,
    "unless": UNLESS,
    **LAYER,
    "split": optional(SPLIT, "单独结算时的费用切分"),
}
ONE_WAY = ("rate", "brackets", "fixed", "per_day")

CASE: dict[str, Field] = {
    "claim": optional(Anything(empty=True), "一张单据"),
    "claims": optional(Many(Anything(empty=True)), "依次结算的多张单据"),
    "expect": optional(Anything(empty=True), "应得的结果；多张时逐张列出"),
    "state": optional(Anything(empty=True), "此前的累计 accumulators、资金池 pools"),
    "error": optional(Text(), "应拒绝，拒绝的话里有这些字"),
}

CASE_AT_MOST_ONE = (("claim", "claims"), ("expect", "error"))

KIND = Kind(
    "benefit",
    "待遇 (benefit)",
    FIELDS,
    at_most_one=(ONE_WAY,),
    case=CASE,
    case_at_most_one=CASE_AT_MOST_ONE,
    cited="entry",
    proven=True,
    moves=other_sides,
)
