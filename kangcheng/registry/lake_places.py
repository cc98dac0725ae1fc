"""Lake tables about places and posts: what happened to institutions, who has one, how far it is, who works where."""

from kangcheng.lake.tables import Column, Table

_WHERE = (
    Column("area_code", "text", "所在区划", "area"),
    Column("county_code", "text", "所在县（区）", "county"),
)
_PRIMARY = "('township_hospital', 'community_centre')"
_CLINIC = "('village_clinic', 'community_station')"
_OPEN = "t.valid_from <= current_date AND (t.valid_to IS NULL OR t.valid_to > current_date)"

CHANGES = Table(
    "institution_changes",
    "机构变动（开业、转型、变更、关闭，每次一行）",
    (
        Column("institution_id", "uuid", "机构的内部编号", "id of the institution"),
        Column("act", "text", "opened 开业，converted 转型，changed 变更，closed 关闭", "what happened"),
        Column("on_day", "date", "日期", "day"),
        Column("type", "text", "变动后类型", "type afterwards"),
        Column("type_before", "text", "变动前类型", "type before"),
        Column("hospital", "boolean", "是医院", "is a hospital"),
        Column("level", "text", "等级", "level"),
        Column("ownership", "text", "所有制：public 公立，private 民营", "public or private"),
        *_WHERE,
    ),
    """
    WITH terms AS (
        SELECT t.*, lag(t.type) OVER w AS type_before, lag(t.valid_to) OVER w AS ended_before,
            lag(t.id) OVER w AS before, lead(t.valid_from) OVER w AS next_from
        FROM registry_term t WINDOW w AS (PARTITION BY t.institution_id ORDER BY t.valid_from))
    SELECT institution_id::text AS institution_id, CASE WHEN before IS NULL OR ended_before <> valid_from THEN 'opened'
            WHEN type_before <> type THEN 'converted' ELSE 'changed' END AS act, valid_from AS on_day, type,
        coalesce(type_before, '') AS type_before, type LIKE '%hospital' AND type <> 'township_hospital' AS hospital,
        level, ownership, area_code, substr(area_code, 1, 6) AS county_code
    FROM terms
    UNION ALL
    SELECT institution_id::text, 'closed', valid_to, type, type, type LIKE '%hospital' AND type <> 'township_hospital',
        level, ownership, area_code, substr(area_code, 1, 6)
    FROM terms WHERE valid_to IS NOT NULL AND (next_from IS NULL OR next_from <> valid_to)
    """,
    when="on_day",
)

TOWNSHIPS = Table(
    "townships",
    "乡镇、街道及其卫生院、社区卫生服务中心（每乡镇一行，有居民或机构的县区）",
    (
        *_WHERE,
        Column("kind", "text", "street 街道，town 乡镇", "subdistrict or town"),
        Column("has_centre", "text", "有卫生院或社区卫生服务中心：yes no", "has a centre"),
        Column("has_standard", "text", "有达到标准的公立中心：yes no", "has a public centre up to standard"),
    ),
    f"""
    SELECT a.code AS area_code, substr(a.code, 1, 6) AS county_code,
        CASE WHEN a.name LIKE '%街道%' THEN 'street' ELSE 'town' END AS kind,
        CASE WHEN count(t.id) > 0 THEN 'yes' ELSE 'no' END AS has_centre,
        CASE WHEN count(t.id) FILTER (WHERE t.standardised AND t.ownership = 'public') > 0 THEN 'yes' ELSE 'no' END
            AS has_standard
    FROM registry_area a
    LEFT JOIN registry_term t ON t.area_code LIKE a.code || '%' AND t.type IN {_PRIMARY} AND {_OPEN}
    WHERE a.level = 4 AND (a.closed_on IS NULL OR a.closed_on > current_date)
      AND substr(a.code, 1, 6) IN (SELECT DISTINCT substr(area_code, 1, 6) FROM registry_resident)
    GROUP BY a.code, a.name
    """,  # noqa: S608
)

VILLAGES = Table(
    "villages",
    "行政村、社区及其卫生室（每村一行）",
    (
        *_WHERE,
        Column("kind", "text", "village 行政村，community 社区", "village or community"),
        Column("has_clinic", "text", "有卫生室或服务站：yes no", "has a clinic"),
        Column("residents", "integer", "在册居民", "living residents"),
    ),
    f"""
    SELECT a.code AS area_code, substr(a.code, 1, 6) AS county_code,
        CASE WHEN a.name LIKE '%村%' THEN 'village' ELSE 'community' END AS kind,
        CASE WHEN EXISTS (SELECT 1 FROM registry_term t WHERE t.area_code = a.code AND t.type IN {_CLINIC} AND {_OPEN})
            THEN 'yes' ELSE 'no' END AS has_clinic,
        (SELECT count(*) FROM registry_resident r
            WHERE r.area_code = a.code AND r.death_on IS NULL AND r.left_on IS NULL) AS residents
    FROM registry_area a
    WHERE a.level = 5 AND (a.closed_on IS NULL OR a.closed_on > current_date)
      AND substr(a.code, 1, 6) IN (SELECT DISTINCT substr(area_code, 1, 6) FROM registry_resident)
    """,  # noqa: S608
)

REACH = Table(
    "reach",
    "可达（每村、社区每指标一行，最近一次计算）",
    (
        Column("measure", "text", "walk 步行到社区卫生服务，ambulance 急救车到达", "walk or ambulance"),
        *_WHERE,
        Column("within", "text", "在时限内：yes no", "within the limit"),
        Column("seconds", "integer", "用时（秒）", "seconds"),
        Column("metres", "integer", "距离（米）", "metres"),
        Column("residents", "integer", "在册居民", "living residents"),
    ),
    """
    SELECT x.measure, x.area_code, substr(x.area_code, 1, 6) AS county_code,
        CASE WHEN x.within THEN 'yes' ELSE 'no' END AS within, x.seconds::bigint AS seconds, x.metres::bigint AS metres,
        (SELECT count(*) FROM registry_resident r
            WHERE r.area_code = x.area_code AND r.death_on IS NULL AND r.left_on IS NULL) AS residents
    FROM registry_areareach x
    """,
)

STAFF = Table(
    "posts",
    "岗位（每人每岗位每期间一行，不含姓名）",
    (
        Column("staff_id", "uuid", "岗位的内部编号", "id of the post"),
        Column("institution_id", "uuid", "工作单位", "where the work is done"),
        Column("managing_id", "uuid", "管理单位，同工作单位则为空", "who manages, empty when the same"),
        Column("institution_type", "text", "工作单位类型", "type of the institution"),
        Column("grassroots", "boolean", "工作单位是基层", "works at the grassroots"),
        Column("post", "text", "岗位", "post"),
        Column("title", "text", "职称", "title"),
        Column("contract", "text", "用人方式", "contract"),
        Column("managed_above", "text", "管理单位不同于工作单位：yes no", "managed by another unit"),
        Column("main", "boolean", "主要执业机构", "main place"),
        Column("weekly_hours", "integer", "每周出诊小时", "hours a week", scale=1),
        Column("valid_from", "date", "起（含）", "first day"),
        Column("valid_to", "date", "止（不含），在岗为空", "first day after"),
        *_WHERE,
    ),
    """
    SELECT s.id::text AS staff_id, s.institution_id::text AS institution_id, s.managing_id::text AS managing_id,
        coalesce(t.type, '') AS institution_type,
        coalesce(t.type IN ('township_hospital', 'community_centre', 'community_station', 'village_clinic'), false)
            AS grassroots,
        s.post, s.title, s.contract,
        CASE WHEN s.managing_id <> s.institution_id THEN 'yes' ELSE 'no' END AS managed_above,
        s.main, (SELECT coalesce(sum(h.ends - h.starts), 0) / 6 FROM registry_staffhours h WHERE h.staff_id = s.id
            AND h.valid_from <= current_date AND (h.valid_to IS NULL OR h.valid_to > current_date)) AS weekly_hours,
        s.valid_from, s.valid_to, coalesce(t.area_code, '') AS area_code, substr(coalesce(t.area_code, ''), 1, 6)
            AS county_code
    FROM registry_staff s
    LEFT JOIN LATERAL (SELECT type, area_code FROM registry_term t WHERE t.institution_id = s.institution_id
        ORDER BY t.valid_from DESC LIMIT 1) t ON true
    """,
    valid=("valid_from", "valid_to"),
)

COUNTY_STAFFING = Table(
    "county_staffing",
    "县（区）乡村卫生人员一体化（有村卫生室人员的县区，每县一行）",
    (
        Column("area_code", "text", "县（区）", "county"),
        Column("county_code", "text", "县（区）", "county"),
        Column("rural_staff", "integer", "村卫生室在岗人员", "staff of village clinics"),
        Column(
            "under_contract",
            "integer",
            "其中聘用或合同管理且由上级单位管理",
            "under contract and managed above",
        ),
        Column("integrated", "text", "已一体化（全部如此）：yes no", "integrated: all of them"),
    ),
    """
    SELECT county_code AS area_code, county_code, count(*) AS rural_staff, count(*) FILTER (WHERE bound) AS under_contract,
        CASE WHEN bool_and(bound) THEN 'yes' ELSE 'no' END AS integrated
    FROM (SELECT substr(t.area_code, 1, 6) AS county_code, coalesce(s.contract IN ('contract', 'integrated')
            AND s.managing_id <> s.institution_id, false) AS bound
        FROM registry_staff s JOIN registry_term t ON t.institution_id = s.institution_id
            AND t.type = 'village_clinic' AND t.valid_from <= current_date
            AND (t.valid_to IS NULL OR t.valid_to > current_date)
        WHERE s.valid_from <= current_date AND (s.valid_to IS NULL OR s.valid_to > current_date)) rural
    GROUP BY county_code
    """,
)

TABLES = (CHANGES, TOWNSHIPS, VILLAGES, REACH, STAFF, COUNTY_STAFFING)
