"""A procedure as a state machine: who may do which step, with what filled in, by when, and who must be somebody else."""

from collections.abc import Iterable, Iterator
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.journeys import run_case
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.kinds.tiers import repeated
from kangcheng.policy.machine import listed
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import (
    FLAG,
    Amount,
    Anything,
    At,
    Clause,
    Day,
    Field,
    Id,
    Many,
    Move,
    OneOf,
    Record,
    Table,
    Text,
    choice,
    nearest,
    optional,
    ref,
    required,
    whole,
)
from kangcheng.policy.source import Mapping, Path_, Scalar, Sequence

MOMENT = r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?"
BOUND = OneOf((Amount(), Day()), hint="金额（元）、数或日期 (yuan, number or date)")
ROLES = Many(Id(), single=True)

ESCALATION = Record(
    "逾期上报 escalation",
    {
        "after": required(whole("0"), "逾期多久后，单位同时限"),
        "to": required(Id(), "报给哪个角色"),
    },
)

DEADLINE = Record(
    "时限 deadline",
    {
        "within": required(whole("1"), "进入状态后多久之内"),
        "unit": required(choice("hours", "days", "working_days"), "小时、日、工作日"),
        "remind": optional(whole("0"), "到期前多久提醒，单位同时限"),
        "escalate": optional(Many(ESCALATION), "逾期上报"),
        "clause": optional(Clause(), "依据的条款", moved=False),
        "source": optional(Text(), "没有条款时的出处", moved=False),
    },
)

STATE = Record(
    "状态 state",
    {
        "id": required(Id(), "编号", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "final": optional(FLAG, "是否终点", moved=False),
        "deadline": optional(DEADLINE, "在此状态的办理时限"),
    },
)

DATUM = Record(
    "填报项 field",
    {
        "id": required(Id(), "编号", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "type": required(
            choice(
                "text", "money", "date", "number", "flag", "file", "person", "identity", "code", "quantity", "institution",
                "place", moved=False,
            ),
            "类型",
        ),
        "codelist": optional(ref("codelist"), "类型 code：从哪个代码表选", moved=False),
        "options": optional(Many(Text()), "类型 code：直接列出可选的话", moved=False),
        "unit": optional(Text(), "类型 quantity：计量单位（台、人、平方米……）", moved=False),
        "help": optional(Text(), "填写说明", moved=False),
        "evidence": optional(FLAG, "作为凭据留存", moved=False),
        "clause": optional(Clause(), "依据的条款", moved=False),
    },
)  # fmt: skip

BOUNDS = ("at_least", "above", "at_most", "below")

CONDITION = Record(
    "条件 condition",
    {
        "field": required(Id(), "哪个填报项", moved=False),
        **{name: optional(BOUND, words) for name, words in zip(BOUNDS, ("≥", "＞", "≤", "＜"), strict=True)},
        "is": optional(Many(Text(), single=True), "是其中之一", moved=False),
        "is_not": optional(Many(Text(), single=True), "不是其中任何一个", moved=False),
        "filled": optional(FLAG, "已填（yes）或未填（no）"),
    },
    exactly_one=((*BOUNDS, "is", "is_not", "filled"),),
)

OPINIONS = Record(
    "会签 opinions",
    {
        "of": required(Many(Id(), single=True), "征求哪些角色的意见", moved=False),
        "at_least": required(whole("1"), "至少几个角色给出意见"),
        "in_favour": optional(whole("0"), "其中至少几个同意"),
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
        "by": required(ROLES, "哪些角色可做", moved=False),
        "kind": optional(
            choice("step", "return", "withdraw", moved=False),
            "step 默认；return 退回，须写意见；withdraw 撤回，只能由申请人本人，须写意见",
        ),
        "scope": optional(
            choice("case", "institution", "area", "city", "applicant", moved=False),
            "角色须管到：case 默认，本案的机构或地区；institution 本机构的人；area 管该地区的人；city 全市的人；applicant 申请人本人",
        ),
        "when": optional(Many(CONDITION), "须全部成立的条件"),
        "requires": optional(Many(Id(), single=True), "必须已填的项，附件也在内", moved=False),
        "any_of": optional(Many(Many(Id())), "每组至少填一项", moved=False),
        "fills": optional(Many(Id(), single=True), "这一步可以填、也可不填的项", moved=False),
        "comment": optional(FLAG, "须写意见", moved=False),
        "opinions": optional(OPINIONS, "须先有的会签意见"),
        "persons": optional(whole("1"), "须由几个不同的人各确认一次（双人、双印鉴写 2）"),
        "other_person_than": optional(Many(Id(), single=True), "须与做过这些步骤的人不同；open 指申请", moved=False),
        "after": optional(Many(Id(), single=True), "须先做过的步骤", moved=False),
        "within_days": optional(whole("0"), "自进入状态起几日内"),
        "after_days": optional(whole("1"), "自进入状态起满几日（公示期等）"),
        "clause": optional(Clause(), "依据的条款", moved=False),
    },
)  # fmt: skip

OPEN = Record(
    "发起 open",
    {
        "by": required(ROLES, "哪些角色可以发起", moved=False),
        "requires": optional(Many(Id(), single=True), "发起时必须填的项", moved=False),
        "any_of": optional(Many(Many(Id())), "每组至少填一项", moved=False),
        "fills": optional(Many(Id(), single=True), "发起时可以填的项", moved=False),
        "when": optional(Many(CONDITION), "须全部成立的条件"),
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
    "subject": optional(
        choice("institution", "area", "person", "none", moved=False), "案件关于什么；默认 institution"
    ),
    "calendar": optional(ref("calendar"), "工作日按哪个日历；有工作日时限时必写", moved=False),
    "start": required(Id(), "起始状态", moved=False),
    "states": required(Many(STATE, least=2), "状态"),
    "roles": required(Table(Text(), keys=Id()), "角色 → 名称", moved=False),
    "held_by": optional(
        Table(Many(Id(), single=True), keys=Id()), "角色 → 由系统中哪些角色担任；不写即同名角色", moved=False
    ),
    "open": optional(OPEN, "谁可以发起、发起时填什么"),
    "fields": optional(Many(DATUM), "填报项", moved=False),
    "label": optional(Id(), "清单上显示哪个填报项（不得是个人信息）", moved=False),
    "transitions": required(Many(TRANSITION), "步骤"),
    "not_asked": optional(Many(NOT_ASKED), "不得要求的材料", moved=False),
    "rates": optional(Many(RATE), "由本流程算出的比率", moved=False),
}

DUE: dict[str, Field] = {
    "state": optional(Id(), "之后的状态"),
    "due": optional(Text(pattern=MOMENT), "之后的办理期限"),
    "remind": optional(Text(pattern=MOMENT), "何时提醒"),
    "escalate": optional(Table(Text(pattern=MOMENT), keys=Id()), "角色 → 何时上报"),
}

STEP = Record(
    "一步 step",
    {
        "do": optional(Id(), "做哪一步"),
        "opinion": optional(choice("agree", "disagree"), "给出会签意见"),
        "by": required(Text(), "谁"),
        "role": required(Id(), "以什么角色"),
        "day": optional(whole("0"), "第几天"),
        "fields": optional(Table(Anything(empty=True)), "填了什么"),
        "comment": optional(Text(), "意见"),
        "refused": optional(Text(), "应被拒绝，且说这些话"),
        **DUE,
    },
    exactly_one=(("do", "opinion"),),
)

OPENING = Record(
    "发起 opening",
    {
        "by": required(Text(), "谁"),
        "role": required(Id(), "以什么角色"),
        "fields": optional(Table(Anything(empty=True)), "填了什么"),
        "refused": optional(Text(), "应被拒绝，且说这些话"),
        **DUE,
    },
)

CASE: dict[str, Field] = {
    "since": optional(Text(pattern=MOMENT), "发起的日期或时刻；要核期限时必写"),
    "open": optional(OPENING, "怎样发起"),
    "steps": optional(Many(STEP), "依次做"),
    "expect": optional(Id(), "最后的状态"),
}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """States, roles, fields and steps that are named exist; every state can be reached and no final one left."""
    parts = ["states", "transitions", *(["fields"] if entry.get("fields") else [])]
    faults = [fault for key in parts for fault in repeated(entry, key, "id")]
    states = [row["id"] for row in entry.get("states")]
    steps = [row["id"] for row in entry.get("transitions")]
    data = [row["id"] for row in entry.get("fields", [])]
    roles = list(entry.get("roles"))
    named = {"from": states, "to": states, "by": roles, "requires": data, "fills": data}
    faults += _undefined(
        entry, "transitions", {**named, "other_person_than": [*steps, "open"], "after": steps}
    )
    faults += _undefined(entry, "rates", {"reached": states, "among": states, "without": steps})
    faults += [
        entry.fault(path, f"没有定义 (not defined) {name!r}", near=nearest(name, known))
        for path, name, known in _deeper(entry, states, roles, data)
        if name not in known
    ]
    return [*faults, *_shape(entry, states), *_deadlines(entry), *_types(entry)]


def _undefined(entry: Entry, part: str, named: dict[str, list[str]]) -> list[Fault]:
    return [
        entry.fault((part, number, key), f"没有定义 (not defined) {name!r}", near=nearest(name, known))
        for number, row in enumerate(entry.get(part, []))
        for key, known in named.items()
        for name in listed(row.get(key, []))
        if name not in known
    ]


def _deeper(
    entry: Entry, states: list[str], roles: list[str], data: list[str]
) -> Iterator[tuple[Path_, str, list[str]]]:
    """Names inside the parts of states and steps: place, name, what it may be."""
    yield ("start",), entry.get("start"), states
    if entry.get("label"):
        yield ("label",), entry.get("label"), data
    for role in entry.get("held_by", {}):
        yield ("held_by", role), role, roles
    for number, row in enumerate(entry.get("states")):
        for one, step in enumerate(row.get("deadline", {}).get("escalate", [])):
            yield ("states", number, "deadline", "escalate", one, "to"), step["to"], roles
    asked: list[tuple[Path_, dict[str, Any]]] = [
        (("transitions", n), row) for n, row in enumerate(entry.get("transitions"))
    ]
    if entry.get("open"):
        asked.append((("open",), entry.get("open")))
        for key, known in (("by", roles), ("requires", data), ("fills", data)):
            yield from ((("open", key), name, known) for name in listed(entry.get("open").get(key, [])))
    for path, row in asked:
        yield from _inside(path, row, roles, data)


def _inside(
    path: Path_, row: dict[str, Any], roles: list[str], data: list[str]
) -> Iterator[tuple[Path_, str, list[str]]]:
    for number, group in enumerate(row.get("any_of", [])):
        yield from (((*path, "any_of", number), name, data) for name in group)
    for number, condition in enumerate(row.get("when", [])):
        yield (*path, "when", number, "field"), condition["field"], data
    for name in listed(row.get("opinions", {}).get("of", [])):
        yield (*path, "opinions", "of"), name, roles


def _shape(entry: Entry, states: list[str]) -> list[Fault]:
    """A state nobody reaches, a final state that is left, more opinions than roles."""
    faults = []
    reached = {entry.get("start"), *(row["to"] for row in entry.get("transitions"))}
    for number, name in enumerate(states):
        if name not in reached:
            faults.append(entry.fault(("states", number), f"到不了的状态 (state cannot be reached) {name!r}"))
    final = {row["id"] for row in entry.get("states") if row.get("final") == "yes"}
    for number, row in enumerate(entry.get("transitions")):
        for name in sorted(final & set(listed(row["from"]))):
            faults.append(
                entry.fault(("transitions", number, "from"), f"终点不能再走 (final state) {name!r}")
            )
        opinions = row.get("opinions")
        if opinions and int(opinions["at_least"]) > len(listed(opinions["of"])):
            place = ("transitions", number, "opinions", "at_least")
            faults.append(entry.fault(place, "多于征求意见的角色 (more opinions than roles)"))
    return faults


def _deadlines(entry: Entry) -> list[Fault]:
    units = [row.get("deadline", {}).get("unit") for row in entry.get("states")]
    if "working_days" in units and not entry.get("calendar"):
        place = ("states", units.index("working_days"), "deadline")
        return [entry.fault(place, "工作日时限须写 calendar (no calendar)", todo="calendar: working-days")]
    return []


def _types(entry: Entry) -> list[Fault]:
    """A code field says what may be chosen, a quantity its unit."""
    faults = []
    for number, row in enumerate(entry.get("fields", [])):
        if row["type"] == "code" and not (row.get("codelist") or row.get("options")):
            faults.append(entry.fault(("fields", number), "须写 codelist 或 options (no codes)"))
        if row["type"] == "quantity" and not row.get("unit"):
            faults.append(entry.fault(("fields", number), "须写 unit (no unit)"))
    return faults


def moves(entry: Entry, at: At) -> Iterable[Move]:
    """Every role that may do, opine or be told, moved to another role of the entry."""
    roles = list(entry.get("roles"))
    for path, name in _role_places(entry):
        other = next((role for role in roles if role not in listed(name)), None)
        if other is not None:
            line = entry.line(*path)
            yield Move(path, Scalar(other, line), line, f"{name} → {other}")


def _role_places(entry: Entry) -> Iterator[tuple[Path_, str | list[str]]]:
    for part in ("states", "transitions"):
        node = entry.node.items[part]
        assert isinstance(node, Sequence)
        for number, row in enumerate(node.items):
            assert isinstance(row, Mapping)
            data = entry.get(part)[number]
            if "by" in data:
                yield (part, number, "by"), data["by"]
            for one, step in enumerate(data.get("deadline", {}).get("escalate", [])):
                yield (part, number, "deadline", "escalate", one, "to"), step["to"]
    if entry.get("open"):
        yield ("open", "by"), entry.get("open")["by"]


KIND = Kind("process", "流程 (process)", FIELDS, check=check, run_case=run_case, case=CASE, moves=moves)
