"""Verbs of billing: open a bill, charge and strike lines, discharge, cancel a discharge, cancel a bill."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from kangcheng.base import audit
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.billing import entitled, selectors
from kangcheng.funds.billing.models import Bill, BillLine, Debt
from kangcheng.funds.billing.types import BillingError, BillView, NewLine
from kangcheng.funds.permission import require
from kangcheng.funds.settlement import requests
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.funds.settlement import services as settlement
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import new_id
from kangcheng.policy.pack import Pack
from kangcheng.registry.people import selectors as people

MOST_UNITS = 100_000


def open_bill(
    *, person_id: UUID, institution_id: UUID, setting: str, admitted_on: date, by: Actor, on: date, key: str,
    diagnosis: str = "", disease: str = "", attributes: Mapping[str, str] | None = None, pack: Pack | None = None,
) -> BillView:  # fmt: skip
    """Open a bill at admission or at the start of a visit.

    With `pack`, a person whom an entitlement spares the deposit is marked and a debt is opened (treat first, pay later).
    `attributes` are facts of the stay that change a benefit (cause, pathway ...); those of the registry are ignored.
    """
    require(by, "bill.write", institution=institution_id)
    requests.check_key(key)
    print_ = requests.fingerprint(
        "bill", person=person_id, place=institution_id, setting=setting, on=admitted_on
    )
    person = people.get(person_id)
    if person is None:
        raise BillingError("没有这位居民 (no such person)", where=f"person:{person_id}")
    if admitted_on > on:
        raise BillingError("入院日期在将来 (admission in the future)", where=f"admitted_on {admitted_on}")
    with audit.acting(by=by, on=on, why="", action="billing.open"):
        if (done := requests.answered(requests.find(key), key=key, print_=print_)) is not None:
            return selectors.bill(done)
        bill = Bill(
            id=new_id(), person_id=person.id, household_id=person.household_id, institution_id=institution_id,
            setting=setting, admitted_on=admitted_on, diagnosis=diagnosis.strip(),
            disease=disease or selectors.disease_of(diagnosis), attributes=dict(attributes or {}), opened_by=by.user_id,
        )  # fmt: skip
        bill.no_deposit = entitled.no_deposit(bill, pack=pack, on=on) if pack is not None else ""
        bill.save(force_insert=True)
        if bill.no_deposit:
            Debt.objects.create(
                bill=bill, person_id=bill.person_id, entitlement=bill.no_deposit, opened_on=admitted_on
            )
        requests.write(key=key, verb="bill", print_=print_, subject=bill.pk)
        audit.record(
            action="billing.open", subject=f"bill:{bill.pk}", by=by, on=on, detail={"setting": setting}
        )
        audit.look(by=by, person_id=bill.person_id, what=f"bill:{bill.pk}", why="登记就诊")
    return selectors.bill(bill.pk)


def charge(
    *, bill_id: UUID, lines: Sequence[NewLine], by: Actor, on: date, key: str, pack: Pack | None = None
) -> BillView:
    """Add priced lines, dated `on`. All or none: every unmapped, unpriced or impossible line is named at once (Faults).

    With `pack`, lines that an entitlement of the person waives are marked with it and with the fund that stands for it.
    """
    requests.check_key(key)
    asked = [[line.hospital_code, line.quantity] for line in lines]
    print_ = requests.fingerprint("charge", bill=bill_id, lines=asked)
    with audit.acting(by=by, on=on, why="", action="billing.charge"):
        bill = _open(bill_id, by)
        if requests.answered(requests.find(key), key=key, print_=print_) is not None:
            return selectors.bill(bill_id)
        _must_be(bill, "open")
        _possible(lines, bill, on)
        priced = selectors.price(bill.institution_id, lines, on=on)
        marks = (
            entitled.marks(bill, priced, pack=pack, on=on) if pack is not None else [("", "")] * len(priced)
        )
        BillLine.objects.bulk_create(
            BillLine(
                bill=bill, hospital_code=one.hospital_code, item_code=one.item_code, name=one.name, group=one.group,
                insurance_class=one.insurance_class, quantity=one.quantity, unit_price=one.unit_price,
                amount=one.amount, price_limit=one.price_limit, first_pay=one.first_pay, charged_on=on,
                entitlement=entitlement, source=source, charged_by=by.user_id,
            )
            for one, (entitlement, source) in zip(priced, marks, strict=True)
        )  # fmt: skip
        _touched(bill)
        requests.write(key=key, verb="charge", print_=print_, subject=bill.pk)
        audit.record(
            action="billing.charge", subject=f"bill:{bill.pk}", by=by, on=on, detail={"lines": len(priced)}
        )
    return selectors.bill(bill_id)


def strike(*, line_id: UUID, by: Actor, on: date, why: str) -> BillView:
    """Strike a line out while the bill is open; the line stays visible. Striking twice changes nothing."""
    if not why.strip():
        raise BillingError("划销须写明原因 (reason needed)", where="why")
    with audit.acting(by=by, on=on, why=why, action="billing.strike"):
        line = BillLine.objects.filter(pk=line_id).first()
        if line is None:
            raise BillingError("没有这条明细 (no such line)", where=f"line:{line_id}")
        bill = _open(line.bill_id, by)
        _must_be(bill, "open")
        struck = BillLine.objects.filter(pk=line_id, struck_at=None).update(
            struck_at=Now(), struck_by=by.user_id, struck_why=why
        )
        if struck:
            _touched(bill)
            audit.record(action="billing.strike", subject=f"line:{line_id}", by=by, on=on, why=why)
    return selectors.bill(bill.pk)


def discharge(
    *,
    bill_id: UUID,
    discharged_on: date,
    by: Actor,
    on: date,
    diagnosis: str = "",
    attributes: Mapping[str, str] | None = None,
) -> BillView:
    """End the stay or visit; from then on it can be settled. `diagnosis` and `attributes` known only now are added."""
    with audit.acting(by=by, on=on, why="", action="billing.discharge"):
        bill = _open(bill_id, by)
        if bill.state == "discharged" and bill.discharged_on == discharged_on:
            return selectors.bill(bill_id)
        _must_be(bill, "open")
        if not bill.admitted_on <= discharged_on <= on:
            raise BillingError(
                f"出院日期 {discharged_on} 须在入院 {bill.admitted_on} 与今日 {on} 之间 (discharge out of range)",
                where="discharged_on",
            )
        late = BillLine.objects.filter(bill=bill, struck_at=None, charged_on__gt=discharged_on).count()
        if late:
            raise BillingError(
                f"有 {late} 条明细晚于出院日期 (lines after discharge)", where=f"bill:{bill_id}"
            )
        found = diagnosis.strip() or bill.diagnosis
        Bill.objects.filter(pk=bill.pk).update(
            state="discharged", discharged_on=discharged_on, diagnosis=found, version=F("version") + 1,
            disease=bill.disease or selectors.disease_of(found), attributes={**bill.attributes, **(attributes or {})},
        )  # fmt: skip
        audit.record(action="billing.discharge", subject=f"bill:{bill.pk}", by=by, on=on)
    return selectors.bill(bill_id)


def cancel_discharge(*, bill_id: UUID, by: Actor, on: date, why: str, key: str) -> BillView:
    """Take the discharge back: a live settlement is reversed, later ones of the person adjusted, the bill open again."""
    if not why.strip():
        raise BillingError("取消出院须写明原因 (reason needed)", where="why")
    requests.check_key(key)
    print_ = requests.fingerprint("cancel_discharge", bill=bill_id)
    with audit.acting(by=by, on=on, why=why, action="billing.cancel_discharge"):
        if requests.answered(requests.find(key), key=key, print_=print_) is not None:
            return selectors.bill(bill_id)
        live = settlements.live_of(bill_id)
        if live is not None:
            settlement.reverse(
                settlement_id=live, by=by, on=on, why=f"取消出院：{why}", key=f"{key}:r", resettle_later=True
            )
        bill = _open(bill_id, by)
        if requests.answered(requests.find(key), key=key, print_=print_) is not None:
            return selectors.bill(bill_id)
        _must_be(bill, "discharged")
        Bill.objects.filter(pk=bill.pk).update(state="open", discharged_on=None, version=F("version") + 1)
        requests.write(key=key, verb="cancel_discharge", print_=print_, subject=bill.pk)
        audit.record(action="billing.cancel_discharge", subject=f"bill:{bill.pk}", by=by, on=on, why=why)
    return selectors.bill(bill_id)


def cancel(*, bill_id: UUID, by: Actor, on: date, why: str) -> BillView:
    """Cancel an open bill that carries no live line (a person who left before anything was done)."""
    with audit.acting(by=by, on=on, why=why, action="billing.cancel"):
        bill = _open(bill_id, by)
        if bill.state == "cancelled":
            return selectors.bill(bill_id)
        _must_be(bill, "open")
        if BillLine.objects.filter(bill=bill, struck_at=None).exists():
            raise BillingError(
                "账单仍有费用 (bill has charges)", where=f"bill:{bill_id}", todo="先划销，或出院结算"
            )
        Bill.objects.filter(pk=bill.pk).update(state="cancelled", version=F("version") + 1)
        Debt.objects.filter(bill=bill).update(closed_on=on, amount=0)
        audit.record(action="billing.cancel", subject=f"bill:{bill.pk}", by=by, on=on, why=why)
    return selectors.bill(bill_id)


def _open(bill_id: UUID, by: Actor) -> Bill:
    """The bill, locked."""
    bill = Bill.objects.select_for_update().filter(pk=bill_id).first()
    if bill is None:
        raise BillingError("没有这张账单 (no such bill)", where=f"bill:{bill_id}")
    require(by, "bill.write", institution=bill.institution_id)
    return bill


def _must_be(bill: Bill, state: str) -> None:
    if bill.state != state:
        raise BillingError(
            f"账单状态是“{bill.state}”，须为“{state}” (wrong state)",
            where=f"bill:{bill.pk}",
            todo="核对就诊号",
        )


def _touched(bill: Bill) -> None:
    Bill.objects.filter(pk=bill.pk).update(version=F("version") + 1)


def _possible(lines: Sequence[NewLine], bill: Bill, on: date) -> None:
    faults = [
        Fault(
            f"lines[{place}].quantity", f"数量 {line.quantity} 不对 (bad quantity)", rule=f"1 至 {MOST_UNITS}"
        )
        for place, line in enumerate(lines)
        if not 1 <= line.quantity <= MOST_UNITS
    ]
    if not lines:
        faults.append(Fault("lines", "没有明细 (no lines)"))
    if on < bill.admitted_on:
        faults.append(Fault("on", f"计费日期早于入院 {bill.admitted_on} (charged before admission)"))
    if faults:
        raise Faults(faults, what="明细未录入 (nothing charged)", where=f"bill:{bill.pk}")
