"""Who may fill, judge and see what: roles come from the entry, places from the grants."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from kangcheng.base.accounts.roles import ROLES
from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.kernel.errors import KangchengError

NOWHERE = Q(pk__in=[])


class NotPermitted(KangchengError):
    """The actor's roles do not reach this unit."""


def holds(by: Actor, roles: Iterable[str], institution_id: UUID | None, area_code: str) -> bool:
    """True when one of `roles` is the actor's at the institution or in an area around it."""
    if SYSTEM in by.roles:
        return True
    for role in roles:
        areas, institutions = by.post(role)
        if institution_id in institutions or any(area_code.startswith(area) for area in areas):
            return True
    return False


def require(by: Actor, roles: Iterable[str], institution_id: UUID | None, area_code: str) -> None:
    """Raise NotPermitted unless the actor holds one of `roles` there."""
    named = list(roles)
    if not holds(by, named, institution_id, area_code):
        titles = "、".join(ROLES[role].title if role in ROLES else role for role in named)
        raise NotPermitted(
            "您的角色不能在此单位进行此操作 (not permitted here)",
            rule=f"需要该单位的角色：{titles}",
            todo="联系安全管理员授权",
        )


def seen(by: Actor, prefix: str = "") -> Q:
    """A filter on units the actor may see: of their institutions, or in their areas."""
    if SYSTEM in by.roles or "" in by.areas:
        return Q()
    within = Q(**{f"{prefix}institution_id__in": list(by.institutions)}) if by.institutions else Q()
    found = within if by.institutions else NOWHERE
    for area in by.areas:
        found |= Q(**{f"{prefix}area_code__startswith": area})
    return found
