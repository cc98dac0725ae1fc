"""What the fund gives to the lake: settled claims, payments by payer, ledger lines, entitlements used, enrolments. No names."""

from kangcheng.lake.tables import Column, Table
from kangcheng.registry.categories.types import REGISTERED_POOR

_WHERE = (
    Column("institution_id", "uuid", "机构的内部编号", "id of the institution"),
    Column("area_code", "text", "机构所在区划", "area of the institution"),
    Column("county_code", "text", "机构所在县（区）", "county of the institution"),
    Column("level", "text", "机构等级", "level of the institution"),
    Column("scheme", "text", "险种", "scheme"),
    Column("setting", "text", "就诊类型", "setting"),
)
_WHERE_SQL = """s.institution_id::text AS institution_id, s.area_code, substr(s.area_code, 1, 6) AS county_code,
    s.level, s.scheme, s.setting"""
_LIVE = "s.state IN ('held', 'settled')"
_PART = "coalesce((s.result->'parts'->>'{0}')::bigint, 0)"
_OUTSIDE = " + ".join(
    _PART.format(part) for part in ("out_of_scope", "over_limit", "item_first_pay", "place_first_pay")
)

CLAIMS = Table(
    "claims",
    "结算（每笔有效结算一行）",
    (
        Column("claim_id", "uuid", "结算的内部编号", "id of the settlement"),
        Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
        *_WHERE,
        Column("disease", "text", "待遇病种（诊断类目）", "disease category"),
        Column("poor", "boolean", "结算时为建档立卡贫困人口", "registered poor at settlement"),
        Column("settled_on", "date", "结算日期", "day of settlement"),
        Column("admitted_on", "date", "入院（就诊）日期", "day of admission"),
        Column("discharged_on", "date", "出院日期", "day of discharge"),
        Column("days", "integer", "住院日", "days of stay"),
        Column("at_once", "boolean", "出院当日结清", "settled on the day of discharge"),
        Column("total", "fen", "总费用", "bill"),
        Column("fund", "fen", "各方支付合计", "paid by all payers"),
        Column("accounts", "fen", "账户支付", "paid from accounts"),
        Column("waived", "fen", "减免", "waived"),
        Column("institution", "fen", "机构负担", "borne by the institution"),
        Column("cash", "fen", "个人现金", "paid by the patient"),
        Column("in_scope", "fen", "政策范围内费用（总费用减自费、超限价、先行自付）", "bill in scope"),
        Column("stack", "text", "待遇顺序", "stack"),
        Column("release", "text", "政策包版本", "pack release"),
    ),
    f"""
    SELECT s.id::text AS claim_id, s.person_id::text AS person_id, {_WHERE_SQL}, s.disease,
        s.categories ? '{REGISTERED_POOR}' AS poor, s.settled_on, s.admitted_on, s.discharged_on,
        greatest(1, s.discharged_on - s.admitted_on)::bigint AS days, s.settled_on = s.discharged_on AS at_once,
        s.total, s.fund, s.accounts, s.waived, s.institution_borne AS institution, s.cash,
        greatest(0, s.total - s.waived - ({_OUTSIDE})) AS in_scope, s.stack, s.release_hash AS release
    FROM funds_settlement s WHERE {_LIVE}
    """,  # noqa: S608
    when="settled_on",
)

CLAIM_PAYERS = Table(
    "claim_payers",
    "结算的各方支付（每笔每付款方一行，含现金补助）",
    (
        Column("claim_id", "uuid", "结算的内部编号", "id of the settlement"),
        Column("payer", "text", "付款方", "payer"),
        Column("paid", "fen", "支付", "paid"),
        *_WHERE,
        Column("settled_on", "date", "结算日期", "day of settlement"),
    ),
    f"""
    SELECT s.id::text AS claim_id, p.key AS payer, p.value::bigint AS paid, {_WHERE_SQL}, s.settled_on
    FROM funds_settlement s
    CROSS JOIN LATERAL (SELECT key, value FROM jsonb_each_text(s.payers)
        UNION ALL SELECT key, value FROM jsonb_each_text(s.result->'allowances')) p
    WHERE {_LIVE}
    """,  # noqa: S608
    when="settled_on",
)

CLAIM_PARTS = Table(
    "claim_parts",
    "结算中个人负担的各部分（每笔每部分一行）",
    (
        Column("claim_id", "uuid", "结算的内部编号", "id of the settlement"),
        Column("part", "text", "部分", "part of the bill"),
        Column("amount", "fen", "金额", "amount"),
        *_WHERE,
        Column("settled_on", "date", "结算日期", "day of settlement"),
    ),
    f"""
    SELECT s.id::text AS claim_id, p.key AS part, p.value::bigint AS amount, {_WHERE_SQL}, s.settled_on
    FROM funds_settlement s CROSS JOIN LATERAL jsonb_each_text(s.result->'parts') p
    WHERE {_LIVE}
    """,  # noqa: S608
    when="settled_on",
)

POSTINGS = Table(
    "postings",
    "总账分录",
    (
        Column("number", "integer", "凭证号", "entry number"),
        Column("business", "text", "业务", "business"),
        Column("family", "text", "科目族", "family of the account"),
        Column("name", "text", "科目名（付款方、来源、方式）", "payer, source or method"),
        Column("debit", "fen", "借方（贷方为负）", "debit, credit below zero"),
        Column("credit", "fen", "贷方（借方为负）", "credit, debit below zero"),
        Column("happened_on", "date", "业务日期", "day"),
    ),
    """
    SELECT e.number, e.business, split_part(p.account, ':', 1) AS family, split_part(p.account, ':', 2) AS name,
        p.amount AS debit, -p.amount AS credit, p.happened_on
    FROM funds_posting p JOIN funds_entry e ON e.id = p.entry_id
    """,
    when="happened_on",
)

ENTITLEMENT_USES = Table(
    "entitlement_uses",
    "减免、补助、限价的使用（未撤销）",
    (
        Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
        Column("entitlement", "text", "待遇", "entitlement"),
        Column("kind", "text", "形式：waive 减免，subsidy 补助，cap 限价", "kind"),
        Column("source", "text", "资金来源", "source"),
        Column("amount", "fen", "金额", "amount"),
        Column("used_on", "date", "日期", "day"),
    ),
    """
    SELECT person_id::text AS person_id, entitlement, kind, source, amount, used_on
    FROM funds_entitlementuse WHERE cancelled_on IS NULL
    """,
    when="used_on",
)

ENROLMENTS = Table(
    "enrolments",
    "参保缴费（每人每险种每年一行）",
    (
        Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
        Column("scheme", "text", "险种", "scheme"),
        Column("year", "integer", "年度", "year"),
        Column("premium", "fen", "筹资标准", "premium"),
        Column("own", "fen", "个人缴费", "paid by the person"),
        Column("subsidy", "fen", "补助合计", "subsidies"),
        Column("paid_on", "date", "缴费日期", "day of payment"),
    ),
    """
    SELECT person_id::text AS person_id, scheme, year::bigint AS year, premium, own, premium - own AS subsidy, paid_on
    FROM funds_enrolment WHERE withdrawn_on IS NULL
    """,
    when="paid_on",
)

TABLES = (CLAIMS, CLAIM_PAYERS, CLAIM_PARTS, POSTINGS, ENTITLEMENT_USES, ENROLMENTS)
