"""One claim on its way through the stack: what is still in each part, who has paid what."""

from __future__ import annotations

from dataclasses import dataclass, field

from kangcheng.funds.engine.facts import Claim, Line
from kangcheng.funds.engine.reference.explain import Notes
from kangcheng.funds.engine.reference.plan import Plan
from kangcheng.funds.engine.reference.state import Memory
from kangcheng.funds.engine.result import LayerResult


@dataclass
class Item:
    """One line (or the sum of a group) and what is left of it."""

    line: Line
    left: int


@dataclass
class Bill:
    """The working state of one claim. All amounts fen."""

    plan: Plan
    claim: Claim
    memory: Memory
    notes: Notes
    total: int
    items: list[Item]
    in_scope_left: int  # an in-scope amount that came without lines
    parts: dict[str, int]
    payers: dict[str, int]
    accounts: dict[str, int]
    waived: dict[str, int]
    allowances: dict[str, int]
    given: dict[str, int]  # payer -> fen of its given payment not yet placed
    institution: int = 0
    in_scope_basis: int = 0  # what entered in scope and the streams, before any layer
    layers: list[LayerResult] = field(default_factory=list)
    no_deposit: list[str] = field(default_factory=list)


def open_bill(plan: Plan, claim: Claim, memory: Memory, notes: Notes) -> Bill:
    """The bill before the first step: lines or group sums as items, the rest of the total out of scope."""
    lines = claim.lines or tuple(Line(group, amount) for group, amount in claim.groups.items())
    listed = sum(line.amount for line in lines) + (claim.in_scope or 0)
    total = listed if claim.total is None else claim.total
    parts = dict.fromkeys(plan.parts, 0)
    parts["out_of_scope"] = total - listed
    return Bill(
        plan=plan,
        claim=claim,
        memory=memory,
        notes=notes,
        total=total,
        items=[Item(line, line.amount) for line in lines],
        in_scope_left=claim.in_scope or 0,
        parts=parts,
        payers=dict.fromkeys(plan.payers, 0),
        accounts=dict.fromkeys(plan.balances, 0),
        waived=dict.fromkeys(plan.sources, 0),
        allowances=dict.fromkeys(plan.allowances, 0),
        given=dict(claim.paid),
    )
