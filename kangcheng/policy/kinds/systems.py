"""The rows of the seeds' system list: which entries, page, role and journey make each of them real."""

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.kinds.tiers import repeated
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import Field, Many, OneOf, Record, Text, choice, nearest, optional, required

OUTPUT = Record(
    "产出 output",
    {
        "phrase": required(Text(), "“要做的事”里的一句"),
        "indicator": optional(Text(), "由哪个指标"),
        "list": optional(Text(), "由哪张清单（页面路径）"),
        "journey": optional(Text(), "由哪个操作旅程"),
    },
    exactly_one=(("indicator", "list", "journey"),),
)

ROW = Record(
    "行 row",
    {
        "id": required(Text(pattern=r"[A-Z]{3}-\d{2}", hint="行号，例如 FUN-01"), "行号"),
        "mark": required(Text(pattern=r"R?F?", empty=True), "R 可执行的规则；F 可复算的数字"),
        "title": required(Text(), "中文名称"),
        "title_en": required(Text(), "英文名称"),
        "module": required(Text(), "模块"),
        "clauses": required(Many(Text()), "条款编号"),
        "does": required(Text(), "要做的事"),
        "users": required(Text(), "谁用"),
        "entries": required(
            Many(Text(pattern=r"[a-z]+/\S+", hint="种类/编号"), least=0), "执行它的条目，kind/id"
        ),
        "page": optional(Text(pattern=r"/\S*", hint="页面路径"), "页面"),
        "role": optional(Text(), "谁在页面上做事"),
        "outputs": optional(Many(OneOf((OUTPUT, Text()))), "逐句对到指标、清单或旅程"),
        "journey": optional(
            Text(pattern=r"tests/\S+\.py::\w+", hint="测试，tests/…py::test_…"), "操作旅程的测试"
        ),
        "data": optional(
            Many(Text(pattern=r"[a-z]+\.\w+", hint="应用.模型，例如 funds.Settlement")), "页面背后的表"
        ),
        "note": optional(Text(), "备注"),
        "status": optional(choice("open", "planned"), "尚无条目"),
    },
)

FIELDS: dict[str, Field] = {"systems": required(Many(ROW), "逐行", moved=False)}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Rows are unique; clauses and entries exist; a row with a page names its role and journey."""
    faults = repeated(entry, "systems", "id")
    clauses = {cited.clause for cited in pack.clauses}
    known = {f"{kind}/{id_}" for kind, id_ in pack.entries}
    for number, row in enumerate(entry.get("systems")):
        for key, names in (("clauses", clauses), ("entries", known)):
            for place, name in enumerate(row[key]):
                if name not in names:
                    words = (
                        "没有这一条 (no such clause)" if key == "clauses" else "没有这个条目 (no such entry)"
                    )
                    faults.append(
                        entry.fault(
                            ("systems", number, key, place), f"{words} {name!r}", near=nearest(name, names)
                        )
                    )
        if row.get("page") and not (row.get("role") and row.get("journey")):
            faults.append(
                entry.fault(
                    ("systems", number, "page"),
                    "有页面的行须写 role 和 journey (a page needs role and journey)",
                )
            )
    return faults


KIND = Kind("systems", "系统清单 (systems)", FIELDS, check=check)
