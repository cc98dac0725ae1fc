"""Everything the writers of code share: the stack, what is asked of it, and the text so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from kangcheng.funds.engine.compiled.exact import Num
from kangcheng.funds.engine.compiled.memory import Group, Key, Layout
from kangcheng.funds.engine.compiled.source import Source
from kangcheng.funds.engine.compiled.vocabulary import Vocabulary
from kangcheng.funds.engine.definition import Period, Pool, Stack
from kangcheng.funds.engine.reference.plan import Plan

MOST_FEN = 10**14
NO_SHARE = Num("0", 1, 0, 0)
FAMILIES = ("payers", "parts", "layers", "memory")


@dataclass(frozen=True)
class Cell:
    """Lines that the rules cannot tell apart: one group, one own first-pay share, the same waivers."""

    group: str
    share: Fraction | None = None
    waivers: frozenset[int] = frozenset()  # numbers of the stack's waivers that cover it


@dataclass(frozen=True)
class Form:
    """What the claims of a batch bring, as far as the code depends on it."""

    cells: tuple[Cell, ...] | None  # None: line by line
    share_den: int = 1  # lines: common denominator of the lines' own shares
    limits: bool = False  # lines: price limits occur
    in_scope: bool = False  # some claims bring an in-scope amount alone
    rest: bool = False  # some totals exceed what is listed
    facts: tuple[str, ...] = ()  # numbers that some claims bring
    given: tuple[str, ...] = ()  # payers with given payments
    overrides: bool = False  # claims replace remembered numbers
    opening: bool = False  # units start with remembered numbers


@dataclass(frozen=True)
class Bounds:
    """What inputs may reach while every product stays exact: amounts in fen, other facts as they are."""

    amount: int
    number: int


@dataclass
class Draft:
    """One kernel in the making."""

    stack: Stack
    plan: Plan
    source: Source
    vocabulary: Vocabulary
    memory: Layout
    form: Form
    want: frozenset[str]
    bounds: Bounds
    money_facts: frozenset[str]
    waiver_shares: dict[int, Num] = field(
        default_factory=dict
    )  # number of a waiver -> its share for this claim
    place_rate: Num = NO_SHARE  # the place-of-care first payment of this claim
    pools: list[Pool] = field(default_factory=list)  # in the order their layers stand
    free: dict[str, str] = field(default_factory=dict)  # entitlement -> local name: spares the deposit

    @property
    def place(self) -> str:
        """Id of the layer being written."""
        return self.source.place

    def part(self, name: str) -> str:
        """Local name of a part of the bill."""
        number = self.plan.parts.index(name)
        return f"p_{name}" if number < 8 else f"p_stream{number - 7}"

    def attribute(self, name: str) -> str:
        """Local name of an attribute's code."""
        return f"a_{list(self.vocabulary.codes).index(name)}"

    def fact(self, name: str) -> str:
        """Local name of a number the claim brings; -1 when it is missing."""
        return f"f_{self.vocabulary.facts.index(name)}"

    def payer(self, name: str) -> str:
        """Local name of what a payer has paid."""
        return f"pay_{self.plan.payers.index(name)}"

    def waived(self, source: str) -> str:
        """Local name of what a source bears of waivers."""
        return f"waived_{self.plan.sources.index(source)}"

    def read(self, name: str, period: Period) -> str:
        """Code for a remembered number that a rule asks for; the claim is given up when its period has no name."""
        group, at = self.memory.slots[name, period]
        if group.key.may_lack:
            with self.source.block(f"if k_{group.number} < 0"):
                self.lack(group.key)
        return place(group, at)

    def lack(self, key: Key) -> None:
        """Give the claim up because it does not name its row."""
        self.source.fault(key.lacking[0], f"单据缺少 {' 或 '.join(key.lacking)} (attribute missing)")

    def remember(self, name: str, amount: str) -> None:
        """Add to every period of a name that is kept and that this claim can name."""
        for group, at in self.memory.named(name):
            with self.source.when(f"k_{group.number} >= 0" if group.key.may_lack else "True"):
                self.source.put(f"{place(group, at)} += {amount}  # {name}")


def place(group: Group, at: int) -> str:
    """Where a number of a group stands in memory for the claim's row."""
    return f"m[r_{group.number} + {at}]"
