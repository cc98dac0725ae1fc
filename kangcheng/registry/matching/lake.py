"""Table of the lake: how records of institutions found their people, without anybody in it."""

from kangcheng.lake.tables import Column, Table

RECORDS = Table(
    "source_records",
    "机构来源记录（每条一行，不含身份）",
    (
        Column("institution_id", "uuid", "机构", "institution"),
        Column("county_code", "text", "居住县（区）", "county of residence"),
        Column("state", "text", "状态：linked 已归并，waiting 待认定", "linked or waiting"),
        Column("how", "text", "依据：number 证号，weight 比对，mother 母亲，hand 人工，new 新建，given 直接登记", "linked by what"),
        Column("numbered", "boolean", "填有身份证号", "an identity number was given"),
        Column("seen_on", "date", "首次收到", "first received"),
    ),
    """
    SELECT institution_id::text AS institution_id, substr(area_code, 1, 6) AS county_code, state,
        CASE WHEN state = 'linked' THEN how END AS how, identity_index IS NOT NULL AS numbered, seen_on
    FROM registry_sourcerecord
    """,
)  # fmt: skip
