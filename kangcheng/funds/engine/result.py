"""What comes out of a settlement. All amounts fen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True)
class Reason:
    """One line of the explanation: who could redo the sum by hand from this."""

    layer: str
    clause: str
    formula: str  # in words, e.g. "(范围内费用 - 起付线) x 报销比例"
    inputs: tuple[tuple[str, str], ...]  # name, number as printed
    output: str
    rounding: str = ""


@dataclass(frozen=True)
class LayerResult:
    id: str
    payer: str
    base: int = 0
    deductible: int = 0
    expense: int = 0  # what the rate was applied to
    over_ceiling: int = 0
    copay: int = 0
    paid: int = 0
    given: bool = False
    skipped: str = ""  # "when", "unless" or "frequency": why the layer did not apply; empty when it did


class Change(NamedTuple):
    """One remembered number that a claim moved: what a caller has to store, and what a reversal takes back."""

    kind: str  # "accumulator", "balance" or "pool"
    owner: str  # person or household; empty for a pool
    name: str
    period: str = ""  # "year:2024-01-01", "month:2024-05", "episode:..."
    scope: str = ""  # attributes that split it, e.g. "disease=..."
    before: int = 0
    after: int = 0


@dataclass(frozen=True)
class Result:
    """What came of one claim.

    bill = sum(payers) + sum(accounts) + sum(waived) + institution + sum(parts); patient = sum(parts) + sum(accounts);
    cash = sum(parts).
    """

    claim: str
    total: int
    payers: dict[str, int]
    accounts: dict[str, int]
    waived: dict[str, int]
    institution: int
    parts: dict[str, int]
    layers: tuple[LayerResult, ...]
    allowances: dict[str, int]
    accumulators: dict[str, int]  # name (year) or "name@period" -> value after
    balances: dict[str, int]  # account balances after
    no_deposit: tuple[str, ...] = field(
        default=(), compare=False
    )  # entitlements that spare the admission deposit
    changes: tuple[Change, ...] = field(default=(), compare=False)
    reasons: tuple[Reason, ...] = field(default=(), compare=False)

    @property
    def cash(self) -> int:
        return sum(self.parts.values())

    @property
    def patient(self) -> int:
        return self.cash + sum(self.accounts.values())
