"""A message through a mapping to resources: pure, the same message always gives the same resources under the same ids."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from kangcheng.kernel.errors import Fault
from kangcheng.records.inbox.hl7v2 import Message, Segments
from kangcheng.records.inbox.types import (
    RESIDENT,
    Condition,
    Made,
    Mapping,
    Part,
    Repeat,
    Result,
    Scope,
    Value,
)

STEP = re.compile(r"([a-zA-Z]+)(?:\[(\d)\])?")
MOMENT = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:[ T]?(\d{2}):?(\d{2})(?::?(\d{2})(?:\.\d{1,6})?)?)?(Z|[+-]\d{2}:?\d{2})?"
)
NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?")
FLAGS = {"y": True, "yes": True, "1": True, "true": True, "是": True, "n": False, "no": False, "0": False,
         "false": False, "否": False}  # fmt: skip
OFFSET = "+08:00"  # a moment without one is China's


@dataclass(frozen=True)
class Cells:
    """A row of a sheet: heading -> text."""

    row: dict[str, str]

    def text(self, place: str, repeat: Repeat | None = None) -> str:
        """The cell under a heading."""
        return self.row.get(place, "").strip()


@dataclass
class _Run:
    """One message on its way: what the parts have made so far, and the faults."""

    mapping: Mapping
    sender: str
    faults: list[Fault] = field(default_factory=list)
    made: dict[str, list[tuple[Scope, Made]]] = field(default_factory=dict)


def of_message(mapping: Mapping, message: Message, sender: str) -> Result:
    """The resources of an HL7 v2 message. `sender` goes into every id: numbers are unique within a system only."""
    run = _Run(mapping, sender)
    return _result(run, ((part, list(message.scopes(part.each))) for part in mapping.parts))


def of_row(mapping: Mapping, row: dict[str, str], sender: str) -> Result:
    """The resources of one row of a sheet."""
    return _result(_Run(mapping, sender), ((part, [Cells(row)]) for part in mapping.parts))


def _result(run: _Run, work: Iterable[tuple[Part, list[Any]]]) -> Result:
    for part, scopes in work:
        run.made[part.id] = [
            (scope, made)
            for scope in scopes
            if _holds(part.when, scope) and (made := _make(run, part, scope))
        ]
    every = [made for rows in run.made.values() for _, made in rows]
    patient = next((made.resource for made in every if made.type == "Patient"), None)
    if patient is None and not run.faults:
        run.faults.append(Fault("Patient", "消息里没有患者 (no patient)"))
    kept = {
        made.logical_id: made for made in every if made.type != "Patient"
    }  # the same key twice: the later one
    return Result(patient, tuple(kept.values()), tuple(run.faults))


def _make(run: _Run, part: Part, scope: Scope) -> Made | None:
    key = [scope.text(place) for place in part.key]
    if part.key and not any(key):
        run.faults.append(Fault(" ".join(part.key), f"缺少 {part.type} 的编号 (its key is missing)"))
        return None
    resource: dict[str, Any] = {"resourceType": part.type}
    given = {element: _first(run, part, values, scope, element) for element, values in part.set}
    for element, values in part.set:
        value = given[element]
        if value not in ("", None, []) and not (_only_literal(values) and _bare(element, part, given)):
            _put(resource, element, value)
    return Made(part.id, part.type, _id(run, part.type, key), _packed(resource))


def _id(run: _Run, kind: str, key: list[str]) -> str:
    """The id that a resource of the sender's with this key has, whichever message it comes in."""
    return str(uuid5(NAMESPACE_URL, "kangcheng:inbox:" + "\x1f".join((run.sender, kind, *key))))


def _only_literal(values: tuple[Value, ...]) -> bool:
    return all(value.literal for value in values)


def _bare(element: str, part: Part, given: dict[str, Any]) -> bool:
    """True when everything else of the literal's object comes from the message and nothing came: it would say nothing."""
    inside = element.rpartition(".")[0]
    if not inside:
        return False
    beside = [one for one, values in part.set if one.startswith(f"{inside}.") and not _only_literal(values)]
    return bool(beside) and all(given[one] in ("", None, []) for one in beside)


def _first(run: _Run, part: Part, values: tuple[Value, ...], scope: Scope, element: str) -> Any:
    for value in values:
        if not _holds(value.when, scope):
            continue
        found = _value(run, part, value, scope)
        if found not in ("", None, []):
            return found
    needed = next((value for value in values if value.required and _holds(value.when, scope)), None)
    if needed is not None and not any(fault.where == needed.place for fault in run.faults):
        run.faults.append(Fault(needed.place, f"必填项为空 (missing)：{part.type}.{element}"))
    return ""


def _value(run: _Run, part: Part, value: Value, scope: Scope) -> Any:
    if value.ref:
        return _reference(run, value.ref, part, scope)
    if value.every:
        near = [made for other, made in run.made.get(value.every, ()) if _near(part, scope, other)]
        return [{"reference": f"{made.type}/{made.logical_id}"} for made in near]
    if value.to:
        key = [scope.text(place) for place in value.to[1]]
        return {"reference": f"{value.to[0]}/{_id(run, value.to[0], key)}"} if all(key) else ""
    text = value.literal or scope.text(value.place, value.repeat)
    if text and value.table:
        known = run.mapping.tables[value.table]
        if text not in known and not value.otherwise:
            allowed = "、".join(list(known)[:12])
            run.faults.append(
                Fault(value.place, "代码不在对照表内 (code not in the table)", f"{value.table}：{allowed}")
            )
            return ""
        text = known.get(text, value.otherwise)
    return _become(run, value, text) if text else ""


def _reference(run: _Run, name: str, part: Part, scope: Scope) -> Any:
    rows = run.made.get(name, [])
    if next((one.type for one in run.mapping.parts if one.id == name), "") == "Patient":
        return {"reference": RESIDENT}
    best = [made for other, made in rows if _near(part, scope, other)] or [made for _, made in rows]
    return {"reference": f"{best[0].type}/{best[0].logical_id}"} if best else ""


def _near(part: Part, scope: Scope, other: Scope) -> bool:
    """Whether two scopes stand under the same segment that `part` is made for."""
    if isinstance(scope, Segments) and isinstance(other, Segments):
        return not part.each or scope.same(part.each, other)
    return True


def _become(run: _Run, value: Value, text: str) -> Any:
    try:
        return _AS[value.becomes](text)
    except ValueError:
        words = {"day": "日期", "moment": "时间", "number": "数值", "whole": "整数", "flag": "是或否"}
        run.faults.append(Fault(value.place, f"不是{words[value.becomes]} (not a {value.becomes})"))
        return ""


def moment(text: str) -> str:
    """HL7 or ISO date and time as FHIR writes it. Raises ValueError."""
    found = MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second, zone = found.groups()
    datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
    if hour is None:
        return f"{year}-{month}-{day}"
    zone = zone or OFFSET
    shown = zone if zone == "Z" or ":" in zone else f"{zone[:3]}:{zone[3:]}"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{shown}"


def _number(text: str) -> Decimal:
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def _flag(text: str) -> bool:
    if text.lower() not in FLAGS:
        raise ValueError(text)
    return FLAGS[text.lower()]


_AS: dict[str, Any] = {
    "text": str, "day": lambda text: moment(text)[:10], "moment": moment, "number": _number, "flag": _flag,
    "whole": lambda text: int(_number(text)) if NUMBER.fullmatch(text) and "." not in text else _number("x"),
}  # fmt: skip


def _holds(conditions: tuple[Condition, ...], scope: Scope) -> bool:
    return all(_one_holds(one, scope.text(one.place)) for one in conditions)


def _one_holds(one: Condition, text: str) -> bool:
    if one.filled is not None:
        return bool(text) is one.filled
    return text in one.among if one.among else text not in one.none_of


def _put(resource: dict[str, Any], element: str, value: Any) -> None:
    """Write a value at `code.coding[0].code`; what is missing on the way is made."""
    steps = list(_steps(element))
    here: Any = resource
    for at, (name, index) in enumerate(steps):
        last = at == len(steps) - 1
        if index is None:
            here[name] = value if last else here.get(name, {})
            here = here[name]
            continue
        rows = here.setdefault(name, [])
        rows += [{} for _ in range(index + 1 - len(rows))]
        rows[index] = value if last else rows[index]
        here = rows[index]


def _steps(element: str) -> Iterator[tuple[str, int | None]]:
    for step in element.split("."):
        found = STEP.fullmatch(step)
        if found:
            yield found[1], int(found[2]) if found[2] is not None else None


def _packed(value: Any) -> Any:
    """Without the empty places that lists were filled up with."""
    if isinstance(value, dict):
        return {name: _packed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_packed(inner) for inner in value if inner != {}]
    return value
