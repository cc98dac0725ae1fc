"""An actor sees exactly the cases of their reach: as one row, as a list, as a worklist, as a count."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.ids import new_id
from kangcheng.work.processes import cases, selectors, services
from kangcheng.work.processes.models import Case
from kangcheng.work.processes.types import NoSuchCase, Subject

MONDAY = date(2026, 11, 9)
PLACES = [(UUID(int=31), "360803100"), (UUID(int=32), "360803200"), (UUID(int=33), "360802100")]
ROLES = ["institution_manager", "bureau_officer", "bureau_leader", "fund_officer", "clinician", "cashier"]
reach = st.tuples(
    st.lists(st.sampled_from(["", "36", "360803", "360803100", "360802", "11"]), max_size=2),
    st.lists(st.sampled_from([place for place, _ in PLACES]), max_size=2),
)
posts = st.dictionaries(st.sampled_from(ROLES), reach, min_size=1, max_size=3)


@pytest.fixture
def filled(db, pack):
    """Two cases at each of three institutions, one of them handed in."""
    for place, area in PLACES:
        by = Actor(new_id(), "甲", frozenset({"institution_manager"}), (), frozenset({place}), "work")
        for number in range(2):
            case = services.open(
                process="equipment-purchase", subject=Subject("institution", str(place), place, area), pack=pack, by=by,
                on=MONDAY, key=str(number), fields={"item": "某", "quantity": "1", "amount": "4200"},
            )  # fmt: skip
            if number:
                paper = {"quotation": ("a.pdf", "application/pdf", b"%PDF-1.4")}
                services.take_step(
                    case_id=case.id, do="submit", role="applicant", by=by, on=MONDAY, files=paper
                )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(posts)
def test_rows_lists_and_worklists_agree(filled, held):
    where = {role: (frozenset(areas), frozenset(places)) for role, (areas, places) in held.items()}
    actor = Actor(
        new_id(), "某", frozenset(where), tuple({a for areas, _ in where.values() for a in areas}),
        frozenset(p for _, places in where.values() for p in places), "work", posts=where,
    )  # fmt: skip
    rows = list(Case.objects.select_related("definition"))
    seen = {row.pk for row in rows if cases.sees(row, actor)}
    assert {row.pk for row in selectors.visible(actor)} == seen
    assert {row.pk for row in selectors.worklist(actor)} <= seen
    for row in rows:
        offered = selectors.next_steps(row.pk, actor)
        onward = [
            one for one in offered if one.kind == "step" and not any("condition" in w for w in one.hindrances)
        ]
        if onward:
            assert row.pk in {one.pk for one in selectors.worklist(actor)}
        if row.pk not in seen:
            assert offered == []
            with pytest.raises(NoSuchCase):
                selectors.case(row.pk, by=actor)


def test_a_role_counts_where_it_is_held_only(filled):
    """Manager at one hospital and clinician at another: signs as manager at the first only."""
    first, second = PLACES[0][0], PLACES[1][0]
    actor = Actor(
        new_id(), "某", frozenset({"institution_manager", "clinician"}), (), frozenset({first, second}), "work",
        posts={"institution_manager": (frozenset(), frozenset({first})), "clinician": (frozenset(), frozenset({second}))},
    )  # fmt: skip
    waiting = selectors.worklist(actor)
    assert {row.institution_id for row in waiting} == {first}
