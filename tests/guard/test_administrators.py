"""Three administrators who watch each other: none becomes another, none is the last to go, nobody gives to themself."""

import pytest
from django.utils import timezone

from kangcheng.base.accounts import services
from kangcheng.base.accounts.roles import CITY, PERMISSIONS, ROLES
from kangcheng.base.accounts.selectors import actor_for
from kangcheng.base.accounts.services import AccountError
from kangcheng.base.audit import AuditEvent
from kangcheng.kernel.errors import KangchengError
from tests.guard.conftest import BY, logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(account):
    """System, security and audit administrator as users."""
    return [account(role) for role in ("system_admin", "security_admin", "audit_admin")]


def acting(user):
    return actor_for(user, "work", timezone.localdate())


def test_the_last_of_a_kind_stays_by_any_way(three, account):
    today = timezone.localdate()
    system, security, audit = three
    for user in three:
        with pytest.raises(AccountError):
            services.disable_user(user=user, by=acting(system), on=today, why="离职")
        with pytest.raises(AccountError):
            services.revoke_role(grant=user.grants.get(), by=acting(security), on=today, why="调岗")
        user.refresh_from_db()
        assert user.is_active and actor_for(user, "work", today).roles
    second = account("audit_admin")
    services.disable_user(user=second, by=acting(system), on=today, why="离职")
    with pytest.raises(AccountError):
        services.disable_user(
            user=audit, by=acting(system), on=today, why="a closed second one does not count"
        )
    services.enable_user(user=second, by=acting(system), on=today, why="返岗")
    services.disable_user(user=audit, by=acting(system), on=today, why="交接")
    assert not AuditEvent.objects.filter(action="account.disable", subject=f"user:{system.pk}").exists()


def test_pages_say_why_the_last_one_stays(three):
    system = logged_in(three[0])
    answer = system.post(f"/accounts/{three[0].pk}/switch/", {"why": "试"})
    assert answer.status_code == 422 and "最后一名" in answer.content.decode()


def test_nobody_gives_a_role_to_themself(three, account):
    today = timezone.localdate()
    security = three[1]
    with pytest.raises(AccountError):
        services.grant_role(user=security, role="fund_officer", by=acting(security), on=today)
    answer = logged_in(security).post(f"/accounts/{security.pk}/grant/", {"role": "cashier", "why": "试"})
    assert answer.status_code == 422
    assert actor_for(security, "work", today).roles == {"security_admin"}


def test_who_opens_accounts_does_not_become_another_administrator(three):
    """Setting somebody's password means being able to log in as them."""
    system, security, audit = three
    client = logged_in(system)
    for other in (security, audit):
        answer = client.post(f"/accounts/{other.pk}/password/", {"why": "遗失"})
        assert answer.status_code == 422 and "三员分立" in answer.content.decode()
    assert client.post(f"/accounts/{system.pk}/password/", {"why": "遗失"}).status_code == 200


def test_verbs_of_accounts_ask_for_the_permission_themselves(three, account):
    today = timezone.localdate()
    somebody, clerk = account("cashier"), acting(account("fund_officer"))
    system, security, audit = map(acting, three)
    for by in (clerk, security, audit):
        for verb in (services.disable_user, services.enable_user):
            with pytest.raises(KangchengError):
                verb(user=somebody, by=by, on=today, why="试")
        with pytest.raises(KangchengError):
            services.reset_password(user=somebody, password="Harbour-Maple-61", by=by, on=today, why="试")
        with pytest.raises(KangchengError):
            services.create_user(login="n", display_name="新", password="Harbour-Maple-61", by=by, on=today)
    for by in (clerk, system, audit):
        with pytest.raises(KangchengError):
            services.grant_role(user=somebody, role="cashier", by=by, on=today)
        with pytest.raises(KangchengError):
            services.revoke_role(grant=somebody.grants.get(), by=by, on=today, why="试")
    somebody.refresh_from_db()
    assert somebody.is_active and somebody.grants.get().valid_to is None


@pytest.mark.parametrize("login", ["", " ", "a" * 65, "a\nb", "a\u200bb", "a\u202eb"])
def test_log_in_names_that_nobody_can_type_or_see_are_refused(login):
    with pytest.raises(KangchengError):
        services.create_user(
            login=login, display_name="新人", password="Harbour-Maple-61", by=BY, on=timezone.localdate()
        )


def test_taking_back_and_closing_want_a_reason(three, account):
    today, somebody = timezone.localdate(), account("cashier")
    with pytest.raises(KangchengError):
        services.disable_user(user=somebody, by=acting(three[0]), on=today, why=" ")
    with pytest.raises(KangchengError):
        services.revoke_role(grant=somebody.grants.get(), by=acting(three[1]), on=today, why="")


def test_permissions_of_the_city_are_known():
    assert PERMISSIONS.keys() >= CITY
    for role in ROLES.values():
        if role.administrator:
            assert role.permissions <= CITY, "administrators work for the whole city or not at all"
            assert not role.permissions & {"person.look", "claim.look", "fund.look"}, (
                "and look at nobody's care"
            )


def test_a_leader_and_the_administrators_reach_nobody(world, account):
    from kangcheng.access import people

    for role in (
        "bureau_leader",
        "system_admin",
        "security_admin",
        "audit_admin",
        "inspector",
        "institution_manager",
    ):
        by = acting(account(role))
        assert people.count(by=by, wanted=people.Wanted(), on=world.today) == 0, role
