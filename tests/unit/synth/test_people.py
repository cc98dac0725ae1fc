"""People look like a city's: ages, families, homes, names; and like nobody real."""

from collections import Counter
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow.compute as pc

from kangcheng.kernel.ids import IdentityNumber, uscc_valid
from kangcheng.synth import params

YEAR = 2024


def _ages(town):
    return np.array([YEAR - born.year for born in town.people["birth_on"].to_pylist()])


def test_as_many_people_as_asked_each_once(town):
    ids = town.people["person"].to_pylist()
    assert len(ids) == len(set(ids)) == town.residents


def test_ages_and_sexes_follow_the_pyramid_within_a_tenth(town):
    numbers = params.read()
    ages, sexes = _ages(town), np.array(town.people["sex"].to_pylist())
    total = sum(band.male + band.female for band in numbers.pyramid)
    for band in numbers.pyramid:
        here = (ages >= band.start) & (ages < band.start + 5)
        for sex, weight in (("M", band.male), ("F", band.female)):
            wanted = town.residents * weight / total
            got = int((here & (sexes == sex)).sum())
            assert abs(got - wanted) < 0.1 * wanted + 4 * wanted**0.5, (band.start, sex, got, wanted)


def test_households_have_their_members_and_one_head(town):
    members = Counter(town.people["household"].to_pylist())
    assert (
        dict(zip(*town.households.select(["household", "members"]).to_pydict().values(), strict=True))
        == members
    )
    sizes = Counter(members.values())
    shares = {size: count / len(members) for size, count in sizes.items()}
    assert 0.18 < shares[1] < 0.35 and 0.2 < shares[2] < 0.4 and 0.1 < shares[3] < 0.3
    assert 2.2 < town.residents / len(members) < 2.9
    assert max(sizes) <= 12
    heads = Counter(
        home for home, role in zip(*_columns(town.people, "household", "role"), strict=True) if role == "head"
    )
    assert heads == Counter(members.keys())


def test_children_do_not_live_alone(town):
    alone = {row["household"] for row in town.households.to_pylist() if row["members"] == 1}
    ages = _ages(town)
    children = [
        home for home, age in zip(town.people["household"].to_pylist(), ages, strict=True) if age < 15
    ]
    assert sum(home in alone for home in children) / len(children) < 0.001


def test_couples_are_one_man_and_one_woman_of_like_age(town):
    people = {row["person"]: row for row in town.people.to_pylist()}
    gaps = []
    for row in people.values():
        if row["spouse"]:
            other = people[row["spouse"]]
            assert other["spouse"] == row["person"] and other["sex"] != row["sex"]
            gaps.append(abs(other["birth_on"].year - row["birth_on"].year))
    assert np.mean(gaps) < 4 and max(gaps) < 20
    assert 0.5 < len(gaps) / len(people) < 0.7


def test_mothers_are_of_an_age_to_be_and_births_ten_months_apart(town):
    people = {row["person"]: row for row in town.people.to_pylist()}
    twins = {frozenset(ids) for ids in _truth(town, "twins")}
    children: dict[str, list[dict]] = {}
    for row in people.values():
        if row["mother"]:
            children.setdefault(row["mother"], []).append(row)
            assert 16 <= row["birth_on"].year - people[row["mother"]]["birth_on"].year <= 48
    for siblings in children.values():
        siblings.sort(key=lambda one: one["birth_on"])
        for elder, younger in pairwise(siblings):
            days = (younger["birth_on"] - elder["birth_on"]).days
            assert days >= 300 or {elder["person"], younger["person"]} in twins


def test_every_address_is_a_village_of_the_city_and_old_people_live_more_in_the_country(town):
    villages = {row["code"] for row in town.areas.to_pylist() if row["level"] == "village"}
    codes = town.people["area_code"].to_pylist()
    assert set(codes) <= villages
    assert len(set(codes)) > 0.95 * len(villages)
    rural = np.array([code[4:6] in ("03", "04") for code in codes])
    old = _ages(town) >= 65
    assert rural[old].mean() > rural[~old].mean() + 0.02


def test_areas_form_one_tree(town):
    rows = {row["code"]: row for row in town.areas.to_pylist()}
    assert len(rows) == town.areas.num_rows
    for row in rows.values():
        assert row["level"] == "province" or rows[row["parent"]]
        assert row["code"].startswith(row["parent"])


def test_identity_numbers_are_valid_unique_and_of_no_real_division(town):
    rows = [row for row in town.people.to_pylist() if row["identity_number"]]
    numbers = [IdentityNumber.parse(row["identity_number"]) for row in rows]
    assert len({number.text for number in numbers}) == len(numbers) > 0.99 * town.residents
    for row, number in zip(rows, numbers, strict=True):
        assert (number.birth, number.sex) == (row["birth_on"], row["sex"])
        assert number.division.startswith("99")


def test_telephones_are_of_an_unassigned_range(town):
    prefix = params.read().phone_prefix
    assert all(phone.startswith(prefix) and len(phone) == 11 for phone in _phones(town))


def test_institution_codes_are_valid_unique_and_of_no_real_division(town):
    codes = town.institutions["code"].to_pylist()
    assert len(set(codes)) == len(codes)
    assert all(uscc_valid(code) and code[2:4] == "99" for code in codes)
    assert len(set(town.institutions["name"].to_pylist())) == len(codes)


def test_namesakes_are_as_frequent_as_in_a_small_city(town):
    names = Counter(town.people["name"].to_pylist())
    shared = sum(count for count in names.values() if count > 1) / town.residents
    assert 0.15 < shared < 0.45
    assert names.most_common(1)[0][1] < 40
    lengths = Counter(map(len, names.elements()))
    assert 0.5 < lengths[3] / town.residents < 0.85
    surnames = Counter(name[0] for name in names.elements())
    assert 0.05 < surnames["王"] / town.residents < 0.09


def test_children_carry_their_fathers_name_and_the_dead_died_in_the_year(town):
    people = {row["person"]: row for row in town.people.to_pylist()}
    swapped = {one for ids in _truth(town, "swapped_person") for one in ids}
    held = [row for row in people.values() if row["mother"] and people[row["mother"]]["spouse"]]
    same = [
        row["name"][0] == people[people[row["mother"]]["spouse"]]["name"][0]
        for row in held
        if not {row["person"], people[row["mother"]]["spouse"]} & swapped
    ]
    assert all(same) and len(same) > 1000
    deaths = [row for row in people.values() if row["died_on"]]
    assert 0.004 < len(deaths) / town.residents < 0.012
    assert all(date(YEAR, 1, 1) <= row["died_on"] < date(YEAR + 1, 1, 1) for row in deaths)
    assert np.mean([YEAR - row["birth_on"].year for row in deaths]) > 65


def test_source_records_lead_to_the_person_and_mostly_agree(town):
    people = {row["person"]: row for row in town.people.to_pylist()}
    rows = town.source_records.to_pylist()
    assert len({(row["system"], row["number"]) for row in rows}) == len(rows)
    swapped = {one for ids in _truth(town, "swapped_person") for one in ids}
    differ = [row for row in rows if row["name"] != people[row["person"]]["name"]]
    assert {row["person"] for row in differ} & swapped  # here the swap can be seen
    assert 0 < len([row for row in differ if row["person"] not in swapped]) / len(rows) < 0.02
    born = [row for row in rows if row["birth_on"] != people[row["person"]]["birth_on"]]
    assert 0.001 < len(born) / len(rows) < 0.01
    assert all(row["identity_number"] is None for row in born)


def _columns(table, *names):
    return [table[name].to_pylist() for name in names]


def _truth(town, kind):
    return town.truth.filter(pc.equal(town.truth["kind"], kind))["ids"].to_pylist()


def _phones(town):
    return [*town.people["phone"].to_pylist(), *filter(None, town.source_records["phone"].to_pylist())]
