"""The tour of the README: the log-in `cashier` and the printed card come to five payers.

KANGCHENG_TOUR="1500,20000" tries cities of these sizes (the demonstration's own, 20,000, takes minutes).
"""

import os
from datetime import date
from typing import Any

import pytest

from kangcheng.base.accounts import selectors
from kangcheng.config import demo, demo_users
from kangcheng.funds.settlement import services as settlement
from kangcheng.funds.settlement.types import Draft, DraftLine
from kangcheng.policy.reader import load_pack
from kangcheng.registry.catalogues import selectors as catalogues
from kangcheng.registry.categories import selectors as categories
from kangcheng.registry.people import selectors as people
from kangcheng.synth import load

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ON, SEED = date(2026, 11, 24), 20_240_101
FIVE = {"basic", "critical", "supplementary", "assistance", "charity"}
SIZES = [int(size) for size in os.environ.get("KANGCHENG_TOUR", "1500").split(",")]
DEAR = {
    "jia": 6_000_000,
    "yi": 2_000_000,
    "zifei": 1,
}  # fen of each class of items: dear enough for every layer


def bill(institution_id: Any) -> list[DraftLine]:
    """The dearest item of each class as often as it takes."""
    own = catalogues.hospital_items(institution_id, ON, limit=1000)
    prices = catalogues.prices(institution_id, [one.code for one in own], ON)
    lines = []
    for kind, fen in DEAR.items():
        priced = [p for p in prices.values() if p.insurance_class == kind and not p.price_limit]
        best = max(priced, key=lambda p: p.price)
        lines.append(DraftLine(best.hospital_code, fen // best.price + 1))
    return lines


@pytest.mark.parametrize("residents", SIZES)
def test_the_printed_card_is_settled_through_five_payers(system, residents: int) -> None:
    load.load_city(residents=residents, seed=SEED, pack="kangcheng", by=system, on=ON, compared=0)
    demo_users.ensure_users(password=demo.PASSWORD, on=ON)
    cashier = selectors.actor_for(selectors.find_user("cashier"), "test", ON)
    person = people.find_by_identity(demo_users.sample_identity(ON))
    assert person is not None and categories.of(person.id, ON) >= demo_users.POOR
    (place,) = cashier.institutions
    draft = Draft(
        person_id=person.id,
        institution_id=place,
        setting="inpatient",
        admitted_on=ON,
        disease="C34",
        lines=bill(place),
    )
    answer = settlement.quote(pack=load_pack("kangcheng"), by=cashier, on=ON, draft=draft)
    paying = {payer for payer, fen in answer.payers.items() if fen > 0}
    assert paying >= FIVE, answer.payers
