"""Words of entitlements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

KINDS = {"waive": "减免", "cap": "限价", "subsidy": "补助"}


class EntitlementError(KangchengError):
    """An entitlement cannot be granted."""


@dataclass(frozen=True)
class UseView:
    """One entitlement used once. Amount in fen; `payout_id` for one that is paid out in cash."""

    id: UUID
    person_id: UUID
    entitlement: str
    kind: str
    source: str
    case_key: str
    amount: int
    used_on: date
    settlement_id: UUID | None
    payout_id: UUID | None
    evidence: Mapping[str, str]
    cancelled_on: date | None
