"""Questions about users and their roles."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from kangcheng.base.accounts.models import RoleGrant, User
from kangcheng.base.accounts.roles import CITY, OWN, ROLES
from kangcheng.base.accounts.types import Actor, Reach


def actor_for(user: User, purpose: str, on: date) -> Actor:
    """`user` as an Actor with the roles valid on `on`. One query.

    Each grant gives its role's permissions where it holds; what concerns the whole city comes only from a grant for it.
    """
    grants = list(grants_of(user, on))
    roles = frozenset(grant.role for grant in grants if grant.role in ROLES)
    reach = _reach(grants)
    # A grant bound to an institution says nothing about an area unless it names one.
    placed = [grant for grant in grants if grant.role not in OWN]
    areas = {grant.area_code for grant in placed if grant.area_code or grant.institution_id is None}
    return Actor(
        user_id=user.id,
        name=user.display_name,
        roles=roles,
        areas=tuple(sorted(areas)),
        institutions=frozenset(grant.institution_id for grant in grants if grant.institution_id),
        purpose=purpose,
        person_id=user.person_id,
        permissions=frozenset(reach),
        reach=reach,
        posts=_posts(grants),
    )


def _reach(grants: Iterable[RoleGrant]) -> dict[str, Reach]:
    """Permission -> where it holds."""
    found: dict[str, Reach] = {}
    for grant in (grant for grant in grants if grant.role in ROLES):
        city = not grant.area_code and grant.institution_id is None
        areas = {grant.area_code} if (grant.area_code or city) and grant.role not in OWN else set()
        places = {grant.institution_id} if grant.institution_id else set()
        for name in ROLES[grant.role].permissions - (frozenset() if city else CITY):
            known = found.get(name, (frozenset(), frozenset()))
            found[name] = known[0] | areas, known[1] | places
    return found


def _posts(grants: Iterable[RoleGrant]) -> dict[str, Reach]:
    """Role -> where it holds."""
    found: dict[str, Reach] = {}
    for grant in (grant for grant in grants if grant.role in ROLES):
        city = not grant.area_code and grant.institution_id is None
        areas = {grant.area_code} if (grant.area_code or city) and grant.role not in OWN else set()
        known = found.get(grant.role, (frozenset(), frozenset()))
        places = {grant.institution_id} if grant.institution_id else set()
        found[grant.role] = known[0] | areas, known[1] | places
    return found


def holders(role: str, on: date) -> QuerySet[RoleGrant]:
    """The grants of `role` valid on `on`, of accounts in use."""
    valid = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    return RoleGrant.objects.filter(valid, role=role, user__is_active=True).order_by("valid_from", "id")


def grants_of(user: User, on: date) -> QuerySet[RoleGrant]:
    """The grants of `user` valid on `on`, oldest first."""
    valid = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    return RoleGrant.objects.filter(valid, user=user).order_by("valid_from", "id")


def find_user(login: str) -> User | None:
    """The user with this log-in name, closed accounts included."""
    return User.objects.filter(login=login).first()


def get_user(user_id: UUID) -> User | None:
    """The user with this id."""
    return User.objects.filter(pk=user_id).first()


def users() -> QuerySet[User]:
    """All accounts by log-in name, with their grants at hand."""
    return User.objects.order_by("login").prefetch_related("grants")
