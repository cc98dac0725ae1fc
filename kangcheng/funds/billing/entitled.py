"""Which entitlements hold for a bill's person before it is settled: lines that will be waived, deposits that are spared."""

from collections.abc import Sequence
from datetime import date

from kangcheng.funds.billing.models import Bill
from kangcheng.funds.billing.types import Priced
from kangcheng.funds.eligibility import selectors as eligibility
from kangcheng.funds.engine.definition import Entitlement, Stack, Waive
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.reference import values
from kangcheng.funds.settlement import cases, releases
from kangcheng.funds.settlement.types import SettlementError
from kangcheng.kernel.errors import Faults
from kangcheng.policy.pack import Pack


def marks(bill: Bill, lines: Sequence[Priced], *, pack: Pack, on: date) -> list[tuple[str, str]]:
    """Per line the first entitlement that waives it and its source, ("", "") for none. A forecast; settling decides."""
    found = _claim(bill, pack=pack, on=on)
    if found is None:
        return [("", "")] * len(lines)
    stack, claim = found
    holding = [
        position
        for position in stack.order
        if isinstance(position, Entitlement) and position.waive and _holds(position, claim)
    ]
    return [_mark(holding, line) for line in lines]


def no_deposit(bill: Bill, *, pack: Pack, on: date) -> str:
    """The entitlement that spares this person the deposit, "" when none does."""
    found = _claim(bill, pack=pack, on=on)
    if found is None:
        return ""
    stack, claim = found
    return next(
        (
            position.id
            for position in stack.order
            if isinstance(position, Entitlement) and position.no_deposit and _holds(position, claim)
        ),
        "",
    )


def _claim(bill: Bill, *, pack: Pack, on: date) -> tuple[Stack, Claim] | None:
    """The claim as it would be without lines; None for a person no stack is meant for."""
    book = releases.book_of(pack)
    stay = cases.Stay(
        number=str(bill.pk), person_id=bill.person_id, institution_id=bill.institution_id, setting=bill.setting,
        disease=bill.disease, admitted_on=bill.admitted_on, discharged_on=max(on, bill.admitted_on),
        stated={**eligibility.facts_of(bill.person_id, on), **bill.attributes}, lines=(),
    )  # fmt: skip
    try:
        case = cases.case_for(stay, book=book, on=on, paid={})
    except SettlementError:
        return None
    return case.stack, case.claim


def _holds(entitlement: Entitlement, claim: Claim) -> bool:
    try:
        if not values.holds(entitlement.when, claim):
            return False
        return entitlement.unless is None or not values.holds(entitlement.unless, claim)
    except Faults:
        return False  # a fact that is not known yet: nothing is promised


def _mark(holding: Sequence[Entitlement], line: Priced) -> tuple[str, str]:
    for entitlement in holding:
        if entitlement.waive is not None and _covers(entitlement.waive, line):
            return entitlement.id, entitlement.source
    return "", ""


def _covers(rule: Waive, line: Priced) -> bool:
    listed = rule.groups or rule.items
    return not listed or line.group in rule.groups or line.item_code in rule.items
