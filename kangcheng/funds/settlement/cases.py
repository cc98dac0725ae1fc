"""A claim ready to run: the facts of the registry, the lines of the bill, the stack of the pack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim, Line
from kangcheng.funds.settlement import claims, rulebook, store
from kangcheng.funds.settlement.facts import LEVELS, UNINSURED, Facts, attributes, gather, numbers
from kangcheng.funds.settlement.types import SettlementError


@dataclass(frozen=True)
class Case:
    """A claim ready to run: its facts, its stack, and the bill it is of."""

    facts: Facts
    claim: Claim
    stack: Stack
    book: rulebook.RuleBook
    bill_id: UUID | None
    version: int
    setting: str
    disease: str


@dataclass(frozen=True)
class Stay:
    """What a bill says of itself; the rest of a claim comes from the registry."""

    number: str
    person_id: UUID
    institution_id: UUID
    setting: str
    disease: str
    admitted_on: date
    discharged_on: date
    stated: Mapping[str, str]
    lines: Sequence[Line]
    bill_id: UUID | None = None
    version: int = 0


def case_of(before: store.Before, *, book: rulebook.RuleBook, on: date, paid: Mapping[str, int]) -> Case:
    """The case of a saved bill. Raises SettlementError when it has no lines, no person, no cover."""
    bill = before.bill
    if not before.lines:
        raise SettlementError(
            "账单没有明细 (bill without lines)", where=f"bill:{bill['id']}", todo="先录入费用"
        )
    stay = Stay(
        number=str(bill["number"]),
        person_id=UUID(bill["person_id"]),
        institution_id=UUID(bill["institution_id"]),
        setting=bill["setting"],
        disease=bill["disease"],
        admitted_on=date.fromisoformat(bill["admitted_on"]),
        discharged_on=date.fromisoformat(bill["discharged_on"]) if bill["discharged_on"] else on,
        stated={**before.facts, **bill["attributes"]},
        lines=[
            claims.line(
                group=group, amount=amount, quantity=quantity, code=code, price_limit=limit, first_pay=share
            )
            for group, amount, quantity, code, limit, share in before.lines
        ],
        bill_id=UUID(bill["id"]),
        version=bill["version"],
    )
    return case_for(stay, book=book, on=on, paid=paid)


def case_for(stay: Stay, *, book: rulebook.RuleBook, on: date, paid: Mapping[str, int]) -> Case:
    """The case of a stay or visit: facts on the day of discharge, the stack of that day."""
    facts = facts_for(stay, book)
    claim = claim_of(facts, stay, on=on, paid=paid)
    stack = stack_for(facts, book, setting=stay.setting, on=stay.discharged_on)
    return Case(facts, claim, stack, book, stay.bill_id, stay.version, stay.setting, stay.disease)


def facts_for(stay: Stay, book: rulebook.RuleBook) -> Facts:
    """Registry facts of a stay; an institution without a grade counts as the lowest of the pack."""
    facts = gather(
        person_id=stay.person_id, institution_id=stay.institution_id, decided_on=stay.discharged_on
    )
    return facts if facts.level else replace(facts, level=book.lowest(LEVELS, stay.discharged_on))


def stack_for(facts: Facts, book: rulebook.RuleBook, *, setting: str, on: date) -> Stack:
    """The stack of the person's scheme. Raises SettlementError, in plain words for the uninsured."""
    if facts.scheme == UNINSURED and not book.has_stack(UNINSURED, setting, on):
        raise SettlementError(
            f"{on} 不在参保期内 (outside coverage)",
            where=f"person:{facts.person_id}",
            rule="以出院（就诊）之日是否参保为准",
            todo="核对出院日期；未参保的按自费收费",
        )
    return book.stack_for(facts.scheme, setting, on)


def claim_of(facts: Facts, stay: Stay, *, on: date, paid: Mapping[str, int]) -> Claim:
    """The engine's claim: the bill's lines and dates, everything else from the registry."""
    return Claim(
        id=stay.number,
        person=str(facts.person_id),
        on=on,
        household=str(facts.household_id) if facts.household_id else "",
        admitted_on=stay.admitted_on,
        discharged_on=stay.discharged_on,
        lines=tuple(stay.lines),
        paid=dict(paid),
        attributes=attributes(
            facts, setting=stay.setting, disease=stay.disease, episode=stay.number, stated=stay.stated
        ),
        categories=facts.categories,
        facts=numbers(facts, admitted_on=stay.admitted_on, discharged_on=stay.discharged_on),
    )


def locks_of(facts: Facts) -> list[int]:
    """Advisory locks of a settlement: the person, then the household. Everybody takes them in this order."""
    locks = [rulebook.lock_number("person", facts.person_id)]
    if facts.household_id:
        locks.append(rulebook.lock_number("household", facts.household_id))
    return locks
