"""The city's own rules over a made-up city: everything planted is found, nothing else, and no trap is fallen into."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from kangcheng.policy.reader import load_pack
from kangcheng.synth import city
from kangcheng.synth.score import score
from kangcheng.work.reviews import rules, sets

RESIDENTS, SEED = 20_000, 7


@pytest.fixture(scope="module")
def town():
    return city.make(RESIDENTS, SEED)


@pytest.fixture(scope="module")
def pack():
    return load_pack("kangcheng")


def claims(town) -> pa.Table:
    """Claims under the names of the lake."""
    found = town.claims
    names = {"id": "claim_id", "person": "person_id", "institution": "institution_id"}
    wanted = ["id", "person", "institution", "setting", "disease", "admitted_on", "discharged_on"]
    table = found.select(wanted).rename_columns([names.get(name, name) for name in wanted])
    return table.append_column("total", pa.array([100] * table.num_rows, pa.int64()))


def lines(town) -> pa.Table:
    """Bill lines with the posted price of the institution that charged them."""
    bills = town.claims.select(["id", "institution", "discharged_on"]).rename_columns(
        ["claim", "institution", "charged_on"]
    )
    joined = town.claim_lines.join(bills, "claim")
    posted = town.hospital_items.select(["institution", "item", "price"]).rename_columns(
        ["institution", "code", "price"]
    )
    joined = joined.join(posted, ["institution", "code"])
    line = pc.binary_join_element_wise(joined["claim"], joined["line"].cast(pa.string()), ":")
    return pa.table(
        {
            "line_id": line, "claim_id": joined["claim"], "institution_id": joined["institution"], "item": joined["code"],
            "charged": joined["amount"], "posted": pc.multiply(joined["price"], joined["quantity"]),
            "charged_on": joined["charged_on"],
        }
    )  # fmt: skip


def found(pack, name, table):
    """Findings of a rule of the pack."""
    rule = rules.review(pack.entries["review", name].data)
    return rule, sets.evaluate(rule, table, {})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["split-stays", "overlapping-stays", "visit-while-lying-in"])
def test_claims(town, pack, name):
    rule, findings = found(pack, name, claims(town))
    mark = score([one.keys for one in findings], town.truth, rule.planted)
    assert (mark.recall, mark.precision, mark.trapped) == (1.0, 1.0, ()), mark
    assert mark.planted > 0


@pytest.mark.slow
def test_bill_lines(town, pack):
    table = lines(town)
    for name in ("overcharges", "repeated-charges"):
        rule, findings = found(pack, name, table)
        keys = [max(one.keys, key=lambda key: int(key.split(":")[1])).split(":") for one in findings]
        mark = score(keys, town.truth, rule.planted)
        assert (mark.recall, mark.precision) == (1.0, 1.0), (name, mark.missed[:3], mark.wrong[:3])
        assert mark.planted > 0


@pytest.mark.slow
def test_both_evaluators_over_a_quarter_of_the_city(town, pack):
    table = claims(town)
    rule = rules.review(pack.entries["review", "overlapping-stays"].data)
    few = sets.within(rule, table, table["discharged_on"][0].as_py().replace(month=1, day=1), None).slice(
        0, 5_000
    )
    assert rules.evaluate(rule, few.to_pylist(), {}) == sets.evaluate(rule, few, {})
