"""What a stack will need for every claim, worked out once: its slots, parts, payers and balances."""

from __future__ import annotations

from dataclasses import dataclass

from kangcheng.funds.engine.definition import FIXED_PARTS, Account, Entitlement, Period, Stack
from kangcheng.funds.engine.slots import Slot, layer_of, slots, streams


@dataclass(frozen=True)
class Plan:
    """A stack with the names that every result of it carries."""

    stack: Stack
    slots: tuple[Slot, ...]
    by_key: dict[tuple[str, str], Slot]
    by_name: dict[str, tuple[Slot, ...]]
    parts: tuple[str, ...]
    payers: tuple[str, ...]
    sources: tuple[str, ...]
    allowances: tuple[str, ...]
    balances: dict[str, str]  # balance name -> owner kind

    def slot(self, name: str, period: Period) -> Slot:
        """The slot of a name and period that some rule of the stack asks for."""
        return self.by_key[name, period]

    def named(self, name: str) -> tuple[Slot, ...]:
        """All slots of a name."""
        return self.by_name.get(name, ())


def plan(stack: Stack) -> Plan:
    """The plan of a stack."""
    found = slots(stack)
    layers = [benefit for position in stack.order if (benefit := layer_of(position))]
    borne_by = stack.total_rounding.borne_by if stack.total_rounding else "institution"
    payers = [benefit.payer for benefit in layers if not benefit.cash]
    payers += [borne_by] if borne_by != "institution" else []
    return Plan(
        stack=stack,
        slots=found,
        by_key={(slot.name, slot.period): slot for slot in found},
        by_name={name: tuple(s for s in found if s.name == name) for name in {slot.name for slot in found}},
        parts=(*FIXED_PARTS, *streams(stack.split)),
        payers=tuple(dict.fromkeys(payers)),
        sources=tuple(
            dict.fromkeys(p.source for p in stack.order if isinstance(p, Entitlement) and p.waive is not None)
        ),
        allowances=tuple(dict.fromkeys(benefit.payer for benefit in layers if benefit.cash)),
        balances={
            name: account.owner
            for account in stack.order
            if isinstance(account, Account)
            for name in account.balances
        },
    )
