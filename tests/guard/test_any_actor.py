"""Property: whatever grants somebody holds, at whatever places, each page shows what they give there and nothing else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangcheng.base.accounts import services as accounts
from kangcheng.base.accounts.models import RoleGrant
from kangcheng.base.accounts.roles import ADMINISTRATORS, ROLES
from tests.guard.conftest import BY, logged_in
from tests.guard.test_scope import text_of

pytestmark = pytest.mark.django_db
WORKING = sorted(set(ROLES) - ADMINISTRATORS - {"resident"})
GRANTS = st.lists(
    st.tuples(st.sampled_from(WORKING), st.sampled_from(["city", "near", "far", "near area", "far area"])),
    max_size=3,
)


def holds(grants, permission, side):
    """Some grant gives the permission at the side's institution."""
    return any(permission in ROLES[role].permissions and where in ("city", side) for role, where in grants)


def sees(grants, side):
    """Some grant lets look at people who live on the side (nobody has been to a counter)."""
    return any(
        "person.look" in ROLES[role].permissions and where in ("city", f"{side} area")
        for role, where in grants
    )


@given(grants=GRANTS, data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_page_keeps_to_the_grants(world, account, grants, data):
    user = world.__dict__.setdefault("user", None) or account(None)
    world.__dict__["user"] = user
    RoleGrant.objects.filter(user=user).delete()
    for role, where in set(grants):
        side = world.near if where.startswith("near") else world.far
        place = side.place if where in ("near", "far") else None
        area = side.area if where.endswith("area") else ""
        accounts.grant_role(user=user, role=role, institution_id=place, area_code=area, by=BY, on=world.today)
    client = logged_in(user)
    for name, side in (("near", world.near), ("far", world.far)):
        claims, bills = (
            holds(grants, "claim.look", name),
            holds(grants, "bill.write", name) or holds(grants, "claim.settle", name),
        )
        answers = {
            f"/claims/{side.ids['claim']}/": claims, f"/claims/{side.ids['claim']}/receipt/": claims, f"/bills/{side.ids['bill']}/": bills,
            f"/procedures/{side.ids['procedure']}/": bills, f"/people/{side.people[2]}/": sees(grants, name),
        }  # fmt: skip
        for address, right in answers.items():
            answer = client.get(address)
            assert (answer.status_code == 200) == right, (address, grants, answer.status_code)
            if not right:
                assert side.names[0] not in text_of(answer) and side.names[2] not in text_of(answer)
        listed = {
            f"/claims/?number={side.numbers_of['claim']}": claims, f"/bills/?number={side.numbers_of['bill']}": bills,
            f"/people/?area={side.area}": sees(grants, name),
        }  # fmt: skip
        for address, right in listed.items():
            text = text_of(client.get(address))
            tokens = [str(one) for one in (side.ids["claim"], side.ids["bill"], side.people[2])]
            assert any(token in text for token in tokens) == right, (address, grants)
        whole = side.names[0] in text_of(client.get("/claims/"))
        assert not whole or (claims and sees(grants, name)), (
            "a name in full only where the person may be seen"
        )
    fund = any("fund.look" in ROLES[role].permissions and where == "city" for role, where in grants)
    assert (client.get("/fund/").status_code == 200) == fund
    assert data is not None


def test_who_sees_claims_but_not_people_reads_masked_names_and_prints_nothing(world, browser):
    inspector = browser("inspector", place=world.near.place)
    claim = f"/claims/{world.near.ids['claim']}/"
    for page in (claim, f"{claim}receipt/", "/claims/"):
        text = text_of(inspector.get(page))
        assert world.near.names[0] not in text and world.near.names[0][0] + "*" in text, page
    assert inspector.post(f"{claim}receipt.pdf").status_code == 404
    cashier = browser("cashier", place=world.near.place)
    cashier.post("/people/find/", {"kind": "identity", "value": world.near.numbers[0]})
    assert cashier.post(f"{claim}receipt.pdf").status_code == 200
    own = browser("resident", person=world.near.people[0])
    assert own.post(f"{claim}receipt.pdf").status_code == 200
