"""The year through both engines: the same fen as one claim after the other by the reference; every attribute is brought."""

import dataclasses
from datetime import date

import pytest

from kangcheng.funds.engine import reference
from kangcheng.funds.engine.definition import Condition, Table
from kangcheng.policy.reader import load_pack
from kangcheng.synth import city, params, settling
from kangcheng.synth.enrolling import contributions
from kangcheng.synth.settling import NoStack, Stacks


@pytest.fixture(scope="module")
def stacks():
    return Stacks(load_pack("kangcheng"))


def asked(node, found):
    """Names of the attributes that any condition or table under `node` asks for."""
    if isinstance(node, Condition):
        found.update(node.attributes)
    if isinstance(node, Table):
        found.add(node.by)
    if dataclasses.is_dataclass(node):
        for one in dataclasses.fields(node):
            asked(getattr(node, one.name), found)
    elif isinstance(node, dict):
        for one in node.values():
            asked(one, found)
    elif isinstance(node, (tuple, list)):
        for one in node:
            asked(one, found)
    return found


def test_claims_bring_every_attribute_that_their_stacks_ask_for(town, stacks):
    pairs = set(zip(town.claims["scheme"].to_pylist(), town.claims["setting"].to_pylist(), strict=True))
    assert len(pairs) == 6
    for scheme, setting in pairs:
        wanted = asked(stacks.of(scheme, setting, date(2024, 6, 1)), set())
        assert wanted <= set(town.claims.column_names), (
            scheme,
            setting,
            wanted - set(town.claims.column_names),
        )


def test_a_scheme_without_a_stack_is_said(stacks):
    with pytest.raises(NoStack, match="stacks that fit") as caught:
        stacks.of("resident", "spa", date(2024, 6, 1))
    assert "resident" in caught.value.where


@pytest.mark.slow
def test_the_year_comes_to_the_same_fen_as_one_claim_after_the_other(stacks):
    town = city.make(700, 3)
    given = settling.claims(town)
    balances = {(row["person"], row["account"]): row["amount"] for row in town.accounts.to_pylist()}
    chosen, results = settling.settle(stacks, given, balances)
    assert settling._entangled(given, chosen)  # some go through two stacks that draw on one account
    by_id = {claim.id: stack for claim, stack in zip(given, chosen, strict=True)}
    slow, _ = reference.run(lambda claim: by_id[claim.id], given, reference.State(balances=dict(balances)))
    assert [dataclasses.replace(one, reasons=()) for one in slow] == results
    assert sum(one.total for one in results) == sum(town.claims["total"].to_pylist())
    assert {payer for one in results for payer, fen in one.payers.items() if fen} >= {
        "basic",
        "supplementary",
    }
    assert any(sum(one.accounts.values()) for one in results)


def test_everybody_insured_pays_or_is_paid_for(stacks):
    numbers = params.read()
    town = city.make(1500, 5, numbers)
    paid = contributions(numbers, town, stacks)
    assert len(paid) == town.coverage.num_rows
    residents = [one for one in paid if one.scheme == "resident"]
    whole = {one.own + sum(one.others.values()) for one in residents}
    assert whole == {107_000}  # 2024: 400 yuan each and 670 from the treasury
    assert {one.own for one in residents} == {0, 20_000, 40_000}
    assert all(
        one.own > 0 and one.others["employer"] == 4 * one.own for one in paid if one.scheme == "employee"
    )
