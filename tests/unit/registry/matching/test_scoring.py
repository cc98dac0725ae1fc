"""Fields, levels, weights: what agrees, how far, and that Splink weighs the very same."""

from datetime import date

import pytest

from kangcheng.registry.matching import names, rules, scoring, thresholds
from kangcheng.registry.matching.comparing import COMPARISONS, compare, one_edit
from kangcheng.registry.matching.rules import Candidate, Limits
from kangcheng.registry.matching.traits import Traits, house, read, valid

LIMITS = Limits(scoring.weight_of(0.9999), scoring.weight_of(0.2), 8.0)
BASE = Traits("张小明", "M", date(1980, 3, 12), "13800002222", "", "150302001002", "5", "H1")


def changed(**traits):
    from dataclasses import replace

    return replace(BASE, **traits)


@pytest.mark.parametrize(
    ("field", "other", "level"),
    [
        ("name", "张小明", "exact"),
        ("name", "小明张", "turned"),
        ("name", "张晓明", "sound"),
        ("name", "张小亮", "one"),
        ("name", "张明", "one"),
        ("name", "张海峰", "surname"),
        ("name", "王海峰", "else"),
        ("name", "", "unknown"),
        ("birth", date(1980, 3, 12), "exact"),
        ("birth", date(1980, 12, 3), "slip"),
        ("birth", date(1980, 3, 22), "slip"),
        ("birth", date(1980, 2, 29), "year"),
        ("birth", date(1980, 3, 4), "near"),
        ("birth", date(1980, 9, 30), "year"),
        ("birth", date(1955, 1, 1), "else"),
        ("birth", None, "unknown"),
        ("phone", "13800002223", "slip"),
        ("phone", "13800003333", "else"),
    ],
)
def test_levels_of_agreement(field, other, level):
    assert compare(BASE, changed(**{field: other}))[field] == level


def test_levels_of_homes():
    places = {
        "150302001002": "village",
        "150302001001": "street",
        "150302002001": "county",
        "150303100201": "else",
    }
    assert compare(BASE, BASE)["home"] == "house"
    assert {place: compare(BASE, changed(place=place, house="9"))["home"] for place in places} == places


def test_traditional_and_variant_characters_are_the_same_name():
    assert names.simplified("張 傑") == names.simplified("张杰") == "张杰"
    assert names.simplified("阿卜杜拉·买买提") == names.simplified("阿卜杜拉•买买提")


def test_one_edit_is_one():
    same = ("12345", "12354", "1234", "123456", "12245")
    assert all(one_edit("12345", other) for other in same)
    assert not any(one_edit("12345", other) for other in ("54321", "12453", "123", "21354"))


def test_numbers_in_each_others_fields_are_put_right():
    got = read(name="张小明", phone="11010519491231002X", identity="13800002222")
    assert (got.traits.identity, got.traits.phone) == ("11010519491231002X", "13800002222")
    assert valid(got.traits) and got.traits.birth == date(1949, 12, 31) and got.traits.sex == "F"
    assert [note.where for note in got.notes] == ["identity"]


def test_a_mistyped_number_is_kept_for_likeness_only():
    got = read(name="张小明", identity="110105194912310021")
    assert not valid(got.traits) and got.traits.identity == "110105194912310021" and got.notes


def test_houses_are_their_numbers():
    assert house("凤凰岭街道05号楼2单元301室") == "5-2-301" and house("拉僧庙村") == ""


def weighed(other, key="a"):
    return Candidate(key, scoring.score(thresholds.model(), BASE, other, residents=500_000, frequency=1e-5))


def test_what_is_beyond_doubt_is_linked_and_twins_and_rivals_wait():
    assert rules.by_weight([weighed(BASE)], LIMITS).state == "linked"
    twin = rules.by_weight([weighed(changed(name="张小亮"))], LIMITS)
    assert (twin.state, twin.doubts) == ("waiting", ("name",))
    both = rules.by_weight(
        [weighed(BASE), weighed(changed(household=""), "b")], Limits(LIMITS.accept, LIMITS.review, 15)
    )
    assert (both.state, both.doubts) == ("waiting", ("rival",))
    assert (
        rules.by_weight([weighed(changed(name="王海峰", birth=date(1951, 1, 1), household=""))], LIMITS).state
        == "new"
    )


def test_better_agreement_never_weighs_less():
    model = thresholds.model()
    for field in COMPARISONS:
        first = model.weight(field.code, field.levels[0].code)
        assert all(model.weight(field.code, level) <= first + 0.01 for level in model.m[field.code])


def test_a_frequent_name_weighs_less():
    rare, common = (
        scoring.score(thresholds.model(), BASE, BASE, residents=10**6, frequency=f) for f in (1e-6, 1e-3)
    )
    assert rare.weight - common.weight == pytest.approx(9.966, abs=0.01)


@pytest.mark.slow
def test_splink_weighs_ten_thousand_pairs_the_same():
    from bench.matching import town
    from kangcheng.registry.matching import splinked

    planted = town.build(9_000, seed=77)
    residents, records = dict(planted.residents), dict(planted.records)
    model = thresholds.model()
    found = splinked.weigh(
        splinked.table(planted.residents), splinked.table(planted.records), model, least=-60.0
    )
    shares = dict(zip(*(splinked.frequencies(splinked.table(planted.residents))[c].to_pylist() for c in ("name", "tf_name")),
                      strict=True))  # fmt: skip
    assert found.pairs.num_rows >= 10_000
    for row in found.pairs.to_pylist():
        record, person = sorted((row["unique_id_l"], row["unique_id_r"]), reverse=True)
        ours = scoring.score(
            model, records[record], residents[person], residents=len(residents),
            frequency=shares[residents[person].name],
        )  # fmt: skip
        assert ours.weight == pytest.approx(row["match_weight"], abs=1e-6), ours.levels
