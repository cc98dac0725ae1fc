"""A source document and its clauses, the ground every citation stands on."""

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import Day, Field, Many, Record, Text, choice, optional, required, whole

CLAUSE_KINDS = (
    *("benefit-rule", "entitlement", "payment-method", "indicator-target", "reported-figure", "assessment"),
    *("organisational", "workforce", "workflow", "standard", "registry", "information-system"),
    *("procurement", "supervision", "surveillance"),
)
MODULES = (
    *("registry", "records", "funds", "care", "medicines", "surveillance", "supervision", "performance"),
    *("intake", "portal", "none"),
)

FIGURE = Record(
    "数字 figure",
    {
        "name": required(Text(), "是什么数 (what it counts)"),
        "value": required(Text(), "原文的数值 (value as printed)"),
        "unit": required(Text(), "单位，照原文的量级 (unit)"),
        "comparator": required(choice("=", ">=", "<=", ">", "<", "~"), "约束方向"),
        "year": required(
            Text(pattern=r"\d{4}|null", hint="年份，或来源隐去时写 null", nothing=("null",)), "数字所属年份"
        ),
        "scope": optional(Text(empty=True), "范围"),
        "basis": required(choice("printed", "word", "counted"), "数字、文字或清点所得"),
    },
)

UNIT = Record(
    "责任单位 unit",
    {
        "name": required(Text(), "单位名称"),
        "role": optional(choice("lead", "joint", "support"), "牵头、配合"),
    },
)

CLAUSE = Record(
    "条款 clause",
    {
        "id": required(Text(pattern=r"[^\s#]+", hint="条款编号"), "文件内唯一"),
        "quote": required(Text(), "原文 (quote)"),
        "en": required(Text(), "英文大意 (English)"),
        "kind": required(choice(*CLAUSE_KINDS), "条款性质"),
        "module": required(choice(*MODULES), "负责的模块"),
        "figures": required(Many(FIGURE, least=0), "条款里的数字"),
        "system": optional(Text(nothing=("none",)), "要求的系统；不要求系统的写 none"),
        "units": optional(Many(Text()), "责任单位"),
        "note": optional(Text(), "备注"),
    },
)

FIELDS: dict[str, Field] = {
    "number": optional(Text(), "文号"),
    "issuer": required(Text(), "发文机关"),
    "issued_on": optional(Day(), "发文日期"),
    "year": optional(Text(pattern=r"\d{4}", hint="年份"), "文件年度"),
    "effective_from": optional(Day(), "施行日期"),
    "supersedes": optional(Many(Text()), "废止的文件"),
    "retrieved_on": optional(Day(), "取得日期"),
    "retrieved_from": optional(Text(), "取得处"),
    "source": optional(Text(), "原文文件，相对本文件"),
    "sha256": optional(Text(pattern=r"[0-9a-f]{64}", hint="SHA-256，64位十六进制"), "原文文件的散列"),
    "pages": optional(whole("1"), "页数"),
    "clauses": required(Many(CLAUSE), "逐条"),
}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Clause ids are unique within the document; a source file comes with its hash."""
    seen: dict[str, int] = {}
    faults = []
    for number, row in enumerate(entry.get("clauses")):
        if row["id"] in seen:
            first = entry.line("clauses", seen[row["id"]])
            faults.append(
                entry.fault(
                    ("clauses", number, "id"),
                    f"条款重复 (duplicate clause) {row['id']!r}",
                    rule=f"第 {first} 行已有",
                )
            )
        seen.setdefault(row["id"], number)
    if bool(entry.get("source")) != bool(entry.get("sha256")):
        faults.append(entry.fault((), "source 与 sha256 须同时写 (source and sha256 go together)"))
    return faults


KIND = Kind("document", "文件 (document)", FIELDS, check=check)
