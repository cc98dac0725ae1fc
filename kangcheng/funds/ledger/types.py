"""Words of the ledger: accounts by code, the kinds of business, one line of an entry."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

# A posting is signed: debit above zero, credit below. What a positive balance means follows from the kind.
KINDS = {
    "asset": "资产",
    "liability": "负债",
    "income": "收入",
    "expense": "支出",
    "memo": "备查",
}


@dataclass(frozen=True)
class Family:
    """One family of the chart: codes start with `prefix`; an account of it names its payer, source or channel after the colon."""

    prefix: str
    kind: str
    title: str
    party: str = ""  # what the postings' party is: institution, person, household, cashier


CHART: tuple[Family, ...] = (
    Family("cash", "asset", "窗口收款", "institution"),  # cash:cash, cash:card, cash:mobile
    Family("bank", "asset", "基金存款"),  # bank:<fund>
    Family("receivable", "asset", "患者应付", "person"),  # receivable:patient
    Family("treasury", "asset", "应收财政补助"),  # treasury:<source>
    Family("payable", "liability", "应付"),  # payable:institution, payable:person, payable:<register>
    Family("deposit", "liability", "住院预交金", "person"),
    Family("account", "liability", "个人与家庭账户"),  # account:<balance>
    Family("financing", "income", "筹资"),  # financing:<source>
    Family("fund", "expense", "基金支付", "institution"),  # fund:<payer>
    Family("waived", "expense", "减免", "institution"),  # waived:<source>
    Family("borne", "expense", "机构负担", "institution"),  # borne:institution
    Family("allowance", "expense", "现金补助", "person"),  # allowance:<payer>
    Family("over_short", "expense", "收款长短", "institution"),  # over_short:<method>, found at day close
    Family("pool", "memo", "限额使用"),  # pool:<id>: drawn from a pot that runs out
    Family("pool_drawn", "memo", "限额使用对应"),
)
FAMILIES = {family.prefix: family for family in CHART}

BUSINESS = {
    "settlement": "结算",
    "reversal": "冲正",
    "adjustment": "调整",
    "payment": "收款",
    "refund": "退款",
    "deposit": "收预交金",
    "deposit_use": "预交金抵缴",
    "difference": "日结长短款",
    "financing": "筹资到账",
    "credit": "账户划入",
    "payable": "应付确认",
    "payout": "拨付",
}


class LedgerError(KangchengError):
    """The ledger refuses an entry."""


@dataclass(frozen=True)
class Line:
    """One posting: `amount` in fen, debit above zero and credit below; never zero."""

    account: str
    amount: int
    party: UUID | None = None


@dataclass(frozen=True)
class Booking:
    """What an entry says before it is written. `subject` is "settlement:<id>", "payment:<id>"..."""

    business: str
    subject: str
    happened_on: date
    lines: tuple[Line, ...]
    memo: str = ""
    reverses: UUID | None = None


@dataclass(frozen=True)
class ClosedMonth:
    """A month that takes no entry any more: closed when and by whom, debits (= credits) up to its end in fen, digest of the balance."""

    month: date
    at: datetime
    by: UUID
    debit: int
    digest: str


@dataclass(frozen=True)
class TrialRow:
    """One account of a trial balance, in fen."""

    account: str
    title: str
    kind: str
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Debit less credit."""
        return self.debit - self.credit


@dataclass(frozen=True)
class TrialBalance:
    """All accounts on a day; balanced when both totals agree."""

    on: date
    rows: tuple[TrialRow, ...]

    @property
    def debit(self) -> int:
        """Sum of all debits, fen."""
        return sum(row.debit for row in self.rows)

    @property
    def credit(self) -> int:
        """Sum of all credits, fen."""
        return sum(row.credit for row in self.rows)

    @property
    def balanced(self) -> bool:
        """True when debits equal credits."""
        return self.debit == self.credit


@dataclass(frozen=True)
class EntryView:
    """One entry with its lines, for pages."""

    id: UUID
    number: int
    business: str
    subject: str
    happened_on: date
    memo: str
    by: str
    lines: tuple[Line, ...]
    extra: dict[str, Any]


def family_of(code: str) -> Family:
    """The family an account code belongs to; raises LedgerError for a code outside the chart."""
    prefix, _, name = code.partition(":")
    family = FAMILIES.get(prefix)
    if family is None or (not name and prefix not in ("deposit",)) or len(code) > 64:
        raise LedgerError(
            "科目不在科目表中 (account outside the chart)",
            where=repr(code),
            rule="科目代码为 族:名称",
            todo=f"族可为 {', '.join(FAMILIES)}",
        )
    return family
