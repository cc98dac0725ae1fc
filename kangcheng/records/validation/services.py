"""Check resources: structure, required elements, days, and the city's own profiles. Every fault at once, with its path."""

from dataclasses import replace
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.records.validation.profiles import profile_faults
from kangcheng.records.validation.schema import shape_faults
from kangcheng.records.validation.walk import inner, unknown_type, walk

MOST_INSIDE = 6  # resources within resources within resources


def faults_of(resource: Any, *, profiles: bool = True) -> list[Fault]:
    """Everything wrong with a resource (a parsed JSON value, decimals as Decimal) and with those inside it.

    Paths are FHIRPath from the resource down: `Observation.component[0].code`, `Bundle.entry[3].resource.status`.
    """
    wrong = unknown_type(resource, "")
    return [wrong] if wrong else _one(resource, profiles, 0)


def _one(resource: dict[str, Any], profiles: bool, depth: int) -> list[Fault]:
    found = [*shape_faults(resource), *walk(resource)]
    if profiles and not found:
        found += profile_faults(resource)
    for path, one in inner(resource) if depth < MOST_INSIDE else ():
        wrong = unknown_type(one, path)
        if wrong:
            found.append(wrong)
        else:
            cut = len(one["resourceType"])
            found += [
                replace(fault, where=path + fault.where[cut:]) for fault in _one(one, profiles, depth + 1)
            ]
    return _once(found)


def _once(faults: list[Fault]) -> list[Fault]:
    """One fault a path: a second rule that says the same of it adds nothing."""
    seen: dict[str, Fault] = {}
    for fault in faults:
        seen.setdefault(fault.where, fault)
    return list(seen.values())
