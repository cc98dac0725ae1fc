"""Whatever is merged and parted in whatever order: who stands for whom is what was last said, and nothing is lost."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangcheng.registry.matching import thresholds
from kangcheng.registry.matching.comparing import COMPARISONS, compare, one_edit
from kangcheng.registry.matching.names import near, rotations, turned
from kangcheng.registry.matching.scoring import score
from kangcheng.registry.matching.traits import Traits

NAMES = st.text("张李王伟炜芳方小明晓铭", min_size=1, max_size=4)
TRAITS = st.builds(
    Traits,
    name=NAMES,
    sex=st.sampled_from(["M", "F", ""]),
    birth=st.one_of(st.none(), st.dates(date(1930, 1, 1), date(2024, 12, 31))),
    phone=st.sampled_from(["", "13800000001", "13800000002", "13911112222"]),
    identity=st.sampled_from(["", "150302198001010019", "15030219800101001X", "150302197501010012"]),
    place=st.sampled_from(["", "150302001002", "150302001001", "150302001", "150303100201"]),
    house=st.sampled_from(["", "5", "5-2-301"]),
    household=st.sampled_from(["", "H1", "H2"]),
)


@given(TRAITS, TRAITS)
def test_a_pair_weighs_the_same_from_both_sides(one, other):
    assert compare(one, other) == compare(other, one)


@given(TRAITS, TRAITS)
def test_nobody_is_more_alike_than_oneself(one, other):
    model = thresholds.model()
    known = {field.code for field in COMPARISONS if field.known(one) and field.known(other)}
    mine, theirs = score(model, one, one, residents=10**6), score(model, one, other, residents=10**6)
    weights = {part.field: part.weight for part in mine.parts}
    homes = {"home"} if not one.home else set()  # without a house a neighbour's house cannot agree better
    assert all(
        part.weight <= weights[part.field] + 0.01 for part in theirs.parts if part.field in known - homes
    )


@given(NAMES, st.integers(0, 3), st.sampled_from("国家"))
def test_one_changed_character_is_near_and_an_exchanged_name_is_found(name, place, sign):
    other = name[:place] + sign + name[place + 1 :]
    if len(name) > 2 and place < len(name):
        assert set(near(name)) & set(near(other))
    assert all(turned(one) == turned(name) for one in rotations(name))
    assert one_edit(name, other) == one_edit(other, name)


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 4)), max_size=14))
def test_merges_and_partings_in_any_order_lose_nobody(system, today, steps):
    """Against a model that keeps, for each person, whom they were merged into, as a tree that forgets nothing."""
    from django.db import transaction

    with transaction.atomic():
        ids = _five(system, today)
        _walk(ids, steps, system, today)
        transaction.set_rollback(True)


def _five(system, today):
    from kangcheng.kernel.ids import new_id
    from kangcheng.registry.people.models import Resident

    ids = [new_id() for _ in range(5)]
    Resident.objects.bulk_create(
        Resident(
            id=key,
            name="某人",
            name_pinyin="mou ren",
            name_initials="mr",
            sex="M",
            birth_on=today,
            area_code="15",
        )
        for key in ids
    )
    return ids


def _walk(ids, steps, system, today):
    from kangcheng.kernel.errors import KangchengError
    from kangcheng.registry.people import selectors, services

    into = {}

    def top(person):
        return top(into[person]) if person in into else person

    for joins, one, other in steps:
        a, b = ids[one], ids[other]
        act = {"by": system, "on": today, "why": "试"}
        try:
            if joins:
                services.merge(golden=a, absorbed=b, **act)
                into[b] = a
            else:
                services.unmerge(absorbed=b, **act)
                into.pop(b)
        except KangchengError:
            continue
        assert {person: selectors.resolve(person) for person in ids} == {
            person: top(person) for person in ids
        }
