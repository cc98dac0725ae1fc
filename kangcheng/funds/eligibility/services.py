"""Verbs of eligibility: upper modules push dated facts that change a benefit; the fund never asks upward."""

import re
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models.functions import Now

from kangcheng.base import audit, outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.eligibility.models import EligibilityFact
from kangcheng.funds.eligibility.types import EligibilityError, NewFact
from kangcheng.funds.permission import require
from kangcheng.funds.settlement.facts import OURS
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import new_id

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def record(*, facts: Sequence[NewFact], source: str, by: Actor, on: date, why: str = "") -> list[UUID]:
    """Record facts, all or none; an equal one from the same source number is not written twice. Returns their ids.

    Raises Faults for names the registry decides (scheme, level, place ...), blanks, and periods that end before they begin.
    """
    require(by, "eligibility.write")
    _check(facts)
    ids = []
    with audit.acting(by=by, on=on, why=why, action="eligibility.record"):
        for fact in facts:
            known = EligibilityFact.objects.filter(
                person_id=fact.person_id, name=fact.name, value=fact.value, valid_from=fact.valid_from, source=source,
                source_id=fact.source_id, ended_at=None,
            ).first()  # fmt: skip
            if known is None:
                known = EligibilityFact.objects.create(
                    id=new_id(), person_id=fact.person_id, name=fact.name, value=fact.value,
                    valid_from=fact.valid_from, valid_to=fact.valid_to, source=source, source_id=fact.source_id,
                    granted_by=by.user_id,
                )  # fmt: skip
                subject = f"person:{fact.person_id}"
                audit.record(
                    action="eligibility.record",
                    subject=subject,
                    by=by,
                    on=on,
                    why=why,
                    detail={"fact": fact.name},
                )
                outbox.append(
                    "funds.eligibility", str(fact.person_id), {"fact": str(known.pk), "name": fact.name}
                )
            ids.append(known.pk)
    return ids


def end(*, fact_id: UUID, last_day: date, by: Actor, on: date, why: str) -> None:
    """A fact holds up to and including `last_day`. Raises EligibilityError for one that is unknown or ended already."""
    require(by, "eligibility.write")
    with audit.acting(by=by, on=on, why=why, action="eligibility.end"):
        row = EligibilityFact.objects.select_for_update().filter(pk=fact_id).first()
        if row is None or row.ended_at is not None:
            raise EligibilityError("没有这条事实，或已终止 (unknown or ended)", where=f"fact:{fact_id}")
        if last_day < row.valid_from:
            raise EligibilityError("止期早于起期 (ends before it begins)", where=f"last_day {last_day}")
        day_after = date.fromordinal(last_day.toordinal() + 1)
        EligibilityFact.objects.filter(pk=row.pk).update(
            valid_to=day_after, ended_at=Now(), ended_by=by.user_id, why_ended=why
        )
        audit.record(action="eligibility.end", subject=f"person:{row.person_id}", by=by, on=on, why=why)
        outbox.append("funds.eligibility", str(row.person_id), {"fact": str(row.pk), "name": row.name})


def _check(facts: Sequence[NewFact]) -> None:
    faults = []
    for place, fact in enumerate(facts):
        where = f"facts[{place}]"
        if not _NAME.fullmatch(fact.name) or fact.name in OURS:
            faults.append(
                Fault(
                    f"{where}.name",
                    f"不能登记 {fact.name!r} (not a pushable fact)",
                    rule="险种、等级等以登记为准",
                )
            )
        if not fact.value.strip():
            faults.append(Fault(f"{where}.value", "值为空 (blank value)"))
        if fact.valid_to is not None and fact.valid_to < fact.valid_from:
            faults.append(Fault(f"{where}.valid_to", "止期早于起期 (ends before it begins)"))
    if faults:
        raise Faults(faults, what="待遇事实未登记 (nothing recorded)")
