"""A made-up town for tests and timings of the settlement service: two hospitals, a catalogue, people in households.

The same call gives the same ids, so that other processes find what one of them built.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from kangcheng.base.accounts.roles import ROLES
from kangcheng.base.accounts.types import Actor, system_actor
from kangcheng.kernel.ids import check_digit, organisation_check, uscc_check
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack
from kangcheng.registry.areas.models import Area
from kangcheng.registry.catalogues import services as catalogues
from kangcheng.registry.catalogues.types import NewHospitalItem, NewItem, NewMapping
from kangcheng.registry.categories import services as categories
from kangcheng.registry.categories.types import NewCategory
from kangcheng.registry.coverage import services as coverage
from kangcheng.registry.coverage.types import NewCoverage
from kangcheng.registry.households import services as households
from kangcheng.registry.households.types import NewHousehold, NewMember
from kangcheng.registry.institutions import services as institutions
from kangcheng.registry.institutions.types import NewInstitution
from kangcheng.registry.people import services as people
from kangcheng.registry.people.types import NewPerson

DAY = date(2024, 5, 20)
SINCE = date(2020, 1, 1)
VILLAGE = "360803100201"
AREAS = {
    "36": "江西省", "3608": "吉安市", "360803": "青原区", "360803100": "河东镇", VILLAGE: "测试村",
    "360802": "吉州区", "360802001": "测试街道",
}  # fmt: skip
ITEMS = (
    # hospital code, national code, name, kind, class, group, price in fen, limit in fen
    ("A1", "N-A1", "甲类药品", "drug", "jia", "jia", 100_00, None),
    ("B1", "N-B1", "乙类药品", "drug", "yi", "yi", 50_00, None),
    ("Z1", "N-Z1", "自费药品", "drug", "zifei", "zifei", 30_00, None),
    ("L1", "N-L1", "限价材料", "material", "jia", "jia", 80_00, 60_00),
    ("FEE", "fee-general-consultation", "一般诊疗费", "service", "jia", "jia", 10_00, None),
)


def town_id(*names: object) -> UUID:
    """The id of something in the town: the same names give the same id."""
    return uuid5(NAMESPACE_URL, ":".join(["kangcheng:town", *map(str, names)]))


COUNTY_HOSPITAL = town_id("institution", "county")
TOWNSHIP_HOSPITAL = town_id("institution", "township")


@dataclass(frozen=True)
class Town:
    """Ids of what was built."""

    people: tuple[UUID, ...]


@lru_cache(maxsize=1)
def pack() -> Pack:
    """The town's rules."""
    return load_pack("town", root=Path(__file__).parent / "packs")


def person_id(number: int) -> UUID:
    """Resident number `number`."""
    return town_id("person", number)


def household_id(number: int) -> UUID:
    """The household of resident `number`: two people each."""
    return town_id("household", number // 2)


def cashier(number: int = 0, institution: UUID = COUNTY_HOSPITAL) -> Actor:
    """Cashier `number` of an institution."""
    return staff("cashier", number, institution)


def staff(role: str, number: int = 0, institution: UUID | None = COUNTY_HOSPITAL) -> Actor:
    """Somebody with a role, at an institution or (None) for the whole city."""
    return Actor(
        user_id=town_id(role, number),
        name=f"{ROLES[role].title}{number}",
        roles=frozenset({role}),
        areas=("",) if institution is None else (),
        institutions=frozenset({institution}) if institution else frozenset(),
        purpose="test",
        permissions=ROLES[role].permissions,
    )


def build(count: int = 20) -> Town:
    """Write the town with `count` residents into the database."""
    by = system_actor("town")
    Area.objects.bulk_create(
        [
            Area(
                code=code,
                name=name,
                level={2: 1, 4: 2, 6: 3, 9: 4, 12: 5}[len(code)],
                parent_code=_above(code),
            )
            for code, name in AREAS.items()
        ],
        ignore_conflicts=True,
    )
    _institutions(by)
    _catalogue(by)
    return _people(count, by)


def _above(code: str) -> str:
    return max((other for other in AREAS if code != other and code.startswith(other)), key=len, default="")


def _institutions(by: Actor) -> None:
    rows = (
        (COUNTY_HOSPITAL, "测试县医院", "county_hospital", "二级", "360803"),
        (TOWNSHIP_HOSPITAL, "测试镇卫生院", "township_hospital", "", "360803100"),
    )
    institutions.bulk(
        [
            NewInstitution(
                code=uscc(number), name=name, type=kind, ownership="public", area_code=area, valid_from=SINCE,
                level=level, designated_from=SINCE, id=place,
            )
            for number, (place, name, kind, level, area) in enumerate(rows)
        ],
        by=by, on=DAY,
    )  # fmt: skip


def _catalogue(by: Actor) -> None:
    catalogues.bulk_items(
        [
            NewItem(kind, national, name, SINCE, insurance_class=cls, group=group, price=price, price_limit=limit)
            for _, national, name, kind, cls, group, price, limit in ITEMS
        ],
        by=by, on=DAY,
    )  # fmt: skip
    places = (COUNTY_HOSPITAL, TOWNSHIP_HOSPITAL)
    catalogues.bulk_hospital_items(
        [
            NewHospitalItem(place, code, name, kind, price, SINCE)
            for place in places
            for code, _, name, kind, _, _, price, _ in ITEMS
        ]
        + [NewHospitalItem(place, "X1", "未对照项目", "drug", 100, SINCE) for place in places],
        by=by, on=DAY,
    )  # fmt: skip
    catalogues.bulk_mappings(
        [NewMapping(place, code, national, SINCE) for place in places for code, national, *_ in ITEMS],
        proposed_by=system_actor("proposer"), by=by, on=DAY,
    )  # fmt: skip


def _people(count: int, by: Actor) -> Town:
    ids = [person_id(number) for number in range(count)]
    people.bulk(
        [
            NewPerson(name=f"测试{number}", area_code=VILLAGE, identity=identity(number), id=ids[number])
            for number in range(count)
        ],
        by=by, on=DAY,
    )  # fmt: skip
    homes = sorted({household_id(number) for number in range(count)})
    households.bulk(
        [NewHousehold(f"H{place}", VILLAGE, home) for place, home in enumerate(homes)],
        [
            NewMember(ids[number], household_id(number), "head" if number % 2 == 0 else "spouse", SINCE)
            for number in range(count)
        ],
        by=by, on=DAY,
    )  # fmt: skip
    coverage.bulk([NewCoverage(one, "resident", SINCE) for one in ids], by=by, on=DAY)
    poor = [NewCategory(one, "registered_poor", SINCE, source="test") for one in ids[::4]]
    categories.bulk(poor, by=by, on=DAY)
    return Town(tuple(ids))


def identity(number: int) -> str:
    """A well-formed number of nobody: the division 360803, a birthday, a sequence."""
    birth = date(1960, 1, 1) + timedelta(days=7 * (number % 2000))
    body = f"360803{birth:%Y%m%d}{1 + number // 2000:03d}"
    return body + check_digit(body)


def uscc(number: int) -> str:
    """A well-formed unified social credit code of nobody."""
    organisation = f"MB00000{number}"
    body = f"12360803{organisation}{organisation_check(organisation)}"
    return body + uscc_check(body)
