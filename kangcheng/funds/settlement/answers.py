"""A settlement as callers see it: from the row to the answer, with titles and the explanation."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.settlement import releases, results
from kangcheng.funds.settlement.models import Settlement
from kangcheng.funds.settlement.types import Answer, SettlementError


def by_id(settlement_id: UUID) -> Answer:
    """One settlement. Raises SettlementError when there is none."""
    row = Settlement.objects.filter(pk=settlement_id).first()
    if row is None:
        raise SettlementError("没有这笔结算 (no such settlement)", where=f"settlement:{settlement_id}")
    return answer_of(row, stack_of(row))


def stack_of(row: Settlement) -> Stack:
    """The stack the settlement ran on, from the release kept with it."""
    return releases.kept(row.release_hash).stack(row.stack, row.discharged_on)


def answer_of(row: Settlement, stack: Stack) -> Answer:
    """The answer of a row, whether written or only quoted."""
    kept: Mapping[str, Any] = row.result
    explanation: Iterable[list[Any]] | None = row.explanation
    quoted = row.number is None
    return Answer(
        id=None if quoted else row.pk,
        number=row.number,
        state=row.state,
        person_id=row.person_id,
        institution_id=row.institution_id,
        bill_id=row.bill_id,
        scheme=row.scheme,
        setting=row.setting,
        level=row.level,
        categories=tuple(row.categories),
        stack=row.stack,
        pack=row.pack,
        release_hash=row.release_hash,
        settled_on=row.settled_on,
        admitted_on=row.admitted_on,
        discharged_on=row.discharged_on,
        hold_until=row.hold_until,
        total=row.total,
        payers=kept["payers"],
        accounts=kept["accounts"],
        waived=kept["waived"],
        institution=row.institution_borne,
        parts=kept["parts"],
        allowances=kept["allowances"],
        accumulators=kept.get("accumulators", {}),
        balances=kept.get("balances", {}),
        layers=results.layers(kept.get("layers", ()), results.titles_of(stack)),
        reasons=None if explanation is None else results.reasons(explanation),
        claim=row.claim,
        why=row.why,
        replaces_id=row.replaces_id,
    )
