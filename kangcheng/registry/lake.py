"""What the registry gives to the lake: people and places without names, numbers, phones or addresses."""

from kangcheng.lake.tables import Column, Table
from kangcheng.registry.lake_places import TABLES as PLACES
from kangcheng.registry.matching.lake import RECORDS

_AREAS = (
    Column("area_code", "text", "居住地区划代码", "area of residence, to the village"),
    Column("county_code", "text", "居住地县（区）代码", "county of residence"),
    Column("city_code", "text", "居住地市代码", "city of residence"),
)
_AREA_SQL = "r.area_code, substr(r.area_code, 1, 6) AS county_code, substr(r.area_code, 1, 4) AS city_code"
_GOLDEN = """
    LEFT JOIN registry_personalias a ON a.person_id = {0}.person_id AND a.until IS NULL
    JOIN registry_resident r ON r.id = coalesce(a.golden_id, {0}.person_id) AND r.left_why <> 'error'
"""

RESIDENTS = Table(
    "residents",
    "居民（每人一行）",
    (
        Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
        Column("sex", "text", "性别：M 男，F 女", "M or F"),
        Column("birth_on", "date", "出生日期", "date of birth"),
        Column("death_on", "date", "死亡日期，在世为空", "date of death"),
        Column("left_on", "date", "迁出日期，未迁出为空", "date of departure"),
        Column("living", "boolean", "在册：未死亡、未迁出", "neither dead nor gone"),
        Column("ethnicity", "text", "民族", "ethnic group"),
        *_AREAS,
        Column("registered_area_code", "text", "户籍地区划代码", "area of household registration"),
        Column("household_id", "uuid", "现所在家庭的内部编号", "household at present"),
        Column("registered_on", "date", "登记日期", "day of registration"),
    ),
    f"""
    SELECT r.id::text AS person_id, r.sex, r.birth_on, r.death_on, r.left_on,
        r.death_on IS NULL AND r.left_on IS NULL AS living, r.ethnicity, {_AREA_SQL}, r.registered_area_code,
        (SELECT m.household_id::text FROM registry_membership m WHERE m.person_id = r.id AND m.valid_to IS NULL LIMIT 1)
            AS household_id, (r.created_at AT TIME ZONE 'Asia/Shanghai')::date AS registered_on
    FROM registry_resident r
    WHERE r.left_why <> 'error'
      AND NOT EXISTS (SELECT 1 FROM registry_personalias a WHERE a.person_id = r.id AND a.until IS NULL)
    """,  # noqa: S608
)

CATEGORIES = Table(
    "categories",
    "人员类别（每人每类别每期间一行）",
    (
        Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
        Column("category", "text", "类别代码（person-categories）", "category code"),
        Column("valid_from", "date", "起（含）", "first day"),
        Column("valid_to", "date", "止（不含），未止为空", "first day after"),
        Column("source", "text", "认定来源", "whose list"),
        *_AREAS,
    ),
    f"""
    SELECT r.id::text AS person_id, c.category, c.valid_from, c.valid_to, c.source, {_AREA_SQL}
    FROM registry_personcategory c {_GOLDEN.format("c")}
    WHERE c.valid_to IS NULL OR c.valid_to > c.valid_from
    """,  # noqa: S608
    valid=("valid_from", "valid_to"),
)

COVERAGE = Table(
    "coverage",
    "参保（每人每险种每期间一行）",
    (
        Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
        Column("scheme", "text", "险种代码（schemes）", "scheme code"),
        Column("valid_from", "date", "起（含）", "first day"),
        Column("valid_to", "date", "止（不含），未止为空", "first day after"),
        Column("premium", "fen", "个人缴费", "paid by the person"),
        Column("subsidy", "fen", "财政补助", "paid by government"),
        *_AREAS,
    ),
    f"""
    SELECT r.id::text AS person_id, v.scheme, v.valid_from, v.valid_to, v.premium, v.subsidy, {_AREA_SQL}
    FROM registry_coverage v {_GOLDEN.format("v")}
    WHERE v.valid_to IS NULL OR v.valid_to > v.valid_from
    """,  # noqa: S608
    valid=("valid_from", "valid_to"),
)

INSTITUTIONS = Table(
    "institutions",
    "机构（每机构每段情况一行）",
    (
        Column("institution_id", "uuid", "机构的内部编号", "id of the institution"),
        Column("code", "text", "统一社会信用代码或执业许可证号", "credit code or licence"),
        Column("name", "text", "名称", "name"),
        Column("level", "text", "等级", "level"),
        Column("type", "text", "类型代码（institution-types）", "type code"),
        Column("ownership", "text", "所有制：public 公立，private 民营", "public or private"),
        Column("area_code", "text", "所在区划", "area"),
        Column("county_code", "text", "所在县（区）", "county"),
        Column("parent_id", "uuid", "上级机构", "parent institution"),
        Column("beds", "integer", "编制床位", "beds"),
        Column("valid_from", "date", "起（含）", "first day"),
        Column("valid_to", "date", "止（不含），现状为空", "first day after"),
        Column("designated", "boolean", "现为医保定点", "the fund pays there at present"),
    ),
    """
    SELECT t.institution_id::text AS institution_id, i.code, t.name, t.level, t.type, t.ownership, t.area_code,
        substr(t.area_code, 1, 6) AS county_code, t.parent_id::text AS parent_id, t.beds::bigint AS beds, t.valid_from,
        t.valid_to, EXISTS (SELECT 1 FROM registry_designation d WHERE d.institution_id = i.id
            AND d.valid_from <= current_date AND (d.valid_to IS NULL OR d.valid_to > current_date)) AS designated
    FROM registry_term t JOIN registry_institution i ON i.id = t.institution_id
    """,
    valid=("valid_from", "valid_to"),
)

AREAS = Table(
    "areas",
    "区划",
    (
        Column("code", "text", "代码", "code"),
        Column("name", "text", "名称", "name"),
        Column("level", "integer", "级：1 省 2 市 3 县 4 乡 5 村", "1 province to 5 village"),
        Column("parent_code", "text", "上级代码", "code above"),
    ),
    "SELECT code, name, level::bigint AS level, parent_code FROM registry_area",
)

ITEMS = Table(
    "items",
    "国家目录（每编码每版本一行）",
    (
        Column("code", "text", "编码", "code"),
        Column("kind", "text", "种类：drug 药品，service 服务，material 耗材，diagnosis 诊断", "kind"),
        Column("name", "text", "名称", "name"),
        Column("insurance_class", "text", "医保类别：jia 甲，yi 乙，zifei 自费", "insurance class"),
        Column("essential", "boolean", "基本药物", "essential medicine"),
        Column("price", "fen", "价格", "price"),
        Column("price_limit", "fen", "支付标准", "price limit of the fund"),
        Column("valid_from", "date", "起（含）", "first day"),
        Column("valid_to", "date", "止（不含），现行为空", "first day after"),
    ),
    "SELECT code, kind, name, insurance_class, essential, price, price_limit, valid_from, valid_to FROM registry_item",
)

UNMATCHED = Table(
    "import_rows_unmatched",
    "名单中尚未匹配的人（每行一人，不含身份）",
    (
        Column("batch_id", "uuid", "导入批次", "import batch"),
        Column("category", "text", "类别代码", "category code"),
        Column("reason", "text", "原因：not_registered 未登记或不在本区划，name_differs 姓名不符", "reason"),
        Column("applied_on", "date", "导入日期", "day of import"),
    ),
    """
    SELECT w.batch_id::text AS batch_id, w.values->>'category' AS category, w.reason, b.applied_on
    FROM registry_importrow w JOIN registry_importbatch b ON b.id = w.batch_id
    WHERE w.matched_on IS NULL AND b.state = 'applied'
    """,
)

TABLES = (RESIDENTS, CATEGORIES, COVERAGE, INSTITUTIONS, AREAS, ITEMS, UNMATCHED, RECORDS, *PLACES)
