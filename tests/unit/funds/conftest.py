"""The made-up town, its rules and its counters."""

from typing import Any

import pytest

from bench import town as town_
from kangcheng.funds.billing import services as billing
from kangcheng.funds.billing.types import NewLine
from kangcheng.funds.settlement import services as settlement


@pytest.fixture
def town(db: Any) -> Any:
    """Twenty residents in ten households; every fourth is registered poor."""
    return town_.build(20)


@pytest.fixture(scope="session")
def pack() -> Any:
    """The town's rules."""
    return town_.pack()


@pytest.fixture
def cashier() -> Any:
    """The first cashier of the county hospital."""
    return town_.cashier()


@pytest.fixture
def stay(town: Any, pack: Any, cashier: Any) -> Any:
    """Makes a discharged bill: stay(person=1, A1=5, B1=2, setting=..., ...)."""
    count = 0

    def make(
        person: int = 1, *, setting: str = "inpatient", on: Any = town_.DAY, discharge: bool = True, by: Any = None,
        institution: Any = town_.COUNTY_HOSPITAL, attributes: Any = None, **lines: int,
    ) -> Any:  # fmt: skip
        nonlocal count
        count += 1
        who = by or town_.cashier(institution=institution)
        bill = billing.open_bill(
            person_id=town.people[person], institution_id=institution, setting=setting, admitted_on=on, by=who, on=on,
            key=f"open-{count}", attributes=attributes, pack=pack,
        )  # fmt: skip
        new = [NewLine(code, quantity) for code, quantity in (lines or {"A1": 10}).items()]
        billing.charge(bill_id=bill.id, lines=new, by=who, on=on, key=f"charge-{count}", pack=pack)
        if discharge:
            billing.discharge(bill_id=bill.id, discharged_on=on, by=who, on=on)
        return bill.id

    return make


@pytest.fixture
def settled(stay: Any, pack: Any) -> Any:
    """Makes a settlement: settled(person=1, A1=5, ...)."""
    count = 0

    def make(person: int = 1, *, on: Any = town_.DAY, key: str = "", **options: Any) -> Any:
        nonlocal count
        count += 1
        bill = stay(person, on=on, **options)
        by = town_.cashier(institution=options.get("institution", town_.COUNTY_HOSPITAL))
        return settlement.settle(bill_id=bill, pack=pack, by=by, on=on, key=key or f"settle-{count}")

    return make
