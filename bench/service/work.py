"""The town's bills for the timing, and one client that settles its share of them. Runs in processes of their own."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

SETTINGS = {"mixed": ("inpatient", "outpatient"), "pool": ("special_outpatient",)}


@dataclass(frozen=True)
class Share:
    """What one client did: seconds of each settlement, and when it began and ended (monotonic)."""

    seconds: list[float]
    began: float
    ended: float
    round_trips: int
    cpu: float  # seconds of processor time this client used


def discharged_bills(count: int, kind: str) -> list[UUID]:
    """Write `count` discharged bills of five lines each, for people of the town in turn; returns their ids."""
    from bench import town
    from kangcheng.funds.billing.models import Bill, BillLine
    from kangcheng.kernel.ids import new_id

    settings = SETTINGS[kind]
    rows = [
        Bill(
            id=new_id(), person_id=town.person_id(number), household_id=town.household_id(number),
            institution_id=town.COUNTY_HOSPITAL, setting=settings[number % len(settings)], admitted_on=town.DAY,
            discharged_on=town.DAY, state="discharged", opened_by=town.cashier().user_id,
        )
        for number in range(count)
    ]  # fmt: skip
    Bill.objects.bulk_create(rows, batch_size=500)
    lines = [
        BillLine(
            bill=bill, hospital_code=code, item_code=national, name=name, group=group, insurance_class=cls,
            quantity=1 + place % 3, unit_price=price, amount=(1 + place % 3) * price, price_limit=limit,
            charged_on=town.DAY, charged_by=bill.opened_by,
        )
        for bill in rows
        for place, (code, national, name, _, cls, group, price, limit) in enumerate(town.ITEMS)
    ]  # fmt: skip
    BillLine.objects.bulk_create(lines, batch_size=1000)
    return [bill.pk for bill in rows]


def settle_share(number: int, bills: Sequence[UUID], start_at: float) -> Share:
    """One client: settle its bills one after the other, as a counter would, from `start_at` on."""
    from kangcheng.config.boot import boot

    boot(start_database=False)
    from bench import town
    from kangcheng.funds.settlement import services

    pack, by = town.pack(), town.cashier(number)
    _warm(pack, by, services)
    trips = _round_trips()
    time.sleep(max(0.0, start_at - time.monotonic()))
    seconds, began, cpu = [], time.monotonic(), time.process_time()
    for bill in bills:
        before = time.perf_counter()
        services.settle(bill_id=bill, pack=pack, by=by, on=town.DAY, key=str(bill))
        seconds.append(time.perf_counter() - before)
    return Share(seconds, began, time.monotonic(), trips.most, time.process_time() - cpu)


def _warm(pack: Any, by: Any, services: Any) -> None:
    """Open the connection and parse the rules: a counter is open before its first patient."""
    from bench import town
    from kangcheng.funds.settlement.types import Draft, DraftLine

    for setting in ("inpatient", "outpatient", "special_outpatient"):
        lines = [DraftLine("A1", 1)]
        draft = Draft(town.person_id(0), town.COUNTY_HOSPITAL, setting, town.DAY, lines)
        services.quote(draft=draft, pack=pack, by=by, on=town.DAY)


class _round_trips:
    """Counts the statements of every transaction, BEGIN and COMMIT included; `most` is the largest."""

    def __init__(self) -> None:
        from django.db import connection

        self.most = self.now = 0
        connection.execute_wrappers.append(self._count)

    def _count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("EXECUTE kc_bill"):
            self.now = 2
        self.now += 1
        self.most = max(self.most, self.now)
        return execute(sql, params, many, context)
