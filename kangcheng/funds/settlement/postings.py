"""Which accounts a settled claim moves. Pure: from amounts to the lines of one ledger entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from kangcheng.funds.ledger.types import Line


@dataclass(frozen=True)
class Parties:
    """Whose money it is."""

    person: UUID
    institution: UUID
    account_owners: Mapping[str, UUID]  # balance name -> person or household


def lines_of(
    *,
    total: int,
    payers: Mapping[str, int],
    accounts: Mapping[str, int],
    waived: Mapping[str, int],
    institution: int,
    cash: int,
    allowances: Mapping[str, int],
    pools: Mapping[str, int],
    parties: Parties,
) -> tuple[Line, ...]:
    """Postings of one settlement, zeros left out.

    The institution is owed the whole bill; every payer, source, account, the institution itself and the patient stand
    for their share of it. Benefits in cash are owed to the person. Draws on pools are noted beside.
    """
    place, person = parties.institution, parties.person
    lines = [Line(f"fund:{payer}", fen, place) for payer, fen in payers.items()]
    lines += [Line(f"waived:{source}", fen, place) for source, fen in waived.items()]
    lines += [
        Line(f"account:{name}", fen, parties.account_owners.get(name, person))
        for name, fen in accounts.items()
    ]
    lines += [Line("borne:institution", institution, place), Line("receivable:patient", cash, person)]
    lines += [Line("payable:institution", -total, place)]
    for payer, fen in allowances.items():
        lines += [Line(f"allowance:{payer}", fen, person), Line("payable:person", -fen, person)]
    for pool, drawn in pools.items():
        lines += [Line(f"pool:{pool}", drawn), Line(f"pool_drawn:{pool}", -drawn)]
    return tuple(line for line in lines if line.amount)


def mirrored(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The same lines the other way round."""
    return tuple(Line(line.account, -line.amount, line.party) for line in lines)
