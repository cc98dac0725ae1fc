"""Which rows of the store a caller may see: one condition, used for reads, searches, chains, includes and totals alike.

* what is about a resident: those whom `access` lets the caller see on the day;
* what is about nobody: public knowledge (code systems, questionnaires, medications); other things by their institution only;
* sensitive segments: the institution that wrote it, the resident, who opened the file in an emergency, and who was given
  consent for that very segment.
"""

from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kangcheng.access.contacts.selectors import seen_by
from kangcheng.access.emergencies.selectors import opened_by
from kangcheng.access.scope import BY_CONSENT_ONLY, own, visible
from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.base.subqueries import as_sql
from kangcheng.records.search.types import Sql, Within
from kangcheng.registry.people.selectors import ids_of, ids_reached, ids_within, led_to

PUBLIC = frozenset(
    {
        "ActivityDefinition", "CapabilityStatement", "CatalogEntry", "ChargeItemDefinition", "CodeSystem",
        "CompartmentDefinition", "ConceptMap", "EffectEvidenceSynthesis", "EventDefinition", "Evidence", "EvidenceVariable",
        "ExampleScenario", "GraphDefinition", "HealthcareService", "ImplementationGuide", "InsurancePlan", "Library",
        "Measure", "Medication", "MedicationKnowledge", "MessageDefinition", "NamingSystem", "ObservationDefinition",
        "OperationDefinition", "PlanDefinition", "Questionnaire", "ResearchDefinition", "ResearchElementDefinition",
        "SearchParameter", "Schedule", "Slot", "SpecimenDefinition", "StructureDefinition", "StructureMap", "Substance",
        "TerminologyCapabilities", "ValueSet",
    }
)  # fmt: skip
EVERYBODY: Sql = ("TRUE", [])
NOTHING: Sql = ("FALSE", [])


def within(by: Actor, on: date, segments: tuple[str, ...]) -> Within:
    """The condition for `by` on the day. `segments`: codes of the sensitive categories there are.

    For everybody but residents it is the same text all day (what it finds is looked up anew each time), so it is made once.
    """
    return _made(by, on, segments) if by.may("own.look") else _kept(by, on, segments)


@lru_cache(maxsize=2048)
def _kept(by: Actor, on: date, segments: tuple[str, ...]) -> Within:
    return _made(by, on, segments)


def _made(by: Actor, on: date, segments: tuple[str, ...]) -> Within:
    if SYSTEM in by.roles:
        return lambda alias: EVERYBODY
    people, about_nobody = _people(by, on), _about_nobody(by)
    hidden = _segments(by, on, segments)

    def condition(alias: str) -> Sql:
        parts = [_of(alias, one) for one in (people, about_nobody, hidden)]
        return f"(({parts[0][0]} OR {parts[1][0]}) AND {parts[2][0]})", [
            *parts[0][1],
            *parts[1][1],
            *parts[2][1],
        ]

    return condition


def may_reach(by: Actor, on: date, person_id: UUID) -> bool:
    """True when `by` may see the resident. One query."""
    sql, given = _people(by, on) if by.may("own.look") else _reach(by, on)
    return ids_reached(person_id, sql.replace("{a}", "asked"), given)


@lru_cache(maxsize=2048)
def _reach(by: Actor, on: date) -> Sql:
    return _people(by, on)


def _of(alias: str, condition: Sql) -> Sql:
    return condition[0].replace("{a}", alias), condition[1]


def _people(by: Actor, on: date) -> Sql:
    ways: list[Sql] = []
    if by.may("record.look"):
        if "" in by.where("record.look").areas and by.purpose not in BY_CONSENT_ONLY:
            return "{a}.subject_id IS NOT NULL", []
        seen = visible(by.where("record.look", "person.look"), on)
        ways.append(_subject_in(ids_within(seen)))
    elif by.may("own.look") and by.person_id and by.purpose not in BY_CONSENT_ONLY:
        return "{a}.subject_id = ANY(%s::uuid[])", [sorted(own(by.person_id, on))]
    if not ways:
        return NOTHING
    return ways[0]


def _subject_in(golden: QuerySet[Any, Any]) -> Sql:
    """Rows whose resident, or the one it was merged into, is among these."""
    (sql, given), (also, also_given) = as_sql(golden), as_sql(led_to(golden))
    return f"({{a}}.subject_id IN ({sql}) OR {{a}}.subject_id IN ({also}))", [*given, *also_given]


def _about_nobody(by: Actor) -> Sql:
    if not by.may("record.look"):
        return NOTHING
    if "" in by.where("record.look").areas:
        return "{a}.subject_id IS NULL", []
    mine = sorted(by.where("record.look").institutions)
    return "({a}.subject_id IS NULL AND ({a}.type = ANY(%s) OR {a}.institution_id = ANY(%s::uuid[])))", [
        sorted(PUBLIC),
        mine,
    ]


def _segments(by: Actor, on: date, segments: tuple[str, ...]) -> Sql:
    ways: list[Sql] = [("{a}.segment = ''", [])]
    mine = sorted(by.where("record.look").institutions) if by.may("record.look") else []
    if mine:
        ways.append(("{a}.institution_id = ANY(%s::uuid[])", [mine]))
        for code in segments:
            agreed = seen_by(mine, f"segment:{code}", on, consent_only=True)
            sql, given = as_sql(agreed.order_by())
            ways.append((f"({{a}}.segment = %s AND {{a}}.subject_id IN ({sql}))", [code, *given]))
    if by.may("own.look") and by.person_id:
        ways.append(("{a}.subject_id = ANY(%s::uuid[])", [sorted(own(by.person_id, on))]))
    if by.may("record.look"):
        sql, given = as_sql(opened_by(by.user_id, on).order_by())
        ways.append((f"{{a}}.subject_id IN ({sql})", list(given)))
    return f"({' OR '.join(sql for sql, _ in ways)})", [one for _, given in ways for one in given]


def same(kind: str, logical_id: str) -> list[str]:
    """All ids of one resident: rows keep the id they were written with."""
    if kind != "Patient":
        return [logical_id]
    try:
        return [str(one) for one in ids_of(UUID(logical_id))]
    except ValueError:
        return [logical_id]
