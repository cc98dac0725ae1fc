"""What checklists give to the lake: results by unit, items by unit, what is to be put right."""

from kangcheng.lake.tables import Column, Table

_UNIT = (
    Column("round_id", "uuid", "轮次", "round"),
    Column("checklist", "text", "检查表", "checklist"),
    Column("year", "integer", "年度", "year"),
    Column("unit", "text", "受评单位的编号（机构、区划或台账行）", "unit checked"),
    Column("institution_id", "uuid", "机构的内部编号", "institution"),
    Column("area_code", "text", "区划", "area"),
    Column("county_code", "text", "县（区）", "county"),
    Column("type", "text", "机构类型", "institution type"),
    Column("level", "text", "机构等级", "institution level"),
)
_UNIT_SQL = """r.id::text AS round_id, r.checklist, r.year::bigint AS year, u.subject AS unit,
        u.institution_id::text AS institution_id, u.area_code, substr(u.area_code, 1, 6) AS county_code,
        coalesce(u.attributes->>'type', '') AS type, coalesce(u.attributes->>'level', '') AS level"""
_FROM = "FROM work_roundunit u JOIN work_round r ON r.id = u.round_id"
_NEWEST = """JOIN LATERAL (SELECT * FROM work_sheet s WHERE s.unit_id = u.id AND s.state = 'submitted' AND s.stage <> 'self'
            ORDER BY s.id DESC LIMIT 1) v ON true"""

RESULTS = Table(
    "checklist_results",
    "检查表结果（每轮每单位一行，以最近一次结论为准）",
    (
        *_UNIT,
        Column("judged", "boolean", "已有现场结论", "has a verdict"),
        Column("self_checked", "boolean", "已自查", "has checked itself"),
        Column("met", "boolean", "达标（无结论为空）", "up to standard"),
        Column("grade", "text", "等次", "grade"),
        Column("score", "integer", "得分，万分之一分", "points"),
        Column("self_score", "integer", "自查得分，万分之一分", "points of the self-check"),
        Column("judged_on", "date", "结论日期", "day of the verdict"),
        Column("opened_on", "date", "轮次开始日期", "day the round was opened"),
    ),
    f"""
    SELECT {_UNIT_SQL}, u.score IS NOT NULL AS judged, u.self_score IS NOT NULL AS self_checked, u.met, u.grade,
        (u.score * 10000)::bigint AS score, (u.self_score * 10000)::bigint AS self_score, u.judged_on, r.opened_on
    {_FROM}
    """,
    when="opened_on",
)

ITEMS = Table(
    "checklist_items",
    "检查表各项（每轮每单位每项一行，以最近一次结论为准）",
    (
        *_UNIT,
        Column("item", "text", "项目", "item"),
        Column("applies", "boolean", "适用", "applies"),
        Column("met", "boolean", "达到", "met"),
        Column("answer", "text", "答案", "answer"),
        Column("points", "integer", "得分，万分之一分", "points"),
        Column("score", "integer", "满分，万分之一分", "full points"),
        Column("judged_on", "date", "结论日期", "day of the verdict"),
    ),
    f"""
    SELECT {_UNIT_SQL}, i->>'id' AS item, (i->>'applies')::boolean AS applies, (i->>'met')::boolean AS met,
        i->>'answer' AS answer, ({{points}})::bigint AS points, ({{score}})::bigint AS score, v."on" AS judged_on
    {_FROM} {_NEWEST} CROSS JOIN LATERAL jsonb_array_elements(v.items) i
    """.format(
        **{
            name: f"round(10000 * split_part(i->>'{name}', '/', 1)::numeric"
            f" / coalesce(nullif(split_part(i->>'{name}', '/', 2), ''), '1')::numeric)"
            for name in ("points", "score")
        }
    ),
    when="judged_on",
)

RECTIFICATIONS = Table(
    "checklist_rectifications",
    "检查表整改事项",
    (
        *_UNIT,
        Column("item", "text", "项目", "item"),
        Column("state", "text", "状态：open、reported、done、cancelled", "state"),
        Column("found_on", "date", "提出日期", "day found"),
        Column("due_on", "date", "期限", "deadline"),
        Column("closed_on", "date", "销号日期", "day closed"),
        Column("in_time", "boolean", "按期完成（未完成为空）", "closed in time"),
    ),
    f"""
    SELECT {_UNIT_SQL}, x.item, x.state, s."on" AS found_on, x.due_on, x.closed_on,
        CASE WHEN x.state = 'done' THEN x.due_on IS NULL OR x.closed_on <= x.due_on END AS in_time
    FROM work_rectification x JOIN work_sheet s ON s.id = x.sheet_id JOIN work_roundunit u ON u.id = x.unit_id
        JOIN work_round r ON r.id = u.round_id
    """,  # noqa: S608
    when="found_on",
)

TABLES = (RESULTS, ITEMS, RECTIFICATIONS)
