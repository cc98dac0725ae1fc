"""A county hospital that buys equipment, the bureau above it, and people who act."""

from datetime import date
from types import SimpleNamespace
from uuid import UUID

import pytest

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.ids import new_id
from kangcheng.policy.reader import load_pack
from kangcheng.work.processes import services
from kangcheng.work.processes.types import Subject

MONDAY = date(2026, 11, 9)
HOSPITAL, OTHER = UUID(int=11), UUID(int=12)
COUNTY, OTHER_COUNTY = "360803", "360802"


@pytest.fixture(scope="session")
def pack():
    return load_pack("kangcheng")


@pytest.fixture
def people():
    """Actors by the part they play; each holds one role in one place."""

    def one(name, role, areas=(), institutions=()):
        return Actor(new_id(), name, frozenset({role}), tuple(areas), frozenset(institutions), "work")

    return SimpleNamespace(
        applicant=one("甲", "institution_manager", institutions=[HOSPITAL]),
        colleague=one("丁", "institution_manager", institutions=[HOSPITAL]),
        doctor=one("戊", "clinician", institutions=[HOSPITAL]),
        elsewhere=one("己", "institution_manager", institutions=[OTHER]),
        section=one("乙", "bureau_officer", areas=[COUNTY]),
        far_section=one("庚", "bureau_officer", areas=[OTHER_COUNTY]),
        finance=one("辛", "fund_officer", areas=[COUNTY]),
        leader=one("丙", "bureau_leader", areas=[""]),
        county_leader=one("壬", "bureau_leader", areas=[COUNTY]),
        stranger=one("癸", "cashier", institutions=[HOSPITAL]),
    )


@pytest.fixture
def opened(db, pack, people):
    """Makes a case of equipment purchase: opened(amount="4200", by=..., key=...)."""

    def make(amount="4200", *, by=None, key="", on=MONDAY, **more):
        subject = Subject("institution", str(HOSPITAL), HOSPITAL, f"{COUNTY}100")
        fields = {"item": "心电图机", "quantity": "1", "amount": amount}
        return services.open(
            process="equipment-purchase", subject=subject, pack=pack, by=by or people.applicant, on=on,
            key=key or str(new_id()), fields=fields, **more,
        )  # fmt: skip

    return make


PAPER = {"quotation": ("报价.pdf", "application/pdf", b"%PDF-1.4 quotation")}


@pytest.fixture
def submitted(opened, people):
    """A case that waits for the section."""

    def make(amount="4200", **more):
        case = opened(amount, **more)
        return services.take_step(
            case_id=case.id, do="submit", role="applicant", by=people.applicant, on=MONDAY, files=PAPER
        )

    return make
