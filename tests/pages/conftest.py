"""The made-up town behind the real pages, and people who log in to them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from bench import town as town_
from kangcheng.base.accounts import services as accounts
from kangcheng.base.accounts.models import User
from kangcheng.base.accounts.types import system_actor
from kangcheng.funds.billing import services as billing
from kangcheng.funds.billing.types import NewLine
from kangcheng.funds.settlement import services as settlement
from kangcheng.portal import citypack

HOSPITAL = town_.COUNTY_HOSPITAL
BY = system_actor("test")


@dataclass(frozen=True)
class Reader:
    """Somebody with a browser."""

    user: User
    client: Client

    def get(self, address: str, **data: Any) -> Any:
        """The page, redirects followed."""
        return self.client.get(address, data, follow=True)

    def post(self, address: str, **data: Any) -> Any:
        """The answer to a form, redirects followed."""
        return self.client.post(address, data, follow=True)


@pytest.fixture
def city(db: Any) -> Any:
    """Twelve residents, two hospitals, a catalogue."""
    return town_.build(12)


@pytest.fixture
def log_in(city: Any) -> Any:
    """Opens an account with a role and logs it in: log_in("cashier"), log_in("fund_officer", place=None)."""
    count = 0

    def make(role: str, *, place: Any = HOSPITAL, person: Any = None) -> Reader:
        nonlocal count
        count += 1
        today = timezone.localdate()
        user = accounts.create_user(
            login=f"{role}-{count}", display_name=f"{role}{count}", password="Lotus-Bridge-48", person_id=person,
            must_change_password=False, by=BY, on=today,
        )  # fmt: skip
        accounts.grant_role(user=user, role=role, institution_id=place, by=BY, on=today)
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        return Reader(user, client)

    return make


@pytest.fixture
def discharged(city: Any) -> Any:
    """Makes a discharged bill of a person: discharged(0, A1=100)."""
    count = 0

    def make(person: int = 0, *, days_ago: int = 1, **lines: int) -> Any:
        nonlocal count
        count += 1
        day = timezone.localdate() - timedelta(days=days_ago)
        by = town_.cashier()
        bill = billing.open_bill(
            person_id=city.people[person], institution_id=HOSPITAL, setting="inpatient", diagnosis="C34.9",
            attributes={"referral": "given"}, admitted_on=day - timedelta(days=6), by=by, on=day, key=f"o{count}", pack=citypack.pack(),
        )  # fmt: skip
        new = [NewLine(code, quantity) for code, quantity in (lines or {"A1": 400, "FEE": 1}).items()]
        billing.charge(bill_id=bill.id, lines=new, by=by, on=day, key=f"c{count}", pack=citypack.pack())
        billing.discharge(bill_id=bill.id, discharged_on=day, by=by, on=day)
        return bill

    return make


@pytest.fixture
def settled(discharged: Any) -> Any:
    """Makes a settlement by another cashier: settled(0, A1=100)."""
    count = 0

    def make(person: int = 0, *, days_ago: int = 1, **lines: int) -> Any:
        nonlocal count
        count += 1
        bill = discharged(person, days_ago=days_ago, **lines)
        day = timezone.localdate() - timedelta(days=days_ago)
        return settlement.settle(
            bill_id=bill.id, pack=citypack.pack(), by=town_.cashier(), on=day, key=f"s{count}"
        )

    return make
