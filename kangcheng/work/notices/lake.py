"""What notices give to the lake: of every policy, every poor household of its area and whether it was told."""

from kangcheng.lake.tables import Column, Table

POLICY_HOUSEHOLDS = Table(
    "policy_households",
    "入户告知（每项政策每户贫困家庭一行）",
    (
        Column("notice_id", "uuid", "政策告知的内部编号", "opaque id of the policy notice"),
        Column("clause", "text", "政策条款", "clause"),
        Column("household_id", "uuid", "家庭的内部编号", "opaque id of the household"),
        Column("area_code", "text", "家庭所在区划", "area of the household"),
        Column("county_code", "text", "所在县（区）", "county"),
        Column("announced_on", "date", "政策发出日期", "day the policy was announced"),
        Column("told", "boolean", "已告知", "has been told"),
        Column("how", "text", "方式，未告知为空", "how"),
        Column("told_on", "date", "告知日期，未告知为空", "when"),
    ),
    """
    SELECT n.id::text AS notice_id, n.clause, h.id::text AS household_id, h.area_code, substr(h.area_code, 1, 6) AS county_code,
        n.sent_on AS announced_on, t.id IS NOT NULL AS told, coalesce(t.how, '') AS how, t.told_on
    FROM work_notice n JOIN registry_household h ON h.closed_on IS NULL AND h.area_code LIKE n.area_code || '%'
        LEFT JOIN work_householdtold t ON t.notice_id = n.id AND t.household_id = h.id
    WHERE n.for_households AND EXISTS (
        SELECT 1 FROM registry_membership m JOIN registry_personcategory c ON c.person_id = m.person_id
        WHERE m.household_id = h.id AND m.valid_to IS NULL AND c.category = 'registered_poor'
            AND c.valid_from <= current_date AND (c.valid_to IS NULL OR c.valid_to > current_date)
    )
    """,
    when="announced_on",
)

TABLES = (POLICY_HOUSEHOLDS,)
