"""The town of these tests: the same things on a near and a far side, so that whoever stands here must see nothing of there.

Names, numbers and amounts of the far side are unlike any of the near side: a page that shows one of them is found by its text.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from bench import town
from kangcheng.base.accounts.types import Actor, system_actor
from kangcheng.funds.billing import services as billing
from kangcheng.funds.billing.types import NewLine
from kangcheng.funds.cashier import services as cashier
from kangcheng.funds.payouts import services as payouts
from kangcheng.funds.procedure import services as procedures
from kangcheng.funds.receipts import services as receipts
from kangcheng.funds.settlement import services as settlement
from kangcheng.kernel.ids import check_digit, mask_identity
from kangcheng.portal import citypack
from kangcheng.registry.cards import services as cards
from kangcheng.registry.cards.types import NewCard
from kangcheng.registry.catalogues import services as catalogues
from kangcheng.registry.catalogues.types import NewMapping
from kangcheng.registry.categories import services as categories
from kangcheng.registry.categories.types import NewCategory
from kangcheng.registry.coverage import services as coverage
from kangcheng.registry.coverage.types import NewCoverage
from kangcheng.registry.households import services as households
from kangcheng.registry.households.types import NewHousehold, NewMember
from kangcheng.registry.matching import services as matching
from kangcheng.registry.matching.selectors import pairs
from kangcheng.registry.matching.types import NewRecord
from kangcheng.registry.people import services as people
from kangcheng.registry.people.types import NewPerson
from tests.guard.world_work import work

BY = system_actor("test")
SINCE = date(2020, 1, 1)
NEAR_AREA, FAR_AREA = town.VILLAGE, "360802001"
NEAR_NAMES, FAR_NAMES = ("钟离甲寅", "钟离乙卯", "钟离丙辰"), ("淳于丁巳", "淳于戊午", "淳于己未")


@dataclass
class Side:
    """Everything there is on one side; ids by what they are the id of."""

    place: UUID
    area: str
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    phones: tuple[str, ...]
    people: list[UUID] = field(default_factory=list)
    household: UUID | None = None
    ids: dict[str, Any] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    said: list[str] = field(
        default_factory=list
    )  # words of office work: seen by those of the side, but no secret
    numbers_of: dict[str, int] = field(default_factory=dict)

    def tokens(self) -> list[str]:
        """What no page may show to somebody who has nothing to do with this side."""
        found = [
            *self.names,
            *self.numbers,
            *map(mask_identity, self.numbers),
            *self.phones,
            *self.words,
            *self.said,
        ]
        return found + [str(one) for one in [*self.people, self.household, *self.ids.values()] if one]


@dataclass
class World:
    """The near and the far side, and the day."""

    near: Side
    far: Side
    today: date


def build() -> World:
    """Write the town into the database."""
    town.build(1)
    today = timezone.localdate()
    near = Side(town.COUNTY_HOSPITAL, NEAR_AREA, NEAR_NAMES, *_numbers(0))
    far = Side(town.TOWNSHIP_HOSPITAL, FAR_AREA, FAR_NAMES, *_numbers(3))
    for number, side in enumerate((near, far)):
        _people(side, number)
        _money(side, number, today)
        _catalogue(side, number)
        _record(side, number, today)
        work(side, number, today)
    _abroad(near, far, today)
    return World(near, far, today)


def staff(role: str, side: Side | None = None, number: int = 0) -> Actor:
    """Somebody of a side, or (None) of the whole city, who works through services."""
    return town.staff(role, number, side.place if side else None)


def identity(number: int, birth: str = "19700101") -> str:
    """A well-formed identity number of nobody."""
    body = f"360802{birth}{900 + number:03d}"
    return body + check_digit(body)


def _numbers(start: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    places = range(start, start + 3)
    return tuple(map(identity, places)), tuple(f"1391234{5670 + n}" for n in places)


def _record(side: Side, number: int, today: date) -> None:
    """An institution's record of somebody very like the side's first person: a pair waits for a decision."""
    name, key = side.names[0][:3] + "燚", f"SR{number}77"
    born = date(1970, 1, 1)
    new = NewRecord(
        "HIS", key, name, side.area, "M", born, phone=side.phones[0], address=f"{side.names[0]}巷0号"
    )
    sent = matching.receive(new=new, by=BY, on=today)
    pair = next(one for one in pairs(by=BY) if one.record_id == sent.record_id)
    side.ids |= {"record": sent.record_id, "pair": pair.id, "name on it": name, "number on it": key}


def _people(side: Side, number: int) -> None:
    side.people = people.bulk(
        [
            NewPerson(name=name, area_code=side.area, identity=identity_, phone=phone, address=f"{name}巷{n}号")
            for n, (name, identity_, phone) in enumerate(zip(side.names, side.numbers, side.phones, strict=True))
        ],
        by=BY, on=town.DAY,
    )  # fmt: skip
    home = NewHousehold(f"HX{number}77", side.area)
    seats = [("head", side.people[0]), ("spouse", side.people[1])]
    side.household = households.open_household(new=home, by=BY, on=town.DAY)
    for role, person in seats:
        households.join(new=NewMember(person, side.household, role, SINCE), by=BY, on=town.DAY)
    side.words.append(home.number)
    coverage.bulk([NewCoverage(one, "resident", SINCE) for one in side.people], by=BY, on=town.DAY)
    categories.bulk(
        [NewCategory(side.people[0], "registered_poor", SINCE, source="测试")], by=BY, on=town.DAY
    )
    card = NewCard(side.people[0], "social_card", f"A{number}1234567B", SINCE)
    cards.issue(new=card, by=BY, on=town.DAY)
    side.words.append(f"A{number}1234567B")


def _money(side: Side, number: int, today: date) -> None:
    """An open bill, a discharged one with a procedure, a settled one that is printed and paid, and a payout."""
    pack, cash = citypack.pack(), staff("cashier", side, number)
    opened = _bill(side, f"o{number}", today, quantity=131 + 10 * number)
    waiting = _bill(side, f"w{number}", today, quantity=132 + 10 * number)
    done = _bill(side, f"d{number}", today, quantity=133 + 10 * number)
    for bill in (waiting, done):
        billing.discharge(bill_id=bill.id, discharged_on=today - timedelta(days=1), by=cash, on=today)
    settled = settlement.settle(bill_id=done.id, pack=pack, by=cash, on=today, key=f"s{number}")
    receipt = receipts.issue(
        kind="settlement", subject_id=settled.id, person_id=side.people[0], institution_id=side.place, by=BY, on=today
    )  # fmt: skip
    paid = cashier.take(bill_id=done.id, method="cash", by=cash, on=today, key=f"p{number}")
    procedure = procedures.open_procedure(bill_id=waiting.id, pack=pack, by=cash, on=today)
    payout = payouts.ask(
        register="test", subject=f"u{number}", source="basic", party_id=side.people[0], payee=side.names[0],
        amount=77_700 + number, by=staff("fund_officer"), on=today, memo="年度补助",
    )  # fmt: skip
    side.ids |= {
        "bill": opened.id, "waiting": waiting.id, "done": done.id, "claim": settled.id, "receipt": receipt.id,
        "payment": paid.id if paid else None, "procedure": procedure.id, "payout": payout.id,
    }  # fmt: skip
    side.ids["line"] = opened.lines[0].id
    side.numbers_of |= {
        "bill": opened.number,
        "waiting": waiting.number,
        "done": done.number,
        "claim": settled.number,
    }


def _abroad(near: Side, far: Side, today: date) -> None:
    """Somebody of the near side was in the far hospital: the person is near, the bill and the settlement are far."""
    bill = _bill(far, "a", today, quantity=171, person=near.people[1])
    cash = staff("cashier", far)
    billing.discharge(bill_id=bill.id, discharged_on=today - timedelta(days=1), by=cash, on=today)
    settled = settlement.settle(bill_id=bill.id, pack=citypack.pack(), by=cash, on=today, key="sa")
    far.ids |= {"abroad_bill": bill.id, "abroad": settled.id}
    far.numbers_of["abroad"] = settled.number


def _bill(side: Side, key: str, today: date, *, quantity: int, person: UUID | None = None) -> Any:
    cash = staff("cashier", side)
    admitted = today - timedelta(days=9)
    bill = billing.open_bill(
        person_id=person or side.people[0], institution_id=side.place, setting="inpatient", diagnosis="C34.9",
        attributes={"referral": "given"}, admitted_on=admitted, by=cash, on=today, key=key, pack=citypack.pack(),
    )  # fmt: skip
    day = today - timedelta(days=1)
    lines = [NewLine("A1", quantity), NewLine("FEE", 1)]
    return billing.charge(bill_id=bill.id, lines=lines, by=cash, on=day, key=f"{key}/c", pack=citypack.pack())


def _catalogue(side: Side, number: int) -> None:
    new = NewMapping(side.place, "X1", "N-A1", SINCE)
    side.ids["mapping"] = catalogues.propose(new=new, by=staff("institution_manager", side), on=town.DAY)
