"""Who may see and who may write which rows of a register: asked first by every question and every verb."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from kangcheng.base.accounts.roles import PERMISSIONS, ROLES
from kangcheng.base.accounts.types import SYSTEM, Actor, Reach
from kangcheng.kernel.errors import KangchengError
from kangcheng.work.registers.types import Column, Register

LOOK, WRITE = "register.look", "register.write"


class NotPermitted(KangchengError):
    """The actor's roles, areas or institutions do not reach this."""


def may_look(register: Register, by: Actor) -> bool:
    """True when the actor may open the register."""
    return by.may(LOOK) and (not register.read or by.has(*register.read, *register.write))


def may_write(register: Register, by: Actor) -> bool:
    """True when the actor may write rows somewhere."""
    return (
        by.may(WRITE)
        and (not register.write or by.has(*register.write))
        and any(map(bool, _where(register, by)))
    )


def _where(register: Register, by: Actor) -> Reach:
    """Areas and institutions in which the actor may write."""
    if SYSTEM in by.roles:
        return frozenset({""}), frozenset()
    if not register.write:
        here = by.where(WRITE)
        return frozenset(here.areas), here.institutions
    posts = [by.post(role) for role in register.write if role in by.roles]
    areas: frozenset[str] = frozenset().union(*(areas for areas, _ in posts))
    return areas, frozenset().union(*(institutions for _, institutions in posts))


def writes_here(register: Register, by: Actor, area: str, institution: UUID | None) -> bool:
    """True when the actor may write a row of this area and institution; a book of the whole city asks for the city."""
    if not by.may(WRITE) or (register.write and not by.has(*register.write)):
        return False
    areas, institutions = _where(register, by)
    if not register.owner:
        return "" in areas or bool(register.write and (areas or institutions))
    return any(area.startswith(prefix) for prefix in areas) or (
        institution is not None and institution in institutions
    )


def seen(register: Register, by: Actor) -> Q:
    """The rows the actor may see: those of the actor's areas and institutions, or the whole of a book of the city."""
    if not may_look(register, by):
        return Q(pk__in=[])
    here = by.where(LOOK)
    if not register.owner or "" in here.areas or SYSTEM in by.roles:
        return Q()
    wanted = Q(institution_id__in=list(here.institutions)) if here.institutions else Q(pk__in=[])
    for area in here.areas:
        wanted |= Q(area_code__startswith=area)
    return wanted


def sees(register: Register, by: Actor, area: str, institution: UUID | None) -> bool:
    """The same as `seen`, for one row in hand."""
    if not may_look(register, by):
        return False
    here = by.where(LOOK)
    if not register.owner or "" in here.areas or SYSTEM in by.roles:
        return True
    return institution in here.institutions or any(area.startswith(prefix) for prefix in here.areas)


def sees_column(column: Column, by: Actor) -> bool:
    """True when the actor's roles may read the column."""
    return not column.read or by.has(*column.read, *column.write)


def require_look(register: Register, by: Actor) -> None:
    """Raise NotPermitted unless the actor may open the register."""
    if not may_look(register, by):
        raise _refusal(register, LOOK, register.read)


def require_write(register: Register, by: Actor, area: str, institution: UUID | None) -> None:
    """Raise NotPermitted unless the actor may write a row there."""
    if not writes_here(register, by, area, institution):
        raise _refusal(register, WRITE, register.write)


def _refusal(register: Register, permission: str, roles: tuple[str, ...]) -> NotPermitted:
    who = "、".join(ROLES[role].title if role in ROLES else role for role in roles)
    return NotPermitted(
        "您的角色或职责范围不含这本台账的这一行 (not permitted)",
        where=register.id,
        rule=f"需要权限：{PERMISSIONS[permission]}{f'；角色：{who}' if who else ''}",
        todo="由归属机构或区划的人员办理，或联系安全管理员授权",
    )
