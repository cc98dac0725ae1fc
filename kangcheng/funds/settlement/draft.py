"""A draft of the counter as a stay: priced by the catalogue, saved nowhere."""

from datetime import date

from kangcheng.funds.billing import selectors as billing
from kangcheng.funds.settlement import claims
from kangcheng.funds.settlement.cases import Stay
from kangcheng.funds.settlement.types import Draft, SettlementError


def stay_of(draft: Draft, *, on: date) -> Stay:
    """Price the draft's lines at its institution. Raises BillingError naming every code that is not mapped or priced."""
    discharged = draft.discharged_on or on
    if not draft.lines:
        raise SettlementError("没有明细 (no lines)", where="lines", todo="先录入费用")
    priced = billing.price(draft.institution_id, draft.lines, on=min(discharged, on))
    return Stay(
        number="draft",
        person_id=draft.person_id,
        institution_id=draft.institution_id,
        setting=draft.setting,
        disease=draft.disease or billing.disease_of(draft.diagnosis),
        admitted_on=draft.admitted_on,
        discharged_on=discharged,
        stated=draft.attributes,
        lines=[
            claims.line(
                group=one.group, amount=one.amount, quantity=one.quantity, code=one.item_code,
                price_limit=one.price_limit, first_pay=one.first_pay,
            )
            for one in priced
        ],
    )  # fmt: skip
