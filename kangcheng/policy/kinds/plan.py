"""A plan as a tree of goals and tasks, each with its clause, owner, deadline and milestones."""

from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import (
    Clause,
    Day,
    Field,
    Id,
    Lazy,
    Many,
    Record,
    Span,
    Text,
    optional,
    ref,
    required,
)
from kangcheng.policy.source import Path_

MILESTONE = Record(
    "节点 milestone",
    {
        "title": required(Text(), "到时应做到什么"),
        "due_on": optional(Day(), "期限"),
        "clause": optional(Clause(), "依据的条款"),
    },
)

TASK: Record = Record(
    "任务 task",
    {
        "id": required(Id(), "编号，全计划唯一"),
        "title": required(Text(), "中文"),
        "title_en": optional(Text(), "英文"),
        "clause": optional(Clause(), "依据的条款"),
        "clauses": optional(Many(Clause(), single=True), "依据的多个条款"),
        "owner": optional(Text(), "牵头单位"),
        "with": optional(Many(Text(), single=True), "配合单位"),
        "due_on": optional(Day(), "期限"),
        "period": optional(Span(), "期间"),
        "indicators": optional(Many(ref("indicator")), "对应的指标"),
        "milestones": optional(Many(MILESTONE), "节点"),
        "tasks": optional(Many(Lazy("任务 task", lambda: TASK)), "下级任务"),
        "note": optional(Text(), "备注"),
    },
)

FIELDS: dict[str, Field] = {
    "document": optional(ref("document"), "所据文件", moved=False),
    "period": optional(Span(), "计划期间", moved=False),
    "owner": optional(Text(), "负责单位", moved=False),
    "goals": required(Many(TASK), "目标，下设任务", moved=False),
}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Task ids are unique in the whole tree."""
    faults: list[Fault] = []
    seen: set[str] = set()
    for path, task in tasks(entry):
        if task["id"] in seen:
            faults.append(entry.fault((*path, "id"), f"任务重复 (duplicate task) {task['id']!r}"))
        seen.add(task["id"])
    return faults


def tasks(entry: Entry) -> list[tuple[Path_, dict[str, Any]]]:
    """Every goal and task with its path, parents first."""
    found: list[tuple[Path_, dict[str, Any]]] = []
    waiting: list[tuple[Path_, dict[str, Any]]] = [
        (("goals", n), row) for n, row in enumerate(entry.get("goals"))
    ]
    while waiting:
        path, task = waiting.pop(0)
        found.append((path, task))
        waiting[:0] = [((*path, "tasks", n), row) for n, row in enumerate(task.get("tasks", []))]
    return found


KIND = Kind("plan", "规划 (plan)", FIELDS, check=check)
