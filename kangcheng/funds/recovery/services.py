"""Verbs of recovery: stop what waits to be paid to the dead; take back what was paid for care after a death."""

from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.funds.payouts import services as payouts
from kangcheng.funds.recovery import selectors
from kangcheng.funds.settlement import services as settlement
from kangcheng.kernel.errors import KangchengError
from kangcheng.registry.people import selectors as people

DIED = "收款人已死亡，停止拨付"


class NothingToRecover(KangchengError):
    """The settlement is not one of care after a death."""


def stop_payouts(*, person_id: UUID, by: Actor, on: date) -> int:
    """Refuse every payout to a person who died that is not paid yet; returns how many. Idempotent."""
    found = people.get(person_id)
    if found is None or found.death_on is None:
        return 0
    waiting = selectors.waiting_payouts(person_id)
    for payout_id in waiting:
        payouts.refuse(payout_id=payout_id, by=by, on=on, reason=DIED)
    return len(waiting)


def recover(*, settlement_id: UUID, by: Actor, on: date, why: str, key: str) -> None:
    """Reverse a settlement of care after death: its postings are mirrored by an entry dated `on`, so the payers get it back.

    Raises NothingToRecover for any other settlement.
    """
    if settlement_id not in {one.settlement_id for one in selectors.after_death()}:
        raise NothingToRecover("不是死亡之后的就诊 (not care after a death)", where=str(settlement_id))
    settlement.reverse(settlement_id=settlement_id, by=by, on=on, why=why, key=key)
