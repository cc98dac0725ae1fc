"""A questionnaire: its questions, when each is asked, what an answer may be, and what the answers add up to."""

from collections.abc import Iterator
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import (
    FLAG,
    Anything,
    At,
    Clause,
    Field,
    Id,
    Lazy,
    Many,
    Move,
    Number,
    Record,
    Table,
    Text,
    choice,
    nearest,
    optional,
    required,
    whole,
)
from kangcheng.policy.source import Scalar, Sequence, walk

TYPES = ("group", "note", "text", "choice", "several", "flag", "whole", "number", "date")
CHOSEN = ("choice", "several")
COUNTED = ("whole", "number")

OPTION = Record(
    "选项 option",
    {
        "code": required(Text(nothing=("none",)), "代码", moved=False),
        "title": required(Text(nothing=("无",)), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "score": optional(Number(), "计分时得几分"),
    },
)

LIMITS: dict[str, Field] = {
    "is": optional(Many(Text(nothing=("none",)), single=True), "等于其中之一", moved=False),
    "not": optional(Many(Text(nothing=("none",)), single=True), "不等于其中任何一个", moved=False),
    "answered": optional(FLAG, "已填", moved=False),
    "at_least": optional(Number(), "大于等于"),
    "above": optional(Number(), "大于"),
    "at_most": optional(Number(), "小于等于"),
    "below": optional(Number(), "小于"),
}

CONDITION = Record("条件 condition", {"item": required(Id(), "哪一项", moved=False), **LIMITS})

GRADE = Record(
    "分档 grade",
    {
        "from": optional(Number(), "自此值起（含）；最低一档不写"),
        "score": required(Number(), "得几分"),
    },
)

CODE = Record(
    "代码 code",
    {
        "system": required(Text(), "代码系统", moved=False),
        "code": required(Text(), "代码", moved=False),
        "title": optional(Text(), "名称", moved=False),
    },
)

ITEM_FIELDS: dict[str, Field] = {
    "id": required(Id(), "编号", moved=False),
    "text": required(Text(), "问题或栏目", moved=False),
    "text_en": optional(Text(), "英文", moved=False),
    "help": optional(Text(), "填写说明", moved=False),
    "type": required(choice(*TYPES, moved=False), "种类", moved=False),
    "options": optional(Many(OPTION, least=2), "选项", moved=False),
    "list": optional(Id(), "用 lists 里的哪一组选项", moved=False),
    "codes": optional(Text(), "用哪个代码系统的全部代码作选项 (URI)", moved=False),
    "unit": optional(Text(), "计量单位", moved=False),
    "least": optional(Number(), "最小值", moved=False),
    "most": optional(Number(), "最大值", moved=False),
    "longest": optional(whole("1"), "最多几字", moved=False),
    "required": optional(FLAG, "必填", moved=False),
    "when": optional(Many(CONDITION, single=True), "何时才问", moved=False),
    "together": optional(
        choice("all", "any", moved=False), "when 的各条：都须成立（默认）或有一条即可", moved=False
    ),
    "formula": optional(Text(), "由其他项算出：FHIRPath，%编号 是那一项的值", moved=False),
    "graded": optional(Many(GRADE, least=2), "按数值分档得分"),
    "element": optional(Text(), "数据元标识符", moved=False),
    "code": optional(CODE, "提取为检查结果 (Observation) 时的代码", moved=False),
    "clause": optional(Clause(), "依据的条款", moved=False),
}


def _item() -> Record:
    return Record("项 item", {**ITEM_FIELDS, "items": optional(Many(Lazy("项 item", _item)), "组内各项", moved=False)},
                  at_most_one=(("options", "list", "codes"),))  # fmt: skip


BAND = Record(
    "结论档 band",
    {
        "from": optional(Number(), "自此分起（含）；最低一档不写"),
        "result": required(Text(nothing=("无",)), "结论", moved=False),
    },
)

SCORE = Record(
    "得分 score",
    {
        "id": required(Id(), "编号", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "items": required(Many(Id(), single=True), "哪些项相加"),
        "reversed": optional(Many(Id(), single=True), "其中反向计分的项：最低分与最高分对调"),
        "as": optional(choice("sum", "hundred"), "sum 相加（默认）；hundred 化为 0–100 的转化分"),
        "missing": optional(choice("refuse", "skip"), "缺答时：refuse 不可判（默认）；skip 只加已答的"),
        "bands": optional(Many(BAND, least=2), "结论分档"),
        "scale": optional(Id(), "用 scales 里的哪一组分档", moved=False),
        "code": optional(CODE, "提取为检查结果时的代码", moved=False),
        "clause": optional(Clause(), "依据的条款", moved=False),
    },
    at_most_one=(("bands", "scale"),),
)

TEST = Record(
    "判据 test",
    {
        "score": optional(Many(Id(), single=True), "哪些得分，都须满足", moved=False),
        "item": optional(Many(Id(), single=True), "哪些项，都须满足", moved=False),
        **LIMITS,
    },
    exactly_one=(("score", "item"),),
)

RULE = Record(
    "判定 rule",
    {
        "result": required(Text(nothing=("无",)), "结论", moved=False),
        "when": required(Many(TEST, single=True), "条件，都须成立"),
    },
)

RESULT = Record(
    "结论 result",
    {
        "id": required(Id(), "编号", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "rules": required(Many(RULE, ordered=True), "依次试，取第一条成立的"),
        "otherwise": required(Text(nothing=("无",)), "都不成立时", moved=False),
        "code": optional(CODE, "提取为检查结果时的代码", moved=False),
        "clause": optional(Clause(), "依据的条款", moved=False),
    },
)

FIELDS: dict[str, Field] = {
    "version": required(Text(), "版本", moved=False),
    "lists": optional(Table(Many(OPTION, least=2), keys=Id()), "几项共用的选项"),
    "items": required(Many(Lazy("项 item", _item)), "各项，依次"),
    "scales": optional(Table(Many(BAND, least=2), keys=Id()), "几个得分共用的结论分档"),
    "scores": optional(Many(SCORE), "得分"),
    "results": optional(Many(RESULT), "结论"),
}

CASE: dict[str, Field] = {
    "answers": optional(Table(Anything(), keys=Id()), "答了什么：编号 → 代码或值"),
    "fill": optional(Text(), "其余问到的选择题都答这个代码"),
    "expect": optional(
        Table(Anything(), keys=Text()), "编号 → 得分、结论或算出的值；编号.band → 得分的结论档"
    ),
    "unknown": optional(Many(Text(), single=True), "缺答而不可判的得分和结论"),
    "asked": optional(Many(Id(), single=True), "应问到的项"),
    "not_asked": optional(Many(Id(), single=True), "不应问到的项"),
    "refused": optional(Many(Text(), single=True), "应指出的错误里的字"),
}


def items_of(
    rows: list[dict[str, Any]], path: tuple[str | int, ...] = ("items",)
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Every item with its path in the entry, groups before what they hold."""
    for number, row in enumerate(rows):
        yield (*path, number), row
        yield from items_of(row.get("items", []), (*path, number, "items"))


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Ids are unique, what is named exists, options go with choices, a question waits only for earlier ones."""
    items = list(items_of(entry.get("items")))
    kinds = {row["id"]: row["type"] for _, row in items}
    faults = _repeated(
        entry, [(path, row["id"]) for path, row in items] + _named(entry, "scores") + _named(entry, "results")
    )
    seen: set[str] = set()
    for path, row in items:
        faults += _item_faults(entry, path, row, seen)
        seen.add(row["id"])
    for number, row in enumerate(entry.get("scores", [])):
        faults += _undefined(entry, ("scores", number, "items"), row["items"], kinds)
        faults += _undefined(
            entry, ("scores", number, "reversed"), row.get("reversed", []), _listed(row["items"])
        )
        if "scale" in row:
            faults += _undefined(entry, ("scores", number, "scale"), row["scale"], entry.get("scales", {}))
    scores = {row["id"] for row in entry.get("scores", [])}
    for number, row in enumerate(entry.get("results", [])):
        for place, rule in enumerate(row["rules"]):
            for at, test in enumerate(_rows(rule["when"])):
                where = ("results", number, "rules", place, "when", at)
                faults += _undefined(entry, (*where, "score"), test.get("score", []), scores)
                faults += _undefined(entry, (*where, "item"), test.get("item", []), kinds)
    return faults


def _item_faults(
    entry: Entry, path: tuple[str | int, ...], row: dict[str, Any], seen: set[str]
) -> list[Fault]:
    faults = []
    sources = [key for key in ("options", "list", "codes") if key in row]
    if row["type"] in CHOSEN and not sources:
        faults.append(entry.fault(path, "选择题要有选项 (a choice needs options, list or codes)"))
    if row["type"] not in CHOSEN and sources:
        faults.append(entry.fault((*path, sources[0]), f"{row['type']} 没有选项 (has no options)"))
    if (row["type"] == "group") != ("items" in row):
        faults.append(entry.fault(path, "组要有 items，别的没有 (a group has items, nothing else has)"))
    if "graded" in row and row["type"] not in COUNTED:
        faults.append(entry.fault((*path, "graded"), "只有数可分档 (only numbers are graded)"))
    if "list" in row:
        faults += _undefined(entry, (*path, "list"), row["list"], entry.get("lists", {}))
    for number, condition in enumerate(_rows(row.get("when", []))):
        faults += _undefined(
            entry,
            (*path, "when", number, "item"),
            condition["item"],
            seen,
            "前面没有这一项 (no earlier item)",
        )
    return faults


def _named(entry: Entry, key: str) -> list[tuple[tuple[str | int, ...], str]]:
    return [((key, number), row["id"]) for number, row in enumerate(entry.get(key, []))]


def _repeated(entry: Entry, named: list[tuple[tuple[str | int, ...], str]]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for path, name in named:
        if name in seen:
            faults.append(entry.fault((*path, "id"), f"重复 (duplicate) {name!r}"))
        seen.add(name)
    return faults


def _undefined(
    entry: Entry, path: tuple[str | int, ...], names: Any, known: Any, what: str = "没有定义 (not defined)"
) -> list[Fault]:
    return [
        entry.fault(path, f"{what} {name!r}", near=nearest(name, list(known)))
        for name in _listed(names)
        if name not in known
    ]


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _rows(value: Any) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else [value]


def moves(entry: Entry, at: At) -> Iterator[Move]:
    """Each score without one of its items, and without one of its reversals."""
    for path, node in walk(entry.node):
        if (
            len(path) == 3
            and path[0] == "scores"
            and path[2] in ("items", "reversed")
            and isinstance(node, Sequence)
        ):
            for place, one in enumerate(node.items if len(node.items) > 1 else ()):
                rest = [item for other, item in enumerate(node.items) if other != place]
                word = one.text if isinstance(one, Scalar) else ""
                yield Move(path, Sequence(rest, node.line), one.line, f"去掉 {word} (left out)")


KIND = Kind("form", "表单 (form)", FIELDS, check=check, case=CASE, moves=moves, proven=True)
