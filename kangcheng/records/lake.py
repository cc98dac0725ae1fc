"""What `records` gives to the lake: core views of clinical resources, one row a resource, without names or free text.

Each table is a ViewDefinition; the same definition runs in Python on a stream (views.selectors, views.arrow). Segmented
(sensitive) resources stay out. `person_id` is the resident's id as the resource was written with.
"""

from __future__ import annotations

from typing import Any

from kangcheng.lake.tables import Column, Table
from kangcheng.records.recognition.lake import TABLES as RECOGNITION
from kangcheng.records.views.reading import family, read
from kangcheng.records.views.sql import select

_WHEN = "ansi/type"


def _column(name: str, path: str, meaning: str, day: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "path": path, "description": meaning}
    return {**made, "tag": [{"name": _WHEN, "value": "DATE"}]} if day else made


DEFINITIONS: dict[str, tuple[str, str, tuple[dict[str, Any], ...]]] = {
    "conditions": ("Condition", "诊断与问题（每条一行）", (
        _column("code", "code.coding[0].code", "诊断代码"),
        _column("code_system", "code.coding[0].system", "代码系统"),
        _column("clinical_status", "clinicalStatus.coding[0].code", "临床状态"),
        _column("verification", "verificationStatus.coding[0].code", "核实状态"),
        _column("encounter", "encounter.getReferenceKey()", "所属就诊"),
        _column("onset_on", "onset.ofType(dateTime)", "起病日", day=True),
        _column("recorded_on", "recordedDate", "记录日", day=True),
    )),
    "observations": ("Observation", "检查检验与量表结果（每项一行）", (
        _column("code", "code.coding[0].code", "项目代码"),
        _column("code_system", "code.coding[0].system", "代码系统"),
        _column("category", "category[0].coding[0].code", "类别"),
        _column("status", "status", "状态"),
        _column("value", "value.ofType(Quantity).value", "数值（文字，位数不失）"),
        _column("unit", "value.ofType(Quantity).unit", "单位"),
        _column("value_code", "value.ofType(CodeableConcept).coding[0].code", "结果代码"),
        _column("interpretation", "interpretation[0].coding[0].code", "提示"),
        _column("encounter", "encounter.getReferenceKey()", "所属就诊"),
        _column("effective_on", "effective.ofType(dateTime)", "检查日", day=True),
    )),
    "encounters": ("Encounter", "就诊（每次一行）", (
        _column("class", "class.code", "类别：AMB 门诊，IMP 住院，EMER 急诊，HH 入户"),
        _column("status", "status", "状态"),
        _column("organization", "serviceProvider.getReferenceKey()", "机构"),
        _column("started_on", "period.start", "开始日", day=True),
        _column("ended_on", "period.end", "结束日", day=True),
    )),
    "procedures": ("Procedure", "操作与手术（每次一行）", (
        _column("code", "code.coding[0].code", "操作代码"),
        _column("code_system", "code.coding[0].system", "代码系统"),
        _column("status", "status", "状态"),
        _column("encounter", "encounter.getReferenceKey()", "所属就诊"),
        _column("performed_on", "performed.ofType(dateTime)", "操作日", day=True),
    )),
    "medications": ("MedicationRequest", "处方药品（每条一行）", (
        _column("code", "medication.ofType(CodeableConcept).coding[0].code", "药品代码"),
        _column("code_system", "medication.ofType(CodeableConcept).coding[0].system", "代码系统"),
        _column("status", "status", "状态"),
        _column("intent", "intent", "意图"),
        _column("encounter", "encounter.getReferenceKey()", "所属就诊"),
        _column("authored_on", "authoredOn", "开方日", day=True),
    )),
}  # fmt: skip
_DAYS = {"conditions": "recorded_on", "observations": "effective_on", "encounters": "started_on",
         "procedures": "performed_on", "medications": "authored_on"}  # fmt: skip
_OWN = (Column("person_id", "uuid", "居民的内部编号", "opaque id of the person"),
        Column("resource_id", "text", "资源编号", "id of the resource"))  # fmt: skip


def definition(name: str) -> dict[str, Any]:
    """The ViewDefinition of a core table."""
    resource, title, columns = DEFINITIONS[name]
    return {"resourceType": "ViewDefinition", "name": name, "title": title, "status": "active", "resource": resource,
            "select": [{"column": list(columns)}]}  # fmt: skip


def _table(name: str) -> Table:
    _, title, described = DEFINITIONS[name]
    view = read(definition(name))
    meanings = {column["name"]: column["description"] for column in described}
    columns = tuple(
        Column(
            one.name,
            "date" if one.sql else "boolean" if family(one.type or "") == "boolean" else "text",
            meanings[one.name],
        )
        for one in view.columns
    )
    return Table(name, title, (*_OWN, *columns), select(view), when=_DAYS[name])


TABLES: tuple[Table, ...] = (*(_table(name) for name in DEFINITIONS), *RECOGNITION)
