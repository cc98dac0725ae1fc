"""Questions about reach and about places without what they should have."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Count

from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.areas.types import Area
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.institutions.types import Institution
from kangcheng.registry.people.models import Resident
from kangcheng.registry.reach.models import AreaReach
from kangcheng.registry.reach.types import Reach

CENTRES = ("community_centre", "township_hospital")
CLINICS = ("village_clinic", "community_station")
TOWNSHIP, VILLAGE = 4, 5


@dataclass(frozen=True)
class Place:
    """A township or village with the institutions that serve it."""

    area: Area
    institutions: tuple[Institution, ...]
    residents: int

    @property
    def served(self) -> bool:
        """It has one."""
        return bool(self.institutions)

    @property
    def standard(self) -> bool:
        """It has a public one that passes the standard."""
        return any(one.standardised and one.ownership == "public" for one in self.institutions)


def of_measure(measure: str, *, area: str = "") -> list[Reach]:
    """The newest computation, slowest first, those without a way before all. Three queries."""
    rows = list(AreaReach.objects.filter(measure=measure, area_code__startswith=area))
    known = {one.code: one for one in areas.under(area, level=VILLAGE)} if rows else {}
    counts = living()
    found = [
        Reach(
            row.measure, row.area_code, known[row.area_code].name if row.area_code in known else row.area_code,
            row.institution_id, row.metres, row.seconds, row.limit_seconds, row.within, row.by_road, row.computed_on,
            counts.get(row.area_code, 0),
            known[row.area_code].longitude if row.area_code in known else None,
            known[row.area_code].latitude if row.area_code in known else None,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.seconds is not None, -(one.seconds or 0), one.area_code))


def share(rows: list[Reach]) -> Fraction | None:
    """Share of the living residents of these areas who are within the limit; None without residents."""
    everybody = sum(one.residents for one in rows)
    return Fraction(sum(one.residents for one in rows if one.within), everybody) if everybody else None


def townships(on: date, *, area: str = "") -> list[Place]:
    """Every township and subdistrict of the counties where people live, with its centres."""
    return _places(on, area, TOWNSHIP, CENTRES)


def villages(on: date, *, area: str = "") -> list[Place]:
    """Every village and community, with its clinics and stations."""
    return _places(on, area, VILLAGE, CLINICS)


def living() -> dict[str, int]:
    """Area of residence -> living residents. One query."""
    rows = Resident.objects.filter(death_on=None, left_on=None).values_list("area_code").annotate(Count("pk"))
    return dict(rows.order_by())


def _places(on: date, area: str, level: int, kinds: tuple[str, ...]) -> list[Place]:
    digits = {TOWNSHIP: 9, VILLAGE: 12}[level]
    there: dict[str, list[Institution]] = {}
    for one in institutions.list_on(on, area=area):
        if one.type in kinds:
            there.setdefault(one.area_code[:digits], []).append(one)
    counts: dict[str, int] = {}
    counties = set()
    for code, count in living().items():
        counts[code[:digits]] = counts.get(code[:digits], 0) + count
        counties.add(code[:6])
    found = [
        one
        for county in sorted(counties)
        if county.startswith(area[:6])
        for one in areas.under(county, level=level)
        if one.open_on(on) and one.code.startswith(area)
    ]
    return [Place(one, tuple(there.get(one.code, ())), counts.get(one.code, 0)) for one in found]
