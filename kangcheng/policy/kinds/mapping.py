"""A mapping: messages or columns of another system, field by field, to the resources of the record."""

import re
from collections.abc import Iterator
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.kinds.tiers import repeated
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import (
    FLAG,
    Anything,
    Field,
    Id,
    Many,
    Record,
    Table,
    Text,
    choice,
    optional,
    required,
)

HL7_PLACE = re.compile(r"[A-Z][A-Z0-9]{2}-[1-9]\d?(\.[1-9]\d?(\.[1-9]\d?)?)?")
ELEMENT = re.compile(r"[a-zA-Z]+(\[\d\])?(\.[a-zA-Z]+(\[\d\])?)*")
ANY = Text(nothing=())

CONDITION = Record(
    "条件 condition",
    {
        "place": required(ANY, "哪个字段或哪一列", moved=False),
        "is": optional(Many(ANY, single=True), "等于其中之一", moved=False),
        "not": optional(Many(ANY, single=True), "不等于其中任何一个", moved=False),
        "filled": optional(FLAG, "是否有值", moved=False),
    },
    exactly_one=(("is", "not", "filled"),),
)

REPEAT = Record(
    "取哪一次重复 repeat",
    {
        "component": required(ANY, "看第几个组件", moved=False),
        "is": required(Many(ANY, single=True), "等于其中之一", moved=False),
    },
)

TO = Record(
    "别处的资源 to",
    {
        "type": required(ANY, "资源类型", moved=False),
        "key": required(Many(ANY, single=True), "它的 key 取自本消息的哪些字段", moved=False),
    },
)

VALUE = Record(
    "取值 value",
    {
        "value": optional(ANY, "固定的值", moved=False),
        "place": optional(ANY, "字段（PID-5.1）或列名", moved=False),
        "ref": optional(Id(), "引用哪一部分的资源", moved=False),
        "all": optional(Id(), "引用同一组内该部分的全部资源", moved=False),
        "to": optional(TO, "引用同一系统别的消息生成的资源", moved=False),
        "repeat": optional(REPEAT, "字段重复时取哪一次；不写取第一次", moved=False),
        "when": optional(Many(CONDITION, single=True), "条件，都须成立", moved=False),
        "as": optional(
            choice("text", "day", "moment", "number", "whole", "flag", moved=False), "化成什么", moved=False
        ),
        "table": optional(Id(), "经 tables 里的哪张对照表", moved=False),
        "otherwise": optional(ANY, "对照表没有时用什么；不写则为错误", moved=False),
        "required": optional(FLAG, "必须有值", moved=False),
    },
    exactly_one=(("value", "place", "ref", "all", "to"),),
)

PART = Record(
    "部分 part",
    {
        "id": required(Id(), "编号", moved=False),
        "type": required(ANY, "资源类型", moved=False),
        "each": optional(ANY, "每出现一次该段生成一个；不写只生成一个", moved=False),
        "key": optional(
            Many(ANY, single=True), "哪些字段合成该系统内的唯一号：相同即同一资源的新版本", moved=False
        ),
        "when": optional(Many(CONDITION, single=True), "条件，都须成立才生成", moved=False),
        "set": required(
            Table(Many(VALUE, single=True), keys=Text()),
            "元素 → 取值；几种取值依次试，取第一种有值的",
            moved=False,
        ),
    },
)

COLUMN = Record(
    "列 column",
    {
        "heading": required(ANY, "列名", moved=False),
        "also": optional(Many(ANY, single=True), "别的写法", moved=False),
        "required": optional(FLAG, "必填", moved=False),
        "example": optional(ANY, "示例", moved=False),
    },
)

FIELDS: dict[str, Field] = {
    "format": required(choice("hl7v2", "sheet", moved=False), "hl7v2 消息；sheet 表格", moved=False),
    "messages": optional(Many(ANY), "适用的消息类型，如 ADT^A01", moved=False),
    "sender": optional(ANY, "只用于这个接入系统（代号）；不写为通用", moved=False),
    "columns": optional(Many(COLUMN), "表格的列", moved=False),
    "key": optional(Many(ANY, single=True), "哪几列合成一行的编号；不写按整行内容", moved=False),
    "tables": optional(
        Table(Table(ANY, keys=ANY), keys=Id()), "对照表：对方的代码 → 我们的代码", moved=False
    ),
    "parts": required(Many(PART), "生成哪些资源，依次", moved=False),
}

CASE: dict[str, Field] = {
    "message": optional(Many(ANY), "消息的各段", moved=False),
    "row": optional(Table(ANY, keys=ANY), "一行：列名 → 值", moved=False),
    "expect": optional(Table(Anything(), keys=Text()), "部分[序号].元素 → 值", moved=False),
    "count": optional(Table(Text(), keys=Id()), "部分 → 生成几个", moved=False),
    "refused": optional(Many(ANY, single=True), "应指出的错误里的字", moved=False),
}


def values_of(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Every value of every part with its path in the entry."""
    for number, part in enumerate(entry.get("parts")):
        for element, rows in part["set"].items():
            path = ("parts", number, "set", element)
            if isinstance(rows, dict):
                yield path, rows
            else:
                yield from (((*path, at), row) for at, row in enumerate(rows))


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Places can be read in the format, tables and parts that are named exist, one part is the patient."""
    faults = repeated(entry, "parts", "id", ())
    faults += _whole(entry)
    tables, parts = entry.get("tables", {}), {part["id"] for part in entry.get("parts")}
    for path, value in values_of(entry):
        if not ELEMENT.fullmatch(str(path[3])):
            faults.append(entry.fault(path, "元素的写法不对 (not an element)", rule="name[0].text"))
        if "table" in value and value["table"] not in tables:
            faults.append(entry.fault(path, f"没有这张对照表 (no such table) {value['table']!r}"))
        for name in ("ref", "all"):
            if name in value and value[name] not in parts:
                faults.append(entry.fault(path, f"没有这个部分 (no such part) {value[name]!r}"))
        faults += [entry.fault(path, what) for place in _places(value) if (what := _unreadable(entry, place))]
    for number, part in enumerate(entry.get("parts")):
        keys = part.get("key", [])
        named = [*([keys] if isinstance(keys, str) else keys), *_conditions(part)]
        faults += [
            entry.fault(("parts", number), what) for place in named if (what := _unreadable(entry, place))
        ]
    return faults


def _whole(entry: Entry) -> list[Fault]:
    faults = []
    needed = {"hl7v2": "messages", "sheet": "columns"}[entry.get("format")]
    if not entry.get(needed):
        faults.append(entry.fault("format", f"缺少键 (missing key) {needed!r}"))
    if sum(part["type"] == "Patient" for part in entry.get("parts")) != 1:
        faults.append(entry.fault("parts", "须有且只有一个 Patient 部分 (exactly one Patient)"))
    for number, part in enumerate(entry.get("parts")):
        if part["type"] != "Patient" and "key" not in part:
            faults.append(
                entry.fault(("parts", number), "缺少键 (missing key) 'key'", todo="重发时靠它认出同一资源")
            )
    return faults


def _conditions(row: dict[str, Any]) -> list[str]:
    found = row.get("when", [])
    return [one["place"] for one in ([found] if isinstance(found, dict) else found)]


def _places(value: dict[str, Any]) -> list[str]:
    keys = value.get("to", {}).get("key", [])
    named = [keys] if isinstance(keys, str) else keys
    return [*([value["place"]] if "place" in value else []), *named, *_conditions(value)]


def _unreadable(entry: Entry, place: str) -> str:
    """What is wrong with a place; "" for a good one."""
    if entry.get("format") == "hl7v2":
        return "" if HL7_PLACE.fullmatch(place) else f"不是字段 (not a field) {place!r}，如 PID-5.1"
    headings = {column["heading"] for column in entry.get("columns", [])}
    return "" if place in headings else f"没有这一列 (no such column) {place!r}"


KIND = Kind("mapping", "对接映射 (mapping)", FIELDS, check=check, case=CASE)
