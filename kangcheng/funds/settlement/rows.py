"""A settlement as a row: from a result of the engine to the columns, the postings and the entitlements used."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from kangcheng.base.accounts.types import Actor
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.result import Result
from kangcheng.funds.ledger.types import Line
from kangcheng.funds.settlement import claims, postings, results, store
from kangcheng.funds.settlement.cases import Case
from kangcheng.funds.settlement.models import Settlement
from kangcheng.funds.settlement.results import Move
from kangcheng.kernel.ids import new_id

_JSON = frozenset({"categories", "payers", "claim", "result", "explanation", "moves"})


def row_of(
    case: Case,
    claim: Claim,
    result: Result,
    *,
    by: Actor,
    hold_until: datetime | None = None,
    quoted: bool = False,
) -> Settlement:
    """The settlement as a row that is not written yet."""
    facts = case.facts
    return Settlement(
        id=new_id(),
        number=None,
        bill_id=case.bill_id,
        version=case.version,
        person_id=facts.person_id,
        household_id=facts.household_id,
        institution_id=facts.institution_id,
        area_code=facts.institution_area,
        level=facts.level,
        scheme=facts.scheme,
        setting=case.setting,
        disease=case.disease,
        categories=sorted(facts.categories),
        stack=case.stack.id,
        pack=case.book.pack,
        release_hash=case.book.release_hash,
        settled_on=claim.on,
        admitted_on=claim.admitted_on,
        discharged_on=claim.discharged_on,
        sequence=claim.sequence,
        state="quoted" if quoted else "held" if hold_until else "settled",
        hold_until=hold_until,
        why="",
        replaces_id=None,
        **_amounts(claim, result, results.moves_of(result), True),
        settled_by=by.user_id,
        batch=False,
    )


def overwrite(row: Settlement, claim: Claim, result: Result, stack: Stack, *, by: Actor) -> None:
    """Give an unsaved copy of a row another result; day, sequence, person and place stay."""
    fill(row, claim, result, moves=results.moves_of(result))
    row.categories, row.stack, row.settled_by = sorted(claim.categories), stack.id, by.user_id
    row.scheme = claim.attributes.get("scheme", row.scheme)
    row.level = claim.attributes.get("level", row.level)


def fill(
    row: Settlement, claim: Claim, result: Result, *, moves: Sequence[Move], explained: bool = True
) -> None:
    """Give an unsaved row the claim, the amounts and the moves of a result."""
    for name, value in _amounts(claim, result, moves, explained).items():
        setattr(row, name, value)


def _amounts(claim: Claim, result: Result, moves: Sequence[Move], explained: bool) -> dict[str, Any]:
    return {
        "total": result.total,
        "fund": sum(result.payers.values()),
        "accounts": sum(result.accounts.values()),
        "waived": sum(result.waived.values()),
        "institution_borne": result.institution,
        "cash": result.cash,
        "payers": {payer: fen for payer, fen in result.payers.items() if fen},
        "claim": claims.to_json(claim),
        "result": results.to_json(result),
        "explanation": results.reasons_json(result) if explained else None,
        "moves": [list(move) for move in moves],
    }


def lines_of(row: Settlement, stack: Stack) -> tuple[Line, ...]:
    """Ledger lines of a settlement row."""
    kept = row.result
    return postings.lines_of(
        total=row.total,
        payers=kept["payers"],
        accounts=kept["accounts"],
        waived=kept["waived"],
        institution=row.institution_borne,
        cash=row.cash,
        allowances=kept["allowances"],
        pools=results.pool_draws([tuple(move) for move in row.moves], stack),
        parties=postings.Parties(
            row.person_id,
            row.institution_id,
            # Of a merged person the accounts are the golden one's; the claim says whose.
            results.account_owners(stack, UUID(row.claim["person"]), row.household_id),
        ),
    )


def settlement_parameters(row: Settlement) -> dict[str, Any]:
    """Parameters of `store.NEW_SETTLEMENT`."""
    return {f"s_{name}": _as_column(name, getattr(row, name)) for name in store.SETTLEMENT_COLUMNS}


def _as_column(name: str, value: Any) -> Any:
    return orjson.dumps(value).decode() if name in _JSON and value is not None else value


def use_parameters(row: Settlement, uses: list[tuple[str, str, str, int]], stack: Stack) -> dict[str, Any]:
    """Parameters of `store.NEW_USES`: a subsidy limited to once per year or case is guarded by its period."""
    cases = results.case_keys(stack, row.moves)
    return {
        "use_ids": [use[0] for use in uses],
        "use_kinds": [use[1] for use in uses],
        "use_sources": [use[2] for use in uses],
        "use_cases": [cases.get(use[0], f"settlement:{row.pk}") for use in uses],
        "use_amounts": [use[3] for use in uses],
    }
