"""The log-ins of the demonstration: one for every role, each where such a person would work."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from kangcheng.base.accounts import selectors, services
from kangcheng.base.accounts.models import User
from kangcheng.base.accounts.types import system_actor
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.people import selectors as people

ADULT = timedelta(days=40 * 365)  # old enough to have had a year of care


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
    for wanted in USERS:
        place = _place(wanted, on)
        if place is not None and selectors.find_user(wanted.login) is None:
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
    """The institution and the area a grant is bound to: the first of its type by name; None when there is none."""
    if not wanted.works_at:
        return None, ""
    found = institutions.list_on(on, type=wanted.works_at)
    if not found:
        return None
    return (None, found[0].area_code) if wanted.by_area else (found[0].id, "")


def _resident(on: date) -> tuple[UUID | None, str]:
    """A grown-up of a registered-poor household."""
    wanted = people.Wanted(category="registered_poor", living=True, born_before=on - ADULT)
    found = people.search(wanted, on=on, within=Q(), limit=1)
    return (found[0].id, found[0].name) if found else (None, "演示居民")


def sample_identity(on: date) -> str:
    """The identity number of a made-up registered-poor resident, to try the counter with; "" when there is none."""
    wanted = people.Wanted(category="registered_poor", living=True, born_before=on - ADULT)
    found = people.search(wanted, on=on, within=Q(), limit=1)
    contact = people.contact(found[0].id) if found else None
    return contact.identity if contact else ""
