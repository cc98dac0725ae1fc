"""What the schema cannot see: missing required elements, two of a choice, empty things, days that do not exist. Pure."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.records.definitions.selectors import Element, elements_of, resource_types

DEEPEST = 64  # levels; extensions within extensions end somewhere
MOST_DIGITS = 40  # of a decimal
LONGEST_TEXT = 1_048_576  # characters of a string (FHIR: 1 MB)
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
DATES = frozenset({"date", "dateTime", "instant"})
OPEN = Element("", False, False, (), "")  # stands for what the schema has already refused


def walk(resource: dict[str, Any]) -> list[Fault]:
    """Every fault of `resource` that needs no schema; resources inside are left to the caller. Paths as in FHIRPath."""
    kind = resource["resourceType"]
    return list(_object(resource, kind, kind, 0))


def inner(resource: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """(path, resource) of the resources directly inside: contained, bundled, carried by Parameters."""
    kind = resource.get("resourceType", "")
    if isinstance(resource.get("contained"), list):
        for at, one in enumerate(resource["contained"]):
            yield f"{kind}.contained[{at}]", one
    if kind == "Bundle" and isinstance(resource.get("entry"), list):
        for at, entry in enumerate(resource["entry"]):
            yield from _of_entry(f"Bundle.entry[{at}]", entry)
    if kind == "Parameters":
        yield from _of_parameters("Parameters", resource.get("parameter"), "parameter", 0)


def _of_entry(path: str, entry: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(entry, dict):
        if "resource" in entry:
            yield f"{path}.resource", entry["resource"]
        response = entry.get("response")
        if isinstance(response, dict) and "outcome" in response:
            yield f"{path}.response.outcome", response["outcome"]


def _of_parameters(path: str, rows: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    if not isinstance(rows, list) or depth > DEEPEST:
        return
    for at, row in enumerate(rows):
        if isinstance(row, dict):
            here = f"{path}.{name}[{at}]"
            if "resource" in row:
                yield f"{here}.resource", row["resource"]
            yield from _of_parameters(here, row.get("part"), "part", depth + 1)


def unknown_type(resource: Any, path: str) -> Fault | None:
    """The fault of something that is not a resource of R4; None when it is one."""
    if not isinstance(resource, dict):
        return Fault(path, "不是资源 (not a resource)", "JSON 对象")
    kind = resource.get("resourceType")
    if isinstance(kind, str) and kind in resource_types():
        return None
    where = f"{path}.resourceType" if path else "resourceType"
    if kind is None:
        return Fault(where, "缺少资源类型 (resourceType is missing)", "FHIR R4")
    return Fault(where, f"没有这种资源 (no such resource type) {str(kind)[:64]!r}", "FHIR R4")


def _object(given: dict[str, Any], kind: str, path: str, depth: int) -> Iterator[Fault]:
    if depth > DEEPEST:
        yield Fault(path, "嵌套过深 (nested too deeply)", f"至多 {DEEPEST} 层")
        return
    elements = elements_of(kind)
    if not given and kind != "Meta":  # the server fills it
        yield Fault(path, "对象为空 (empty object)", "FHIR JSON 不许空对象")
    chosen: dict[str, str] = {}
    for name, value in given.items():
        one = elements.get(name.removeprefix("_"), OPEN)
        if one.choice and chosen.setdefault(one.choice, name.removeprefix("_")) != name.removeprefix("_"):
            yield Fault(
                f"{path}.{one.choice}[x]",
                f"只能给一个：已有 {chosen[one.choice]}，又有 {name} (one only)",
                "FHIR R4",
            )
        yield from _value(value, one, given, name, f"{path}.{name}", depth)
    yield from _missing(given, kind, path, chosen)


def _missing(given: dict[str, Any], kind: str, path: str, chosen: dict[str, str]) -> Iterator[Fault]:
    for name, choice in _required(kind):
        if choice:
            if choice not in chosen:
                yield Fault(
                    f"{path}.{choice}[x]", f"缺少必填项 {choice}[x] (required)", "FHIR R4", "补上该元素"
                )
        elif name not in given and f"_{name}" not in given:
            yield Fault(f"{path}.{name}", f"缺少必填项 {name} (required)", "FHIR R4", "补上该元素")


_REQUIRED: dict[str, tuple[tuple[str, str], ...]] = {}


def _required(kind: str) -> tuple[tuple[str, str], ...]:
    """(element, choice) of what a type must have; a choice once."""
    if kind not in _REQUIRED:
        wanted = {
            one.choice or name: (name, one.choice) for name, one in elements_of(kind).items() if one.required
        }
        _REQUIRED[kind] = tuple(wanted.values())
    return _REQUIRED[kind]


def _value(
    value: Any, one: Element, given: dict[str, Any], name: str, path: str, depth: int
) -> Iterator[Fault]:
    if isinstance(value, dict):
        if one.type != "ResourceList" and not (name == "resource" and one is OPEN):
            yield from _object(value, "Element" if name.startswith("_") else one.type, path, depth + 1)
    elif isinstance(value, list):
        yield from _list(value, one, given, name, path, depth)
    elif value is None:
        yield Fault(path, "不许为 null (null not allowed)", "FHIR JSON", "不知道的元素不写")
    else:
        yield from _primitive(value, one, path)


def _list(
    value: list[Any], one: Element, given: dict[str, Any], name: str, path: str, depth: int
) -> Iterator[Fault]:
    if not value:
        yield Fault(path, "数组为空 (empty array)", "FHIR JSON 不许空数组", "没有内容的元素不写")
    other = given.get(name[1:] if name.startswith("_") else f"_{name}")
    for at, item in enumerate(value):
        if item is None:
            beside = other[at] if isinstance(other, list) and at < len(other) else None
            if beside is None:
                yield Fault(f"{path}[{at}]", "不许为 null (null not allowed)", "FHIR JSON")
        else:
            yield from _value(item, one, given, name, f"{path}[{at}]", depth)


def _primitive(value: Any, one: Element, path: str) -> Iterator[Fault]:
    if isinstance(value, str):
        if not value.strip():
            yield Fault(path, "文字为空 (empty string)", "FHIR JSON 不许空字符串")
        elif "\x00" in value:
            yield Fault(path, "含零字符 (holds NUL)", "FHIR string")
        elif len(value) > LONGEST_TEXT and one.type != "base64Binary":
            yield Fault(path, "文字过长 (string too long)", "至多 1 MB")
        elif one.type in DATES:
            yield from _day(value, path)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**MOST_DIGITS:
        yield Fault(path, "数过大 (number too large)", f"至多 {MOST_DIGITS} 位")
    elif one.type == "decimal" and hasattr(value, "as_tuple"):
        yield from _decimal(value, path)


def _decimal(value: Any, path: str) -> Iterator[Fault]:
    _, digits, exponent = value.as_tuple()
    if len(digits) > MOST_DIGITS or abs(exponent) > MOST_DIGITS:
        yield Fault(path, "小数位数过多 (too many digits)", f"至多 {MOST_DIGITS} 位")


def _day(value: str, path: str) -> Iterator[Fault]:
    found = DAY.match(value)
    if found is None:
        return  # a year, a month, or a form the schema refuses
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        yield Fault(path, f"没有这一天 (no such day) {found[0]}", "公历日期", "改正日期")
