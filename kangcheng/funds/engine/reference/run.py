"""One claim through the stack, and many in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kangcheng.funds.engine.definition import Account, Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.reference.account import run_account
from kangcheng.funds.engine.reference.bill import Bill, open_bill
from kangcheng.funds.engine.reference.cap import cap
from kangcheng.funds.engine.reference.check import faults_of
from kangcheng.funds.engine.reference.explain import Notes
from kangcheng.funds.engine.reference.layer import run_layer
from kangcheng.funds.engine.reference.plan import Plan, plan
from kangcheng.funds.engine.reference.split import split
from kangcheng.funds.engine.reference.state import Memory, State
from kangcheng.funds.engine.reference.total import assert_identity, round_total, say_total
from kangcheng.funds.engine.reference.values import holds, refuse
from kangcheng.funds.engine.reference.waive import waive
from kangcheng.funds.engine.result import Result
from kangcheng.funds.engine.slots import layer_of
from kangcheng.kernel.errors import Fault, Faults


def settle(stack: Stack, claim: Claim, state: State | None = None, *, explain: bool = True) -> Result:
    """Settle one claim; `state` is read, not changed (take it over with `state.apply(result.changes)`). Raises Faults."""
    bill = _settled(plan(stack), claim, state or State(), explain=explain)
    return replace(_result(bill), changes=bill.memory.changes())


def settle_all(
    stack: Stack, claims: Iterable[Claim], state: State | None = None, *, explain: bool = False
) -> list[Result]:
    """Settle many claims in order of (on, sequence, id), each seeing what the ones before left.

    Results stand in the order the claims were given. `state` is not changed. Raises Faults of all refused claims, with
    their places in the list.
    """
    return run(lambda _: stack, claims, state, explain=explain)[0]


def run(
    stack_of: Callable[[Claim], Stack],
    claims: Iterable[Claim],
    state: State | None = None,
    *,
    explain: bool = False,
) -> tuple[list[Result], State]:
    """As `settle_all`, each claim under the stack that is its own; also the state after the last claim.

    The results carry no `changes`: the state has them all.
    """
    given = list(claims)
    working = state.copy() if state else State()
    plans: dict[int, Plan] = {}
    results: dict[int, Result] = {}
    faults: list[Fault] = []
    for place in in_order(given):
        try:
            stack = stack_of(given[place])
            prepared = plans.setdefault(id(stack), plans.get(id(stack)) or plan(stack))
            bill = _settled(prepared, given[place], working, explain=explain)
        except Faults as error:
            faults += [at_place(fault, place, given[place]) for fault in error.faults]
            continue
        bill.memory.commit()
        results[place] = _result(bill)
    if faults:
        raise Faults(faults, what=f"{len(faults)} 处错误，未结算 (claims refused)")
    return [results[place] for place in range(len(given))], working


def in_order(claims: Sequence[Claim]) -> list[int]:
    """Places of the claims in the order they count: day, sequence, id."""
    return sorted(range(len(claims)), key=lambda i: (claims[i].on, claims[i].sequence, claims[i].id))


def at_place(fault: Fault, place: int, claim: Claim) -> Fault:
    """A fault of one claim, told as of the list it stands in."""
    where = f"[{place}].{fault.where} ({claim.id})"
    return Fault(where, fault.what, fault.rule, fault.todo, near=fault.near)


def _settled(prepared: Plan, claim: Claim, state: State, *, explain: bool) -> Bill:
    """The order of work, step by step."""
    faults = faults_of(prepared, claim)
    if faults:
        raise Faults(faults, what="单据不能结算 (claim refused)")
    memory, notes = Memory(prepared, claim, state), Notes(on=explain)
    memory.override()
    bill = open_bill(prepared, claim, memory, notes)
    if not holds(prepared.stack.when, claim):
        raise refuse(
            "stack", f"叠层 {prepared.stack.id} 不适用于此单据 (stack does not apply)", rule="stack.when"
        )
    waive(bill)
    split(bill)
    cap(bill)
    for position in prepared.stack.order:
        if isinstance(position, Account):
            run_account(bill, position)
        elif benefit := layer_of(position):
            run_layer(bill, benefit)
    _all_given_placed(bill)
    round_total(bill)
    assert_identity(bill)
    say_total(bill)
    return bill


def _all_given_placed(bill: Bill) -> None:
    """A given payment that no layer could hold is a fault of the claim."""
    left = {payer: amount for payer, amount in bill.given.items() if amount}
    if left:
        payer, amount = next(iter(left.items()))
        raise refuse(
            f"paid.{payer}",
            f"给出的支付比此付款方各层的基数多 {amount} 分 (given payment exceeds the base)",
            rule="给出的支付不得超过该层基数",
            todo="检查金额，或此层是否适用",
        )


def _result(bill: Bill) -> Result:
    memory = bill.memory
    return Result(
        claim=bill.claim.id,
        total=bill.total,
        payers=bill.payers,
        accounts=bill.accounts,
        waived=bill.waived,
        institution=bill.institution,
        parts=bill.parts,
        layers=tuple(bill.layers),
        allowances=bill.allowances,
        accumulators=memory.values,
        balances={
            name: memory.balance(memory.owner(kind), name) if kind == "person" or bill.claim.household else 0
            for name, kind in bill.plan.balances.items()
        },
        no_deposit=tuple(bill.no_deposit),
        reasons=bill.notes.reasons(),
    )
