"""What is remembered from claim to claim: accumulators by owner, name and period; account balances; pools."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kangcheng.funds.engine.definition import Accumulate, Benefit, Period
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.reference.plan import Plan
from kangcheng.funds.engine.reference.values import refuse
from kangcheng.funds.engine.result import Change
from kangcheng.funds.engine.slots import Slot, counted_once_in, name_of

Key = tuple[str, str, str, str]  # owner, name, period key, scope key


@dataclass
class State:
    """Numbers before a claim. Money in fen; `pools` says how much is used, in fen or cases."""

    accumulators: dict[Key, int] = field(default_factory=dict)
    balances: dict[tuple[str, str], int] = field(default_factory=dict)  # (owner, balance name)
    pools: dict[str, int] = field(default_factory=dict)

    def copy(self) -> State:
        """An independent copy."""
        return State(dict(self.accumulators), dict(self.balances), dict(self.pools))

    def apply(self, changes: tuple[Change, ...]) -> None:
        """Take over what a claim changed."""
        for change in changes:
            if change.kind == "accumulator":
                self.accumulators[change.owner, change.name, change.period, change.scope] = change.after
            elif change.kind == "balance":
                self.balances[change.owner, change.name] = change.after
            else:
                self.pools[change.name] = change.after


def period_key(period: Period, accumulate: Accumulate, claim: Claim) -> str | None:
    """The text of the period the claim falls in; None when the attribute that names it is missing."""
    if period == "life":
        return "life"
    if period in ("episode", "disease", "course"):
        text = claim.attributes.get(period)
        return f"{period}:{text}" if text else None
    day = deciding_day(accumulate, claim)
    if period == "day":
        return f"day:{day}"
    if period == "month":
        return f"month:{day:%Y-%m}"
    if period == "quarter":
        return f"quarter:{day.year}Q{(day.month + 2) // 3}"
    started = (day.month, day.day) >= accumulate.year_starts
    return f"year:{date(day.year if started else day.year - 1, *accumulate.year_starts)}"


def deciding_day(accumulate: Accumulate, claim: Claim) -> date:
    """The day that decides the period: discharge, admission or settlement, each defaulting to the next known."""
    discharged = claim.discharged_on or claim.on
    if accumulate.decided_by == "settled":
        return claim.on
    return discharged if accumulate.decided_by == "discharged" else claim.admitted_on or discharged


def _plain(text: str) -> str:
    """An attribute's text so that no two scopes read the same."""
    return text.replace("\\", "\\\\").replace(";", "\\;")


class Memory:
    """The state as one claim sees it. Nothing reaches the state before the claim is settled whole."""

    def __init__(self, plan: Plan, claim: Claim, state: State) -> None:
        self.plan, self.claim, self.state = plan, claim, state
        self.balances: dict[tuple[str, str], int] = {}
        self.pools: dict[str, int] = {}
        self._places: dict[tuple[int, str], tuple[str, str, str] | None] = {}
        self.keys = {slot.label: self._key(slot) for slot in plan.slots}
        self.values = {
            label: state.accumulators.get(key, 0) if key else 0 for label, key in self.keys.items()
        }
        self.moved: set[str] = set()

    def override(self) -> None:
        """The claim's own accumulators and balances replace what is remembered."""
        for label, value in self.claim.accumulators.items():
            name, _, period = label.partition("@")
            for slot in self.plan.named(name):
                if period in ("", slot.period) and self.keys[slot.label]:
                    self.values[slot.label] = value
                    self.moved.add(slot.label)
        for name, value in self.claim.accounts.items():
            self.balances[self.owner(self.plan.balances[name]), name] = value

    def owner(self, kind: str) -> str:
        """Id of the person or the household."""
        if kind == "person":
            return self.claim.person
        if not self.claim.household:
            raise refuse("household", "单据缺少家庭编号 (household missing)", rule="家庭共用的账户或累计")
        return self.claim.household

    def _key(self, slot: Slot) -> Key | None:
        """Where the slot is kept for this claim; None when what names its period or scope is missing."""
        way = (id(slot.accumulate), slot.period)
        if way not in self._places:
            self._places[way] = self._place(slot)
        place = self._places[way]
        return None if place is None else (place[0], slot.name, place[1], place[2])

    def _place(self, slot: Slot) -> tuple[str, str, str] | None:
        """Owner, period and scope of all slots that are kept like this one."""
        accumulate = slot.accumulate
        period = period_key(slot.period, accumulate, self.claim)
        if period is None or self.missing(accumulate):
            return None
        scope = ";".join(f"{name}={_plain(self.claim.attributes[name])}" for name in accumulate.by)
        return (self.owner(accumulate.owner), period, scope)

    def missing(self, accumulate: Accumulate, period: Period = "life") -> str:
        """The first thing the claim would have to name to be remembered; empty when it names all."""
        if accumulate.owner == "household" and not self.claim.household:
            return "household"
        named = (*accumulate.by, *((period,) if period in ("episode", "disease", "course") else ()))
        return next((one for one in named if not self.claim.attributes.get(one)), "")

    def read(self, benefit: Benefit, what: str, period: Period) -> int:
        """A number that a rule of the benefit asks for: 0 per claim, a refusal when its period cannot be named."""
        return 0 if period == "claim" else self.read_name(name_of(benefit, what), period)

    def read_name(self, name: str, period: Period) -> int:
        """The number under a name for the claim's own period."""
        slot = self.plan.slot(name, period)
        if self.keys[slot.label] is None:
            missing = self.missing(slot.accumulate, period)
            raise refuse(missing, f"单据缺少 {missing} (attribute missing)", rule=f"按 {missing} 累计")
        return self.values[slot.label]

    def begins(self, benefit: Benefit) -> int:
        """1 when this claim is a further one to `nth`, 0 when it goes on with one that is already counted."""
        period = counted_once_in(benefit)
        return (
            1
            if period is None or self.values[self.plan.slot(name_of(benefit, "count"), period).label] == 0
            else 0
        )

    def add(self, name: str, amount: int) -> None:
        """Add to every period of the name that this claim can name."""
        for slot in self.plan.named(name) if amount else ():
            if self.keys[slot.label]:
                self.values[slot.label] += amount
                self.moved.add(slot.label)

    def balance(self, owner: str, name: str) -> int:
        """Balance of an account; 0 when there is none."""
        return self.balances.get((owner, name), self.state.balances.get((owner, name), 0))

    def used(self, pool: str) -> int:
        """How much of a pool is used."""
        return self.pools.get(pool, self.state.pools.get(pool, 0))

    def commit(self) -> None:
        """Let the state take over what this claim moved."""
        for label in self.moved:
            if key := self.keys[label]:
                self.state.accumulators[key] = self.values[label]
        self.state.balances.update(self.balances)
        self.state.pools.update(self.pools)

    def changes(self) -> tuple[Change, ...]:
        """Everything this claim moved."""
        accumulators = (
            Change("accumulator", *key, self.state.accumulators.get(key, 0), self.values[label])
            for label, key in self.keys.items()
            if key and label in self.moved
        )
        balances = (
            Change("balance", owner, name, before=self.state.balances.get((owner, name), 0), after=after)
            for (owner, name), after in self.balances.items()
        )
        pools = (
            Change("pool", "", name, before=self.state.pools.get(name, 0), after=after)
            for name, after in self.pools.items()
        )
        return tuple(one for one in (*accumulators, *balances, *pools) if one.before != one.after)
