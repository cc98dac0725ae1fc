"""Where remembered numbers stand while one unit's claims run: rows by period, found again by a whole-number key.

Slots whose period, deciding day, owner and extra attributes agree share one key and stand in one row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kangcheng.funds.engine.definition import Account, Accumulate, Entitlement, Period, Stack
from kangcheng.funds.engine.reference.plan import Plan
from kangcheng.funds.engine.slots import Slot, asked, layer_of, name_of

DAYS = ("day", "month", "quarter", "year")
NAMED = ("episode", "disease", "course")


@dataclass(frozen=True)
class Key:
    """What tells two rows apart."""

    period: Period
    starts: tuple[int, int]  # of the year; (0, 0) for every other period
    decided_by: str  # empty when no day decides
    owner: str
    by: tuple[str, ...]

    @property
    def may_lack(self) -> bool:
        """True when a claim can be without the attribute, or the household, that names the row."""
        return bool(self.by) or self.period in NAMED or self.owner == "household"

    @property
    def lacking(self) -> tuple[str, ...]:
        """What is missing when the row has no name."""
        owner = ("household",) if self.owner == "household" else ()
        return (*owner, *self.by, *((self.period,) if self.period in NAMED else ()))


@dataclass
class Group:
    """Rows of one key."""

    number: int
    key: Key
    width: int = 0


@dataclass
class Layout:
    """All groups of a stack and the place of each remembered number in them."""

    groups: list[Group] = field(default_factory=list)
    slots: dict[tuple[str, Period], tuple[Group, int]] = field(default_factory=dict)
    balances: dict[str, tuple[Group, int]] = field(default_factory=dict)
    households: bool = False  # the unit is the household

    def group(self, key: Key) -> Group:
        """The group of a key, made when new."""
        for group in self.groups:
            if group.key == key:
                return group
        self.groups.append(Group(len(self.groups), key))
        return self.groups[-1]

    def is_single(self, group: Group) -> bool:
        """True when a unit has one row of the group, whatever its claims."""
        key = group.key
        return key.period == "life" and not key.by and key.owner == "person" and not self.households

    def add(self, slot: Slot) -> None:
        """Give a slot its place."""
        if (slot.name, slot.period) not in self.slots:
            group = self.group(key_of(slot.period, slot.accumulate))
            self.slots[slot.name, slot.period] = (group, group.width)
            group.width += 1

    def named(self, name: str) -> list[tuple[Group, int]]:
        """Places of all periods of a name that are kept."""
        return [place for (known, _), place in self.slots.items() if known == name]


def key_of(period: Period, accumulate: Accumulate) -> Key:
    """The key of a period under a layer's way to remember."""
    return Key(
        period=period,
        starts=accumulate.year_starts if period == "year" else (0, 0),
        decided_by=accumulate.decided_by if period in DAYS else "",
        owner=accumulate.owner,
        by=accumulate.by,
    )


def layout(plan: Plan, *, whole: bool) -> Layout:
    """Places for the numbers that rules read, or for the whole memory when results shall show it."""
    made = Layout(households=by_household(plan.stack))
    wanted = read_by_rules(plan.stack)
    for slot in plan.slots:
        if whole or (slot.name, slot.period) in wanted:
            made.add(slot)
        elif slot.period == "year" and key_of("year", slot.accumulate).may_lack:
            made.group(key_of("year", slot.accumulate))  # its key says whether owner and attributes are there
    for name, owner in plan.balances.items():
        group = made.group(Key("life", (0, 0), "", owner, ()))
        made.balances[name] = (group, group.width)
        group.width += 1
    return made


def by_household(stack: Stack) -> bool:
    """True when claims of one household must run together."""
    layers = [benefit for position in stack.order if (benefit := layer_of(position))]
    owners = [benefit.accumulate.owner for benefit in layers]
    owners += [position.owner for position in stack.order if isinstance(position, Account)]
    return "household" in owners


def read_by_rules(stack: Stack) -> set[tuple[str, Period]]:
    """Name and period of every number that a rule of the stack reads."""
    found: set[tuple[str, Period]] = set()
    for position in stack.order:
        if isinstance(position, Entitlement) and position.frequency:
            found.add((f"{position.id}.count", position.frequency.per))
        if benefit := layer_of(position):
            found |= {(name_of(benefit, what), period) for what, period in asked(benefit)}
    return found
