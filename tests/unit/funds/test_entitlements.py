"""Entitlements: waived by source, capped at the hospital's expense, awards once a year and never twice."""

from datetime import date, timedelta

import pytest

from bench import town as town_
from kangcheng.base.accounts.types import system_actor
from kangcheng.funds.eligibility import services as eligibility
from kangcheng.funds.eligibility.types import NewFact
from kangcheng.funds.entitlements import selectors, services
from kangcheng.funds.entitlements.types import EntitlementError
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.overview import selectors as overview
from kangcheng.funds.payouts import selectors as payouts
from kangcheng.funds.permission import NotPermitted
from kangcheng.kernel.errors import Faults
from kangcheng.registry.categories import services as categories
from kangcheng.registry.categories.types import NewCategory

DAY = town_.DAY
OFFICER = town_.staff("fund_officer", institution=None)
pytestmark = pytest.mark.django_db


def mark(town, person, category):
    new = NewCategory(town.people[person], category, town_.SINCE, source="test")
    categories.bulk([new], by=system_actor("list"), on=DAY)


def test_the_waived_ledger_names_the_source(settled):
    poor, _ = settled(0, FEE=2, A1=1), settled(1, FEE=1)
    [row] = overview.waived(since=DAY, on=DAY)
    assert (row.entitlement, row.source, row.amount, row.people) == (
        "free-consultation",
        "relief_fund",
        20_00,
        1,
    )
    assert ledger.balance("waived:relief_fund", party=town_.COUNTY_HOSPITAL) == 20_00
    [use] = selectors.of_settlement(poor.id)
    assert use.amount == 20_00 and use.kind == "waive"


def test_the_excess_over_a_cap_is_the_hospitals_when_the_pathway_was_met(town, settled):
    mark(town, 1, "migrant_worker")
    plain = settled(1, setting="delivery", A1=20)
    assert plain.institution == 0
    eligibility.record(
        facts=[NewFact(town.people[1], "pathway", "met", DAY)],
        source="care.programmes",
        by=system_actor("care"),
        on=DAY,
    )
    capped = settled(1, setting="delivery", A1=20, on=DAY + timedelta(1))
    assert capped.institution == 400_00 and capped.total == 2000_00
    assert ledger.balance("borne:institution", party=town_.COUNTY_HOSPITAL) == 400_00
    [row] = [row for row in overview.waived(since=DAY, on=DAY + timedelta(1)) if row.kind == "cap"]
    assert row.amount == 400_00


def test_an_eligibility_fact_cannot_say_what_the_registry_says(town):
    facts = [NewFact(town.people[1], "level", "一级", DAY), NewFact(town.people[1], "pathway", " ", DAY)]
    with pytest.raises(Faults) as refused:
        eligibility.record(facts=facts, source="care", by=system_actor("care"), on=DAY)
    assert len(refused.value.faults) == 2


def test_only_who_may_pushes_a_fact(town, actor):
    fact = [NewFact(town.people[1], "pathway", "met", DAY)]
    with pytest.raises(NotPermitted):
        eligibility.record(facts=fact, source="care", by=actor("cashier", areas=[""]), on=DAY)
    [made] = eligibility.record(facts=fact, source="care", by=actor("clinician", areas=[""]), on=DAY)
    with pytest.raises(NotPermitted):
        eligibility.end(fact_id=made, last_day=DAY, by=actor("inspector", areas=[""]), on=DAY, why="误报")
    eligibility.end(fact_id=made, last_day=DAY, by=actor("village_doctor", areas=[""]), on=DAY, why="误报")


def grant(person, key, on=DAY):
    return services.grant(
        person_id=person,
        entitlement="kashin-beck",
        pack=town_.pack(),
        by=OFFICER,
        on=on,
        evidence={},
        key=key,
    )


def test_an_award_is_granted_once_a_year(town):
    mark(town, 1, "kashin_beck")
    person = town.people[1]
    use = grant(person, "g")
    assert (use.amount, use.source, use.case_key) == (700_00, "special_subsidy", "year:2024-01-01")
    assert grant(person, "g") == use
    [payout] = payouts.listed()
    assert (payout.amount, payout.party_id, payout.state) == (700_00, person, "asked")
    assert ledger.balance("payable:person", party=person) == -700_00
    with pytest.raises(EntitlementError, match="不得重复"):
        grant(person, "again", DAY + timedelta(30))
    assert grant(person, "next year", date(2025, 1, 1)).amount == 700_00


def test_an_award_needs_its_condition(town):
    with pytest.raises(EntitlementError, match="不符合条件"):
        grant(town.people[1], "g")
    with pytest.raises(EntitlementError, match="no such award"):
        services.grant(
            person_id=town.people[1],
            entitlement="gold",
            pack=town_.pack(),
            by=OFFICER,
            on=DAY,
            evidence={},
            key="g",
        )


def test_an_award_taken_back_can_be_granted_again(town):
    mark(town, 1, "kashin_beck")
    use = grant(town.people[1], "g")
    auditor = town_.staff("fund_auditor", 1, institution=None)
    assert services.cancel(use_id=use.id, by=auditor, on=DAY, why="名单有误").cancelled_on == DAY
    assert ledger.balance("payable:person") == 0 and payouts.listed() == []
    assert grant(town.people[1], "g2").amount == 700_00
