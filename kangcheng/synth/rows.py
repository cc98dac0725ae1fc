"""The city's tables as the rows that the modules' `bulk` verbs take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pyarrow as pa

from kangcheng.funds.enrolment.types import NewEnrolment
from kangcheng.registry.cards.types import NewCard
from kangcheng.registry.catalogues.types import NewHospitalItem, NewItem, NewMapping
from kangcheng.registry.categories.types import NewCategory
from kangcheng.registry.coverage.types import NewCoverage
from kangcheng.registry.households.types import NewHousehold, NewMember
from kangcheng.registry.institutions.types import NewInstitution
from kangcheng.registry.matching.types import NewRecord
from kangcheng.registry.people.types import NewPerson
from kangcheng.registry.relations.types import NewRelation
from kangcheng.registry.staff.types import NewStaff
from kangcheng.synth import points
from kangcheng.synth.city import City
from kangcheng.synth.enrolling import Contribution

Ids = Mapping[str, UUID]
FUNCTIONS = {
    "county_hospital": "县域医疗中心，指导乡镇卫生院", "township_hospital": "基本医疗、公共卫生，管理村卫生室",
    "community_centre": "基本医疗、公共卫生", "village_clinic": "基本医疗、公共卫生随访", "community_station": "预防保健、基本医疗",
    "cdc": "疾病预防控制", "supervision": "卫生监督执法", "blood_station": "采供血", "emergency_centre": "院前急救",
    "maternal_child_hospital": "妇幼保健", "mental_hospital": "精神卫生",
}  # fmt: skip
TITLES = {"clinician": "主治医师", "nurse": "护师", "pharmacist": "药师", "village_doctor": "乡村医生"}
STANDARDISED = ("community_centre", "township_hospital")
BELOW_STANDARD, CITY_DIGITS = 7, 4  # one centre in seven is not up to standard
PRIVATE = ("pharmacy", "outpatient_clinic")


def institutions(city: City, since: date) -> list[NewInstitution]:
    """All institutions, open and (most) designated since that day, each beside the point of its area."""
    where = points.of_areas(city.areas["code"].to_pylist())
    sites = {
        row["code"]: points.of_site(row["code"], where.get(row["area_code"], points.CENTRE))
        for row in city.institutions.to_pylist()
    }
    return [
        NewInstitution(
            code=row["code"],
            name=row["name"],
            type=row["type"],
            ownership="private" if row["type"] in PRIVATE else "public",
            area_code=row["area_code"],
            valid_from=since,
            level=row["level"],
            beds=row["beds"],
            functions=FUNCTIONS.get(row["type"], ""),
            governed_by="市卫生健康委员会"
            if len(row["area_code"]) <= CITY_DIGITS or row["level"] == "三级"
            else "县（区）卫生健康局",
            standardised=int(row["code"][10:16]) % BELOW_STANDARD > 0
            if row["type"] in STANDARDISED
            else False,
            longitude=sites[row["code"]][0],
            latitude=sites[row["code"]][1],
            designated_from=since if row["designated"] else None,
        )
        for row in city.institutions.to_pylist()
    ]


def staff(city: City, institution: Ids, since: date) -> list[NewStaff]:
    """All posts. In rural counties the township hospital manages and employs whom a village clinic works with."""
    kinds = {row["code"]: (row["type"], row["area_code"]) for row in city.institutions.to_pylist()}
    above = {area: institution[code] for code, (kind, area) in kinds.items() if kind == "township_hospital"}
    return [
        NewStaff(
            institution_id=institution[row["institution"]],
            name=row["name"],
            post=row["post"],
            valid_from=since,
            licence_number=row["licence_number"],
            title=TITLES.get(row["post"], ""),
            **_employed(kinds[row["institution"]], above),
        )
        for row in city.staff.to_pylist()
    ]


def _employed(place: tuple[str, str], above: Mapping[str, UUID]) -> dict[str, Any]:
    """Contract and managing unit by kind of place; the last county has not integrated its village staff yet."""
    kind, area = place
    if kind == "village_clinic":
        integrated = area[:6] != max(above, default="")[:6]
        return (
            {"contract": "integrated", "managing_id": above.get(area[:9])}
            if integrated
            else {"contract": "temporary"}
        )
    return {"contract": "contract" if kind in PRIVATE else "established"}


def items(city: City, since: date) -> list[NewItem]:
    """Drugs, services, materials and diagnoses of the catalogue."""
    sold = [
        NewItem(
            kind=row["kind"],
            code=row["code"],
            name=row["name"],
            valid_from=since,
            unit=row["unit"],
            insurance_class=row["insurance_class"],
            group=row["group"],
            first_pay=row["first_pay"] or "",
            price_limit=row["price_limit"],
            price=row["price"],
            essential=row["essential"],
        )
        for row in city.items.to_pylist()
    ]
    ills = [NewItem("diagnosis", row["code"], row["name"], since) for row in city.diagnoses.to_pylist()]
    return [*sold, *ills]


def hospital_items(city: City, institution: Ids) -> list[NewHospitalItem]:
    """What each institution sells; its own preparations count as drugs."""
    kinds = {row["code"]: row["kind"] for row in city.items.to_pylist()}
    return [
        NewHospitalItem(
            institution_id=institution[row["institution"]],
            code=row["hospital_code"],
            name=row["name"],
            kind=kinds.get(row["item"], "drug"),
            price=row["price"],
            valid_from=row["valid_from"],
        )
        for row in city.hospital_items.to_pylist()
    ]


def mappings(city: City, institution: Ids) -> list[NewMapping]:
    """The mappings that were approved."""
    return [
        NewMapping(institution[row["institution"]], row["hospital_code"], row["item"], row["valid_from"])
        for row in city.hospital_items.to_pylist()
        if row["status"] == "approved"
    ]


def people(city: City) -> list[NewPerson]:
    """Everybody as first registered."""
    return [
        NewPerson(
            name=row["name"],
            area_code=row["area_code"],
            identity=row["identity_number"] or "",
            sex=row["sex"],
            birth_on=row["birth_on"],
            phone=row["phone"],
            address=row["address"],
            registered_area_code=row["area_code"],
            death_on=row["died_on"],
            source="synth",
        )
        for row in city.people.to_pylist()
    ]


def households(city: City, household: Ids) -> list[NewHousehold]:
    """All households; the number is the city's."""
    return [
        NewHousehold(row["household"], row["area_code"], household[row["household"]])
        for row in city.households.to_pylist()
    ]


def members(city: City, person: Ids, household: Ids, since: date) -> list[NewMember]:
    """Who lives where, since birth or since that day."""
    return [
        NewMember(
            person_id=person[row["person"]],
            household_id=household[row["household"]],
            role="other" if row["role"] == "grandchild" else row["role"],
            valid_from=max(row["birth_on"], since),
        )
        for row in city.people.to_pylist()
    ]


def guardians(city: City, person: Ids) -> list[NewRelation]:
    """Parents of children."""
    return [
        NewRelation(
            person[row["person"]], person[row["holder"]], "guardian", row["valid_from"], row["valid_to"]
        )
        for row in city.guardians.to_pylist()
    ]


def cards(city: City, person: Ids, since: date) -> list[NewCard]:
    """Social security cards and e-vouchers."""
    return [
        NewCard(person[row["person"]], row["kind"], row["number"], max(row["valid_from"], since))
        for row in city.cards.to_pylist()
    ]


def categories(city: City, person: Ids) -> list[NewCategory]:
    """Person categories with their validity."""
    return [
        NewCategory(person[row["person"]], row["category"], row["valid_from"], row["valid_to"], row["source"])
        for row in city.categories.to_pylist()
    ]


def coverage(city: City, person: Ids, paid: Iterable[Contribution]) -> list[NewCoverage]:
    """Who is insured when, with what was paid for the year in which the cover begins."""
    parts = {(one.person, one.scheme, one.year): one for one in paid}
    rows = []
    for row in city.coverage.to_pylist():
        part = parts.get((row["person"], row["scheme"], row["valid_from"].year))
        rows.append(
            NewCoverage(
                person_id=person[row["person"]],
                scheme=row["scheme"],
                valid_from=row["valid_from"],
                valid_to=row["valid_to"],
                premium=part.own if part else 0,
                subsidy=sum(part.others.values()) if part else 0,
                source="funds.enrolment",
            )
        )
    return rows


def records(written: pa.Table, system: str, institution: Ids) -> list[NewRecord]:
    """What an institution wrote down about some people, slips and all."""
    return [
        NewRecord(
            system=system,
            number=row["number"],
            name=row["name"],
            area_code=row["area_code"],
            sex=row["sex"],
            birth_on=row["birth_on"],
            identity=row["identity"],
            phone=row["phone"],
            address=row["address"],
            household=row["household"],
            institution_id=institution[system],
        )
        for row in written.to_pylist()
    ]


def enrolments(person: Ids, paid: Iterable[Contribution]) -> list[NewEnrolment]:
    """What was paid for each person and year."""
    return [
        NewEnrolment(person[one.person], one.scheme, one.year, one.own, one.others, one.paid_on)
        for one in paid
    ]
