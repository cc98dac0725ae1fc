"""The log-ins of the demonstration: one for every role, each where such a person would work."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from kangcheng.base.accounts import selectors, services
from kangcheng.base.accounts.models import User
from kangcheng.base.accounts.types import system_actor
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.institutions.types import Institution
from kangcheng.registry.people import selectors as people
from kangcheng.registry.people.types import Person

ADULT = timedelta(days=40 * 365)  # old enough to have had a year of care
POOR = frozenset({"registered_poor", "low_income"})  # who is both is paid for by five payers
HOSPITAL = "county_hospital"
COUNTY = 6  # digits of an area code that name the county
ASKED = 20  # how many are asked for their settlements, to find one with few


@dataclass(frozen=True)
class DemoUser:
    """A log-in; `works_at` is a type of institution, "" for the whole city."""

    login: str
    name: str
    role: str
    title: str
    works_at: str = ""
    by_area: bool = False  # answers for the area of that institution, not for the institution


USERS = (
    DemoUser("cashier", "钱晓敏", "cashier", "收费员（区医院） Cashier", "county_hospital"),
    DemoUser("clinician", "孙立群", "clinician", "医师（区医院） Clinician", "county_hospital"),
    DemoUser("village", "周守田", "village_doctor", "村医 Village doctor", "village_clinic"),
    DemoUser("officer", "吴佳宁", "fund_officer", "基金经办 Fund officer"),
    DemoUser("auditor", "郑明远", "fund_auditor", "基金审核 Fund auditor"),
    DemoUser("cdc", "冯雨晴", "disease_control", "疾控人员 Disease-control officer", "cdc", by_area=True),
    DemoUser("inspector", "陈铁", "inspector", "监督员 Inspector"),
    DemoUser(
        "manager",
        "褚国梁",
        "institution_manager",
        "机构负责人（区医院） Institution manager",
        "county_hospital",
    ),
    DemoUser("office", "蒋文秀", "bureau_officer", "机关科员 Bureau officer"),
    DemoUser("leader", "卫思远", "bureau_leader", "局领导 Bureau leader"),
    DemoUser("system", "蒋一帆", "system_admin", "系统管理员 System administrator"),
    DemoUser("security", "沈安", "security_admin", "安全管理员 Security administrator"),
    DemoUser("audit", "韩正", "audit_admin", "审计管理员 Audit administrator"),
    DemoUser("resident", "", "resident", "居民（建档立卡家庭） Resident"),
)


def ensure_users(*, password: str, on: date) -> None:
    """Open the accounts that are not there yet; those that are keep their roles and password.

    An account whose institution the city does not have is left out: without it the grant would cover the whole city.
    """
    missing = [wanted for wanted in USERS if selectors.find_user(wanted.login) is None]
    for wanted, place in [(wanted, _place(wanted, on)) for wanted in missing]:
        if place is not None:
            _open(wanted, place, password, on)


def _open(wanted: DemoUser, place: tuple[UUID | None, str], password: str, on: date) -> None:
    by = system_actor("demo")
    person, name = _resident(on) if wanted.role == "resident" else (None, wanted.name)
    user: User = services.create_user(
        login=wanted.login,
        display_name=name,
        password=password,
        person_id=person,
        must_change_password=False,
        by=by,
        on=on,
        why="演示账户",
    )
    institution, area = place
    services.grant_role(
        user=user, role=wanted.role, institution_id=institution, area_code=area, by=by, on=on, why="演示账户"
    )


def _place(wanted: DemoUser, on: date) -> tuple[UUID | None, str] | None:
    """The institution and the area a grant is bound to; None when there is none."""
    if not wanted.works_at:
        return None, ""
    found = _by_poor(on) if wanted.works_at == HOSPITAL else institutions.list_on(on, type=wanted.works_at)
    if not found:
        return None
    return (None, found[0].area_code) if wanted.by_area else (found[0].id, "")


def _by_poor(on: date) -> list[Institution]:
    """County hospitals: first where the fund pays and most of the residents live whom five payers pay for."""
    hospitals = institutions.list_on(on, type=HOSPITAL)
    if len(hospitals) < 2:
        return hospitals
    lives = Counter(person.area_code[:COUNTY] for person in _poor(on))
    return sorted(hospitals, key=lambda one: (not one.designated, -lives[one.area_code[:COUNTY]]))


def _poor(on: date, area: str = "") -> list[Person]:
    """Grown-ups below an area, covered as residents, of a registered-poor household with the minimum living allowance."""
    wanted = people.Wanted(
        area=area, category="registered_poor", scheme="resident", living=True, born_before=on - ADULT
    )
    found = people.search(wanted, on=on, within=Q(), limit=2000)
    facts = people.facts_many([person.id for person in found], on)
    return [person for person in found if facts[person.id].categories >= POOR]


def _resident(on: date) -> tuple[UUID | None, str]:
    """A grown-up of a registered-poor household."""
    wanted = people.Wanted(category="registered_poor", living=True, born_before=on - ADULT)
    found = people.search(wanted, on=on, within=Q(), limit=1)
    return (found[0].id, found[0].name) if found else (None, "演示居民")


def sample_identity(on: date) -> str:
    """The identity number of a made-up resident to try the counter with, "" when there is none.

    Somebody whom five payers pay for, living where the log-in `cashier` works, and settled seldom; failing that any
    registered-poor resident.
    """
    home = _poor(on, _counter_area(on))
    if home:
        person: UUID | None = min(home[:ASKED], key=lambda one: len(settlements.history([one.id]))).id
    else:
        person = _resident(on)[0]
    contact = people.contact(person) if person else None
    return contact.identity if contact else ""


def _counter_area(on: date) -> str:
    """The county where `cashier` works, "" for anywhere."""
    user = selectors.find_user("cashier")
    grant = user.grants.first() if user else None
    place = institutions.get(grant.institution_id, on) if grant and grant.institution_id else None
    return place.area_code[:COUNTY] if place else ""
