"""A procedure as a state machine: who may do which step, with what filled in, and who must be somebody else."""

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.kinds.tiers import repeated
from kangcheng.policy.machine import Refused, Step, begin, listed, take
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import (
    FLAG,
    Anything,
    Clause,
    Field,
    Id,
    Many,
    Record,
    Table,
    Text,
    choice,
    nearest,
    optional,
    required,
    whole,
)

STATE = Record(
    "状态 state",
    {
        "id": required(Id(), "编号", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "final": optional(FLAG, "是否终点", moved=False),
    },
)

DATUM = Record(
    "填报项 field",
    {
        "id": required(Id(), "编号", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "type": required(
            choice("text", "money", "date", "number", "flag", "file", "person", "identity", moved=False),
            "类型",
        ),
        "evidence": optional(FLAG, "作为凭据留存", moved=False),
        "clause": optional(Clause(), "依据的条款", moved=False),
    },
)

TRANSITION = Record(
    "步骤 transition",
    {
        "id": required(Id(), "编号", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "from": required(Many(Id(), single=True), "从哪些状态", moved=False),
        "to": required(Id(), "到哪个状态", moved=False),
        "by": required(Many(Id(), single=True), "哪些角色可做", moved=False),
        "requires": optional(Many(Id(), single=True), "必须已填的项", moved=False),
        "any_of": optional(Many(Many(Id())), "每组至少填一项", moved=False),
        "other_person_than": optional(Many(Id(), single=True), "须与做过这些步骤的人不同", moved=False),
        "after": optional(Many(Id(), single=True), "须先做过的步骤", moved=False),
        "within_days": optional(whole("0"), "自进入状态起几日内"),
        "clause": optional(Clause(), "依据的条款", moved=False),
    },
)

NOT_ASKED = Record(
    "不再要求 not asked",
    {
        "title": required(Text(), "材料"),
        "title_en": optional(Text(), "英文"),
        "clause": optional(Clause(), "依据的条款"),
    },
)

RATE = Record(
    "比率 rate",
    {
        "id": required(Id(), "编号"),
        "title": required(Text(), "中文"),
        "title_en": optional(Text(), "英文"),
        "reached": required(Many(Id(), single=True), "分子：到过这些状态"),
        "without": optional(Many(Id(), single=True), "且没有做过这些步骤"),
        "among": required(Many(Id(), single=True), "分母：到过这些状态"),
        "clause": optional(Clause(), "依据的条款"),
    },
)

FIELDS: dict[str, Field] = {
    "start": required(Id(), "起始状态", moved=False),
    "states": required(Many(STATE, least=2), "状态", moved=False),
    "roles": required(Table(Text(), keys=Id()), "角色 → 名称", moved=False),
    "fields": optional(Many(DATUM), "填报项", moved=False),
    "transitions": required(Many(TRANSITION), "步骤"),
    "not_asked": optional(Many(NOT_ASKED), "不得要求的材料", moved=False),
    "rates": optional(Many(RATE), "由本流程算出的比率", moved=False),
}

STEP = Record(
    "一步 step",
    {
        "do": required(Id(), "做哪一步"),
        "by": required(Text(), "谁"),
        "role": required(Id(), "以什么角色"),
        "day": optional(whole("0"), "第几天"),
        "fields": optional(Table(Anything(empty=True)), "填了什么"),
        "refused": optional(Text(), "应被拒绝，且说这些话"),
    },
)

CASE: dict[str, Field] = {"steps": optional(Many(STEP), "依次做"), "expect": optional(Id(), "最后的状态")}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """States, roles, fields and steps that are named exist; every state can be reached."""
    faults = [fault for key in ("states", "transitions") for fault in repeated(entry, key, "id")]
    states = [row["id"] for row in entry.get("states")]
    steps = [row["id"] for row in entry.get("transitions")]
    data = [row["id"] for row in entry.get("fields", [])]
    named = {"from": states, "to": states, "by": list(entry.get("roles")), "requires": data}
    faults += _undefined(entry, "transitions", {**named, "other_person_than": steps, "after": steps})
    faults += _undefined(entry, "rates", {"reached": states, "among": states, "without": steps})
    start = entry.get("start")
    if start not in states:
        faults.append(entry.fault("start", f"没有定义 (not defined) {start!r}", near=nearest(start, states)))
    reached = {start, *(row["to"] for row in entry.get("transitions"))}
    for number, name in enumerate(states):
        if name not in reached:
            faults.append(entry.fault(("states", number), f"到不了的状态 (state cannot be reached) {name!r}"))
    return faults


def _undefined(entry: Entry, part: str, named: dict[str, list[str]]) -> list[Fault]:
    return [
        entry.fault((part, number, key), f"没有定义 (not defined) {name!r}", near=nearest(name, known))
        for number, row in enumerate(entry.get(part, []))
        for key, known in named.items()
        for name in listed(row.get(key, []))
        if name not in known
    ]


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Take the steps in turn; refused ones must say the expected words, the last state must be the expected one."""
    journey, differences = begin(entry), []
    for row in case.data.get("steps", []):
        step = Step(row["do"], row["by"], row["role"], int(row.get("day", "0")), row.get("fields", {}))
        try:
            journey = take(entry, journey, step)
        except Refused as error:
            if "refused" not in row or row["refused"] not in str(error):
                differences.append(f"{row['do']}: {error}")
        else:
            if "refused" in row:
                differences.append(f"{row['do']}: 应被拒绝 ({row['refused']})，却做成了")
    if "expect" in case.data and journey.state != case.data["expect"]:
        differences.append(f"应到 {case.data['expect']}，得 {journey.state}")
    return judged(case, differences)


KIND = Kind("process", "流程 (process)", FIELDS, check=check, run_case=run_case, case=CASE)
