"""What happened to the city's institutions and staff of late: openings, a conversion, closings, further sites, contracts.

Written through the verbs of the registry after the year's claims are in, so that no bill meets a closed door.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from kangcheng.registry.areas import services as areas
from kangcheng.registry.institutions import selectors, services
from kangcheng.registry.institutions.types import Institution, NewInstitution
from kangcheng.registry.reach import services as reach
from kangcheng.registry.staff import services as staff
from kangcheng.registry.staff.selectors import of_institution
from kangcheng.registry.staff.types import NewStaff
from kangcheng.synth import points
from kangcheng.synth.city import City
from kangcheng.synth.places import make_code

PRIVATE = ("安和骨科医院", "明目眼科医院", "康乐康复医院", "仁济口腔医院")
CLOSE_EVERY, KEPT = 11, 4  # of the rural clinics one in eleven closes, never one of the first
SITES = 6  # doctors with a further site
MORNING, NOON, EVENING = 8 * 60, 12 * 60, 17 * 60


def write(city: City, act: dict[str, Any]) -> None:
    """Where every area lies; openings of last year, this month's changes, contracts and further sites; then how far everybody is."""
    on: date = act["on"]
    areas.locate(points=points.of_areas(city.areas["code"].to_pylist()), **act)
    month = on.replace(day=1)
    found = selectors.list_on(on)
    _open_private(found, on.year - 1, act)
    clinics = sorted((one for one in found if one.type == "village_clinic"), key=lambda one: one.code)
    for number, one in enumerate(clinics):
        if number >= KEPT and number % CLOSE_EVERY == KEPT:
            services.close(institution_id=one.id, closed_on=month, **act | {"why": "村医离岗，暂无人接替"})
    _convert(clinics[2], month, act)
    _lose_a_centre(found, month, act)
    _further_sites(found, act)
    for measure in ("walk", "ambulance"):
        reach.compute(measure=measure, by=act["by"], on=on)


def _open_private(found: list[Institution], year: int, act: dict[str, Any]) -> None:
    counties = sorted({one.area_code[:6] for one in found if one.type == "county_hospital"})
    where = points.of_areas(counties)
    for number, name in enumerate(PRIVATE):
        county = counties[number % len(counties)]
        code = make_code(county, 9_000_000 + number)
        longitude, latitude = points.of_site(code, where[county])
        new = NewInstitution(
            code=code, name=name, type="specialised_hospital", ownership="private", area_code=county, level="一级",
            valid_from=date(year, 2 + 3 * number % 12, 18), beds=60 + 20 * number, longitude=longitude, latitude=latitude,
            functions="专科诊疗", governed_by="县（区）卫生健康局", why="准予开业",
        )  # fmt: skip
        services.register(new=new, **act)


def _convert(clinic: Institution, month: date, act: dict[str, Any]) -> None:
    services.change(
        institution_id=clinic.id, valid_from=month, type="community_station",
        name=clinic.name.replace("卫生室", "社区卫生服务站"), functions="预防保健、基本医疗",
        **act | {"why": "撤村建居，转为以预防保健为主的社区卫生服务站"},
    )  # fmt: skip


def _lose_a_centre(found: list[Institution], month: date, act: dict[str, Any]) -> None:
    centres = sorted((one for one in found if one.type == "community_centre"), key=lambda one: one.code)
    services.change(
        institution_id=centres[-1].id, valid_from=month, type="community_station", standardised=False,
        name=centres[-1].name.replace("服务中心", "服务站"), **act | {"why": "业务用房拆迁，按站运行，中心另行选址"},
    )  # fmt: skip


def _further_sites(found: list[Institution], act: dict[str, Any]) -> None:
    """Doctors of county hospitals who also see patients at a township hospital or centre nearby, half a day a week."""
    on, sites = act["on"], [one for one in found if one.type in ("township_hospital", "community_centre")]
    since = on - timedelta(days=200)
    made = 0
    for hospital in sorted((one for one in found if one.type == "county_hospital"), key=lambda one: one.code):
        near = sorted(
            (one for one in sites if one.area_code[:6] == hospital.area_code[:6]), key=lambda one: one.code
        )
        doctors = [
            one for one in of_institution(hospital.id, on) if one.post == "clinician" and one.licence_number
        ]
        for number, doctor in enumerate(doctors[:2]):
            if made >= SITES or not near:
                return
            staff.set_hours(
                staff_id=doctor.id,
                hours=[(day, MORNING, NOON) for day in range(1, 5)],
                valid_from=since,
                **act,
            )
            new = NewStaff(
                institution_id=near[number % len(near)].id, name=doctor.name, post=doctor.post, valid_from=since,
                licence_number=doctor.licence_number, title="主治医师", contract="established", main=False,
                managing_id=hospital.id,
            )  # fmt: skip
            further: UUID = staff.hire(new=new, **act)
            staff.set_hours(
                staff_id=further, hours=[(5, MORNING, NOON), (5, NOON + 90, EVENING)], valid_from=since, **act
            )
            staff.train(
                staff_id=doctor.id, course="全科医学继续教育", hours=24, passed=True, taken_on=since, **act
            )
            made += 1
