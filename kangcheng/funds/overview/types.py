"""What the fund's overview shows. Amounts in fen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Overview:
    """Income and outlay of a span of days, both ends inside."""

    since: date
    on: date
    income: Mapping[str, int]  # source -> fen
    outlay: Mapping[str, int]  # payer -> fen, benefits in cash included
    waived: Mapping[str, int]  # source -> fen
    institution_borne: int
    patients: int  # what patients paid or owe in cash
    accounts: int  # paid from personal and family accounts
    claims: int
    people: int

    @property
    def balance(self) -> int:
        """Income less outlay."""
        return sum(self.income.values()) - sum(self.outlay.values())


@dataclass(frozen=True)
class Month:
    """Income and outlay of one month."""

    month: date
    income: int
    outlay: Mapping[str, int]
    claims: int


@dataclass(frozen=True)
class LevelRow:
    """Live settlements at institutions of one level."""

    level: str
    setting: str
    claims: int
    total: int
    fund: int
    cash: int


@dataclass(frozen=True)
class WaivedRow:
    """Waived, subsidised or capped amounts of one entitlement and source."""

    entitlement: str
    kind: str
    source: str
    uses: int
    people: int
    amount: int
