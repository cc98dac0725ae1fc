"""Core views in the lake: what PostgreSQL's SELECT yields is what the same view yields in Python."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from kangcheng.base.accounts.types import Actor
from kangcheng.records import lake
from kangcheng.records.store import services as store
from kangcheng.records.views import arrow, selectors
from kangcheng.records.views.sql import select
from kangcheng.records.views.types import UnfitResource

PERSON = UUID("018f0000-0000-7000-8000-000000000001")
WHO = {"reference": f"Patient/{PERSON}"}
CODE = {"coding": [{"system": "http://loinc.org", "code": "8480-6"}, {"system": "urn:x", "code": "other"}]}
RESOURCES: list[dict[str, Any]] = [
    {"resourceType": "Observation", "status": "final", "code": CODE, "subject": WHO, "effectiveDateTime": "2024-05-01T09:00:00+08:00",
     "valueQuantity": {"value": 132.5, "unit": "mmHg"}, "encounter": {"reference": "Encounter/e1/_history/2"},
     "category": [{"coding": [{"code": "vital-signs"}]}]},
    {"resourceType": "Observation", "status": "final", "code": {"text": "无代码"}, "subject": WHO, "effectiveDateTime": "2024"},
    {"resourceType": "Condition", "code": CODE, "subject": WHO, "onsetDateTime": "2020-01-02", "recordedDate": "2024-01-03",
     "clinicalStatus": {"coding": [{"code": "active"}]}},
    {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": WHO,
     "period": {"start": "2024-01-03", "end": "2024-01-03"}, "serviceProvider": {"reference": "Organization/o1"}},
    {"resourceType": "Procedure", "status": "completed", "code": CODE, "subject": WHO, "performedDateTime": "2024-02"},
    {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": WHO, "authoredOn": "2024-03-01",
     "medicationCodeableConcept": CODE},
]  # fmt: skip


@pytest.mark.django_db
def test_the_lake_holds_what_the_views_yield(system: Actor, today: date) -> None:
    for resource in RESOURCES:
        store.put(resource, subject=PERSON, by=system, on=today)
    for table in (one for one in lake.TABLES if one.name in lake.DEFINITIONS):
        view = selectors.view(lake.definition(table.name))
        with connection.cursor() as cursor:
            cursor.execute(table.select)
            assert cursor.description and [column.name for column in cursor.description] == [
                one.name for one in table.columns
            ]
            held = sorted((row[2:] for row in cursor.fetchall()), key=str)
        (batch,) = arrow.batches(view, RESOURCES)
        assert held == sorted((tuple(row.values()) for row in batch.to_pylist()), key=str), table.name
        assert held


def test_a_view_that_needs_more_is_refused_not_approximated() -> None:
    for column in (
        {"path": "name.where(use = 'official').family"},
        {"path": "deceased"},
        {"path": "name.given", "collection": True},
    ):
        view = selectors.view({"resource": "Patient", "select": [{"column": [{"name": "x", **column}]}]})
        with pytest.raises(UnfitResource):
            select(view)
    unnested = {
        "resource": "Patient",
        "select": [{"forEach": "name", "column": [{"name": "x", "path": "family"}]}],
    }
    with pytest.raises(UnfitResource):
        select(selectors.view(unnested))


def test_batches_keep_types_and_lists() -> None:
    view = selectors.view(
        {"resource": "Patient", "select": [{"column": [
            {"name": "on", "path": "active"}, {"name": "given", "path": "name.given", "collection": True},
            {"name": "born", "path": "birthDate", "tag": [{"name": "ansi/type", "value": "DATE"}]},
        ]}]}
    )  # fmt: skip
    people = [{"resourceType": "Patient", "active": True, "birthDate": "1970-01-02", "name": [{"given": ["a", "b"]}]},
              {"resourceType": "Patient", "birthDate": "1970"}] * 3  # fmt: skip
    made = list(arrow.batches(view, people, size=4))
    assert [batch.num_rows for batch in made] == [4, 2]
    assert made[0].to_pylist()[:2] == [
        {"on": True, "given": ["a", "b"], "born": date(1970, 1, 2)}, {"on": None, "given": [], "born": None}
    ]  # fmt: skip
