"""Accounts, grants and the actor they make."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kangcheng.base.accounts import selectors, services
from kangcheng.base.accounts.models import RoleGrant, User
from kangcheng.base.accounts.roles import PERMISSIONS, ROLES
from kangcheng.base.accounts.types import system_actor
from kangcheng.base.models import AuditEvent
from kangcheng.kernel.ids import new_id

pytestmark = pytest.mark.django_db
STRONG = "Lotus-Bridge-48"


@pytest.fixture
def user(system, today):
    return services.create_user(
        login="zhang", display_name="张三", password=STRONG, by=system, on=today, why="入职"
    )


def test_a_new_account_is_audited_and_must_change_its_password(user, system):
    event = AuditEvent.objects.get()
    assert (event.action, event.subject, event.actor_id, event.why) == (
        "account.create", f"user:{user.id}", system.user_id, "入职",
    )  # fmt: skip
    assert user.must_change_password and user.check_password(STRONG)


def test_a_log_in_name_is_taken_once(user, system, today):
    with pytest.raises(services.AccountError, match="taken"):
        services.create_user(login="zhang", display_name="李四", password=STRONG, by=system, on=today)
    assert User.objects.count() == 1 and AuditEvent.objects.count() == 1


def test_a_weak_password_is_refused(system, today):
    with pytest.raises(services.AccountError) as caught:
        services.create_user(login="li", display_name="李四", password="123456", by=system, on=today)
    assert caught.value.rule and caught.value.todo


def test_actor_has_the_roles_of_the_day(user, system, today):
    hospital = new_id()
    services.grant_role(
        user=user, role="cashier", by=system, on=today, institution_id=hospital,
        valid_to=today + timedelta(days=10),
    )  # fmt: skip
    services.grant_role(
        user=user, role="fund_officer", by=system, on=today + timedelta(days=5), area_code="150302"
    )
    first = selectors.actor_for(user, "counter", today)
    assert first.has("cashier") and not first.has("fund_officer") and first.areas == ()
    assert first.covers_institution(hospital) and not first.covers_institution(new_id())
    assert first.may("claim.settle") and not first.may("category.write")
    both = selectors.actor_for(user, "counter", today + timedelta(days=9))
    assert both.roles == {"cashier", "fund_officer"} and both.areas == ("150302",)
    assert both.covers_area("150302001") and not both.covers_area("150303")
    assert selectors.actor_for(user, "counter", today + timedelta(days=10)).roles == {"fund_officer"}


def test_a_grant_without_place_covers_the_city(user, system, today):
    services.grant_role(user=user, role="bureau_leader", by=system, on=today)
    leader = selectors.actor_for(user, "overview", today)
    assert leader.covers_area("150302") and leader.covers_institution(new_id())


def test_a_resident_reaches_no_area(user, system, today):
    services.grant_role(user=user, role="resident", by=system, on=today)
    own = selectors.actor_for(user, "own", today)
    assert own.has("resident") and own.areas == () and not own.covers_area("150302")
    assert not own.covers_institution(new_id())


@pytest.mark.parametrize("second", ["security_admin", "audit_admin"])
def test_nobody_holds_two_administrator_roles(user, system, today, second):
    services.grant_role(user=user, role="system_admin", by=system, on=today)
    with pytest.raises(services.AccountError, match="two administrator"):
        services.grant_role(user=user, role=second, by=system, on=today)
    with pytest.raises(IntegrityError), transaction.atomic():  # not even past the service
        RoleGrant.objects.create(user=user, role=second, valid_from=today, granted_by=system.user_id)


def test_a_second_account_of_the_person_does_not_help(system, today):
    person = new_id()
    one, two = (
        services.create_user(
            login=name, display_name="王五", password=STRONG, by=system, on=today, person_id=person
        )
        for name in ("wang1", "wang2")
    )
    services.grant_role(user=one, role="system_admin", by=system, on=today)
    with pytest.raises(services.AccountError, match="two administrator"):
        services.grant_role(user=two, role="audit_admin", by=system, on=today)


def test_an_administrator_may_change_kind_after_the_first_role_ended(user, system, today):
    grant = services.grant_role(user=user, role="system_admin", by=system, on=today)
    services.revoke_role(grant=grant, by=system, on=today + timedelta(days=30), why="轮岗")
    services.grant_role(user=user, role="audit_admin", by=system, on=today + timedelta(days=30))
    assert selectors.actor_for(user, "audit", today + timedelta(days=31)).roles == {"audit_admin"}


def test_unknown_role_names_the_known_ones(user, system, today):
    with pytest.raises(services.AccountError, match="cashier"):
        services.grant_role(user=user, role="kashier", by=system, on=today)


def test_own_password_change_ends_the_obligation(user, today):
    own = selectors.actor_for(user, "account", today)
    services.reset_password(user=user, password="Another-Bridge-49", by=own, on=today, why="本人修改")
    assert not User.objects.get().must_change_password


def test_disabled_accounts_keep_their_history(user, system, today):
    services.disable_user(user=user, by=system, on=today, why="离职")
    assert not selectors.find_user("zhang").is_active
    history = list(user.events.order_by("pgh_id").values_list("is_active", "pgh_context__metadata__why"))
    assert history == [(True, "入职"), (False, "离职")]


def test_roles_are_complete():
    assert len(ROLES) == 14
    assert set().union(*(role.permissions for role in ROLES.values())) == set(PERMISSIONS)
    assert all(role.title and role.title_en and role.description for role in ROLES.values())


def test_the_system_may_everything():
    job = system_actor("nightly")
    assert (
        job.has("cashier")
        and job.may("claim.settle")
        and job.covers_area("15")
        and job.covers_institution(new_id())
    )
    assert job.user_id == system_actor("nightly").user_id != system_actor("import").user_id
