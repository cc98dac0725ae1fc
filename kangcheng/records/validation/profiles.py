"""The city's own profiles: identity numbers, organisation codes, area codes, Chinese code systems. Pure.

Codes of a system are judged by form alone here; whether one is in the catalogue is the terminology's question.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.kernel.ids import identity_valid, uscc_valid
from kangcheng.records.validation.types import AREA_SYSTEM, ICD10_SYSTEM, IDENTITY_SYSTEM, ORGANISATION_SYSTEM

MASKED = re.compile(r"[0-9]{6}\*{8}[0-9X]{4}")  # as numbers go out: to be sent back unharmed
FORMS: dict[str, tuple[Callable[[str], Any], str]] = {
    AREA_SYSTEM: (re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}").fullmatch, "GB/T 2260：2、4、6、9 或 12 位数字"),
    ICD10_SYSTEM: (
        re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Zx]{1,3}([0-9A-Zx]{0,3}|x?[0-9]{1,3})?)?[†*+]?").fullmatch, "ICD-10 编码",
    ),
}  # fmt: skip


def profile_faults(resource: Any) -> list[Fault]:
    """What our profiles say against a resource that is structurally right; resources inside are left to the caller."""
    return list(_object(resource, resource["resourceType"]))


def _object(given: dict[str, Any], path: str) -> Iterator[Fault]:
    system = given.get("system")
    if isinstance(system, str):
        yield from _coded(given, system, path)
    for name, value in given.items():
        if name in ("contained", "resource", "entry", "text"):
            continue
        if isinstance(value, dict):
            yield from _object(value, f"{path}.{name}")
        elif isinstance(value, list):
            for at, item in enumerate(value):
                if isinstance(item, dict):
                    yield from _object(item, f"{path}.{name}[{at}]")


def _coded(given: dict[str, Any], system: str, path: str) -> Iterator[Fault]:
    value, code = given.get("value"), given.get("code")
    if (
        system == IDENTITY_SYSTEM
        and isinstance(value, str)
        and not (identity_valid(value) or MASKED.fullmatch(value))
    ):
        yield Fault(
            f"{path}.value", "不是有效的居民身份证号 (not an identity number)", "GB 11643", "对照证件改正"
        )
    if system == ORGANISATION_SYSTEM and isinstance(value, str) and not uscc_valid(value):
        yield Fault(f"{path}.value", "不是统一社会信用代码 (not a credit code)", "GB 32100", "核对后重发")
    if system in FORMS and isinstance(code, str):
        fits, rule = FORMS[system]
        if not fits(code):
            yield Fault(f"{path}.code", "编码格式不符 (wrong form of code)", rule, "核对后重发")
