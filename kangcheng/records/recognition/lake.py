"""What recognition gives to the lake."""

from kangcheng.lake.tables import Column, Table

TABLES: tuple[Table, ...] = (
    Table(
        "test_orders", "检查检验开单与互认（每项一行）",
        (
            Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
            Column("item", "text", "项目代码", "test ordered"),
            Column("institution_id", "uuid", "开单机构", "institution that ordered"),
            Column("decision", "text", "new 新开，reused 采用互认结果，repeated 说明理由后重做", "what was decided"),
            Column("offered", "text", "有可互认的结果：yes、no", "a recognised result was there"),
            Column("price", "fen", "项目价格：采用时为节约，其余为花费", "price: saved when reused"),
            Column("ordered_on", "date", "开单日", "day ordered"),
        ),
        """SELECT subject_id::text AS person_id, item, institution_id::text AS institution_id, decision,
               CASE WHEN earlier_id = '' THEN 'no' ELSE 'yes' END AS offered, price, ordered_on
           FROM records_testorder""",
        when="ordered_on",
    ),
)  # fmt: skip
