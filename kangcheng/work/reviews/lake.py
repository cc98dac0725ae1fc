"""What reviews give to the lake: findings and how they ended."""

from kangcheng.lake.tables import Column, Table

FINDINGS = Table(
    "findings",
    "点评疑点（每个一行）",
    (
        Column("finding_id", "uuid", "疑点的内部编号", "finding"),
        Column("review", "text", "点评规则", "review"),
        Column("severity", "text", "轻重：high、middle、low", "severity"),
        Column("state", "text", "状态：open、asked、replied、confirmed、cleared、closed", "state"),
        Column("drawn", "boolean", "抽中复核", "drawn"),
        Column("confirmed", "boolean", "属实（未定为空）", "confirmed"),
        Column("institution_id", "uuid", "机构的内部编号", "institution"),
        Column("area_code", "text", "区划", "area"),
        Column("county_code", "text", "县（区）", "county"),
        Column("amount", "fen", "涉及金额", "money at stake"),
        Column("recovered", "fen", "追回金额", "recovered"),
        Column("found_on", "date", "发现日期", "day found"),
        Column("reply_by", "date", "应答复日期", "reply due"),
        Column("late", "boolean", "逾期未答复", "reply overdue"),
    ),
    """
    SELECT f.id::text AS finding_id, f.review, f.severity, f.state, f.drawn,
        CASE WHEN f.state IN ('confirmed', 'closed') THEN true WHEN f.state = 'cleared' THEN false END AS confirmed,
        f.unit_id::text AS institution_id, f.area_code, substr(f.area_code, 1, 6) AS county_code, f.amount, f.recovered,
        f.found_on, f.reply_by, f.state = 'asked' AND f.reply_by < current_date AS late
    FROM work_finding f
    """,
    when="found_on",
)

TABLES = (FINDINGS,)
