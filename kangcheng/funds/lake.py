"""What the fund gives to the lake: settlements, what each payer paid, postings, entitlements used, enrolments, procedures.

No name, number, phone or address; people by their opaque id.
"""

from kangcheng.lake.tables import Column, Table

_LIVE = "s.state IN ('held', 'settled')"
_PARTS = " ".join(
    f"- coalesce((s.result->'parts'->>'{part}')::bigint, 0)"
    for part in ("out_of_scope", "over_limit", "item_first_pay", "place_first_pay")
)
_PLACE = (
    Column("institution_id", "uuid", "机构的内部编号", "id of the institution"),
    Column("area_code", "text", "机构所在区划", "area of the institution"),
    Column("level", "text", "机构等级", "level of the institution"),
    Column("scheme", "text", "险种代码（schemes）", "scheme code"),
    Column("setting", "text", "就诊方式代码（settings）", "setting code"),
)
_PLACE_SQL = "s.institution_id::text AS institution_id, s.area_code, s.level, s.scheme, s.setting"

CLAIMS = Table(
    "claims",
    "有效结算（每笔一行；已冲正的不在内）",
    (
        Column("settlement_id", "uuid", "结算的内部编号", "id of the settlement"),
        Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
        *_PLACE,
        Column("disease", "text", "待遇病种", "disease code of the benefit"),
        Column("poor", "boolean", "结算时为建档立卡贫困人口", "registered poor at settlement"),
        Column("total", "fen", "总费用", "bill"),
        Column("in_scope", "fen", "政策范围内费用：总费用减自费、超限价、先行自付", "in-policy expense"),
        Column("fund", "fen", "各方支付合计", "paid by all payers"),
        Column("accounts", "fen", "个人与家庭账户支付", "paid from accounts"),
        Column("waived", "fen", "减免", "waived"),
        Column("institution_borne", "fen", "机构承担", "borne by the institution"),
        Column("cash", "fen", "个人现金", "patient's cash"),
        Column("days", "integer", "住院天数（至少一天）", "days of the stay"),
        Column("at_once", "boolean", "出院当日一次性结清", "settled on the day of discharge"),
        Column("admitted_on", "date", "入院（就诊）日期", "admission"),
        Column("discharged_on", "date", "出院日期", "discharge"),
        Column("settled_on", "date", "结算日期", "settlement"),
    ),
    f"""
    SELECT s.id::text AS settlement_id, s.person_id::text AS person_id, {_PLACE_SQL}, s.disease,
        s.categories ? 'registered_poor' AS poor, s.total, (s.total {_PARTS})::bigint AS in_scope, s.fund, s.accounts,
        s.waived, s.institution_borne, s.cash, greatest(1, s.discharged_on - s.admitted_on)::bigint AS days,
        s.settled_on = s.discharged_on AS at_once, s.admitted_on, s.discharged_on, s.settled_on
    FROM funds_settlement s WHERE {_LIVE}
    """,  # noqa: S608
    when="settled_on",
)

CLAIM_PAYERS = Table(
    "claim_payers",
    "有效结算的各方支付（每笔每付款方一行）",
    (
        Column("settlement_id", "uuid", "结算的内部编号", "id of the settlement"),
        Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
        *_PLACE,
        Column("payer", "text", "付款方代码（payers）", "payer code"),
        Column("paid", "fen", "支付", "paid"),
        Column("settled_on", "date", "结算日期", "settlement"),
    ),
    f"""
    SELECT s.id::text AS settlement_id, s.person_id::text AS person_id, {_PLACE_SQL}, p.key AS payer,
        p.value::bigint AS paid, s.settled_on
    FROM funds_settlement s CROSS JOIN LATERAL jsonb_each_text(s.payers) p
    WHERE {_LIVE} AND p.value <> '0'
    """,  # noqa: S608
    when="settled_on",
)

POSTINGS = Table(
    "postings",
    "总账分录（每条一行；借为正，贷为负）",
    (
        Column("account", "text", "科目", "account"),
        Column("family", "text", "科目类：financing 筹资、fund 基金支付、waived 减免……", "family of the account"),
        Column("name", "text", "付款方、来源或渠道", "payer, source or channel"),
        Column("amount", "fen", "金额，借为正", "amount, debit positive"),
        Column("credit", "fen", "金额，贷为正", "amount, credit positive"),
        Column("happened_on", "date", "业务日期", "business day"),
    ),
    """
    SELECT p.account, split_part(p.account, ':', 1) AS family, split_part(p.account, ':', 2) AS name, p.amount,
        (-p.amount)::bigint AS credit, p.happened_on
    FROM funds_posting p
    """,
    when="happened_on",
)

ENTITLEMENT_USES = Table(
    "entitlement_uses",
    "减免、补助与限价的使用（每次一行；已撤销的不在内）",
    (
        Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
        Column("entitlement", "text", "条目代码", "entry id"),
        Column("kind", "text", "形式：waive 减免，subsidy 补助，cap 限价", "kind"),
        Column("source", "text", "资金来源", "source of the money"),
        Column("amount", "fen", "金额", "amount"),
        Column("used_on", "date", "日期", "day"),
    ),
    """
    SELECT u.person_id::text AS person_id, u.entitlement, u.kind, u.source, u.amount, u.used_on
    FROM funds_entitlementuse u WHERE u.cancelled_on IS NULL
    """,
    when="used_on",
)

ENROLMENTS = Table(
    "enrolments",
    "参保缴费（每人每险种每年度一行；已退保的不在内）",
    (
        Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
        Column("scheme", "text", "险种代码（schemes）", "scheme code"),
        Column("year", "integer", "参保年度", "insurance year"),
        Column("premium", "fen", "筹资标准", "premium with subsidies"),
        Column("own", "fen", "个人缴费", "paid by the person"),
        Column("subsidy", "fen", "各级补助", "paid by government"),
        Column("paid_on", "date", "缴费日期", "day of payment"),
    ),
    """
    SELECT e.person_id::text AS person_id, e.scheme, e.year::bigint AS year, e.premium, e.own,
        (e.premium - e.own)::bigint AS subsidy, e.paid_on
    FROM funds_enrolment e WHERE e.withdrawn_on IS NULL
    """,
    when="paid_on",
)

TABLES = (CLAIMS, CLAIM_PAYERS, POSTINGS, ENTITLEMENT_USES, ENROLMENTS)
