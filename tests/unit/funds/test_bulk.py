"""A load of settled claims leaves what the counter would have left, and is explained and reversed like any other."""

from datetime import timedelta

import pytest

from bench import town as town_
from kangcheng.funds.engine import compiled, reference
from kangcheng.funds.engine.facts import Claim, Line
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.overview import selectors as overview
from kangcheng.funds.settlement import releases, selectors, services
from kangcheng.funds.settlement.models import Settlement

DAY = town_.DAY
pytestmark = pytest.mark.django_db


def claims(town):
    """Three stays each of four people: the first of them poor."""
    return [
        Claim(
            id=f"{person}-{turn}", person=str(town.people[person]), on=DAY + timedelta(turn), sequence=turn,
            household=str(town_.household_id(person)), discharged_on=DAY + timedelta(turn),
            lines=(
                Line("jia", 10_000_00 * turn), Line("yi", 5_000_00), Line("jia", 10_00, 1, "fee-general-consultation"),
            ),
            attributes={"scheme": "resident", "setting": "inpatient", "level": "二级", "place": "county"},
            categories=frozenset({"registered_poor"} if person == 0 else ()), facts={"age": 50, "days": 1},
        )
        for person in range(4)
        for turn in (1, 2, 3)
    ]  # fmt: skip


def load(town, pack, by, *, engine):
    stack = releases.book_of(pack).stack("town-inpatient", DAY)
    given = claims(town)
    if engine == "compiled":
        results = compiled.compile(stack).run(compiled.from_claims(given, stack)).results()
    else:
        results = reference.settle_all(stack, given)
    loaded = [
        services.Loaded(claim, result, stack.id, town_.COUNTY_HOSPITAL, level="二级", scheme="resident")
        for claim, result in zip(given, results, strict=True)
    ]
    return services.bulk(loaded, pack=pack, by=by, on=DAY + timedelta(9))


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_load_is_what_the_counter_would_write(town, pack, system, engine):
    ids = load(town, pack, system, engine=engine)
    assert len(ids) == 12 and ledger.unbalanced() == []
    trial = ledger.trial_balance(on=DAY + timedelta(9))
    assert trial.balanced
    stack = releases.book_of(pack).stack("town-inpatient", DAY)
    results = reference.settle_all(stack, claims(town), explain=True)
    assert ledger.balances("fund")["fund:basic"] == sum(result.payers["basic"] for result in results)
    assert ledger.balance("cash:cash") == sum(result.cash for result in results)
    assert ledger.balance("waived:relief_fund") == 3 * 10_00
    for person in town.people[:4]:
        kept = {row["name"]: row["value"] for row in selectors.accumulators([person])}
        assert kept == {key[1]: value for key, value in selectors.replay(person).items()}
        assert kept["basic.count"] == 3
    [row] = overview.waived(since=DAY, on=DAY + timedelta(9))
    assert (row.entitlement, row.kind, row.source, row.uses, row.amount) == (
        "free-consultation", "waive", "relief_fund", 3, 30_00,
    )  # fmt: skip


def test_a_loaded_settlement_is_explained_and_reversed(town, pack, system):
    ids = load(town, pack, system, engine="compiled")
    answer = selectors.explained(ids[1])
    assert Settlement.objects.get(pk=ids[1]).explanation is None
    assert any(reason.clause == "town-rules#T1" for reason in answer.reasons)
    reversal = services.reverse(
        settlement_id=ids[0], by=system, on=DAY + timedelta(9), why="错", key="r", resettle_later=True
    )
    assert reversal.later and ledger.unbalanced() == []
    kept = {row["name"]: row["value"] for row in selectors.accumulators([town.people[0]])}
    assert kept == {key[1]: value for key, value in selectors.replay(town.people[0]).items()}
