"""The city in the database: everything is there, the ledger balances, and the counter would settle it to the same fen."""

from dataclasses import replace
from datetime import date

import pytest

from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.registry.people import selectors as people
from kangcheng.synth import load, settling

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ON, SEED, RESIDENTS = date(2026, 11, 24), 11, 600


@pytest.fixture
def loaded(system):
    heard = []
    made = load.load_city(
        residents=RESIDENTS, seed=SEED, pack="kangcheng", by=system, on=ON, compared=60,
        progress=lambda title, share: heard.append((title, share)),
    )  # fmt: skip
    assert [share for _, share in heard] == sorted(share for _, share in heard) and heard[-1][1] == 1
    return made


def test_the_city_is_in_the_database_and_the_ledger_balances(loaded):
    assert (loaded.start, loaded.people.num_rows) == (date(2025, 11, 1), RESIDENTS)
    assert settlements.total_of(settlements.Filters()) == loaded.claims.num_rows
    assert ledger.unbalanced() == []
    number = next(one for one in loaded.people["identity_number"].to_pylist() if one)
    assert people.find_by_identity(number) is not None


def test_as_many_as_wanted_are_settled_at_the_counter_with_all_of_each_person(system, monkeypatch):
    seen = []
    real = load._write

    def write(made):
        seen.append(made)
        real(made)

    monkeypatch.setattr(load, "_write", write)
    load.load_city(residents=80, seed=SEED, pack="kangcheng", by=system, on=ON, compared=20)
    ((made,),) = (seen,)
    people_ = {made.claims[row].person for row in made.seen}
    assert 20 <= len(made.seen) == sum(claim.person in people_ for claim in made.claims)
    assert settlements.total_of(settlements.Filters()) == len(made.claims), "all was taken back"


def test_half_a_city_is_never_left(system, monkeypatch):
    monkeypatch.setattr(load, "_postings", lambda settlement_id: {"patient": settlement_id.int})
    with pytest.raises(load.Mismatch, match="postings"):
        load.load_city(residents=80, seed=SEED, pack="kangcheng", by=system, on=ON, compared=5)
    assert settlements.listed(settlements.Filters()).rows == ()


def test_a_wrong_fen_is_found(system, monkeypatch):
    real = settling.settle

    def off_by_one(stacks, given, balances):
        chosen, results = real(stacks, given, balances)
        return chosen, [replace(one, parts=one.parts | {"copay": one.parts["copay"] + 1}) for one in results]

    monkeypatch.setattr(load, "settle", off_by_one)
    with pytest.raises(load.Mismatch, match="parts"):
        load.load_city(residents=80, seed=SEED, pack="kangcheng", by=system, on=ON, compared=5)
