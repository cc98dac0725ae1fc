"""The kind `mapping` with its cases: a message or a row, and what it must come to. Pure."""

from dataclasses import replace
from typing import Any

from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds import mapping as schema
from kangcheng.policy.pack import Pack
from kangcheng.records.inbox import rules
from kangcheng.records.inbox.hl7v2 import read
from kangcheng.records.inbox.reading import mapping
from kangcheng.records.inbox.types import Result
from kangcheng.records.validation.services import faults_of


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Map the case's message or row and compare; what is made must be valid resources."""
    found = mapping(entry)
    if "message" in case.data:
        result = rules.of_message(found, read("\r".join(case.data["message"]).encode()), "case")
    else:
        result = rules.of_row(found, case.data.get("row", {}), "case")
    told = " ".join(str(fault) for fault in result.faults)
    refused = case.data.get("refused", [])
    words = [refused] if isinstance(refused, str) else refused
    differences = [f"应指出 (should say) {word!r}，得 {told!r}" for word in words if word not in told]
    if not words:
        differences += [str(fault) for fault in result.faults] + _invalid(result) + _unlike(result, case)
    return judged(case, differences)


def _invalid(result: Result) -> list[str]:
    every = [*([result.patient] if result.patient else []), *(made.resource for made in result.made)]
    return [str(fault) for one in every for fault in faults_of(one, profiles=False)]


def _unlike(result: Result, case: Case) -> list[str]:
    parts: dict[str, list[Any]] = {"patient": [result.patient]}
    for made in result.made:
        parts.setdefault(made.part, []).append(made.resource)
    differences = []
    for name, wanted in case.data.get("count", {}).items():
        if len(parts.get(name, [])) != int(wanted):
            differences.append(f"{name}: 应为 {wanted} 个，得 {len(parts.get(name, []))}")
    for path, wanted in case.data.get("expect", {}).items():
        got = _at(parts, path)
        if got != wanted:
            differences.append(f"{path}: 应为 {wanted}，得 {got}")
    return differences


def _at(parts: dict[str, list[Any]], path: str) -> str:
    """The text at `observation[1].valueQuantity.value`, "" when nothing is there."""
    head, _, rest = path.partition(".")
    name, _, number = head.rstrip("]").partition("[")
    rows = parts.get(name, [])
    here: Any = rows[int(number or 0)] if int(number or 0) < len(rows) else None
    for step in rest.split("."):
        name, _, index = step.rstrip("]").partition("[")
        here = here.get(name) if isinstance(here, dict) else None
        if index and isinstance(here, list):
            here = here[int(index)] if int(index) < len(here) else None
    return "" if here is None else str(here)


KINDS = (replace(schema.KIND, run_case=run_case),)
