"""May this actor write here? Asked first by every verb of the registry."""

from collections.abc import Iterable
from uuid import UUID

from kangcheng.base.accounts.roles import PERMISSIONS
from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import KangchengError


class NotPermitted(KangchengError):
    """The actor's roles, areas or institutions do not reach this."""


def require(by: Actor, permission: str, *, area: str | None = None, institution: UUID | None = None) -> None:
    """Raise NotPermitted unless `by` holds `permission`, covers `area` (when given) and `institution` (when given)."""
    if not by.may(permission):
        raise _refusal(f"需要权限：{PERMISSIONS[permission]} ({permission})", "联系安全管理员授权")
    if area is not None and not by.where(permission).covers_area(area):
        raise _refusal(
            "只能登记本人职责区划内的内容 (outside the actor's areas)", "由该区划的经办人办理", area
        )
    if institution is not None and not by.where(permission).covers_institution(institution):
        raise _refusal("只能登记本机构的内容 (outside the actor's institutions)", "由该机构的人员办理")


def require_areas(by: Actor, permission: str, areas: Iterable[str]) -> None:
    """The same for many areas at once."""
    require(by, permission)
    here = by.where(permission)
    outside = sorted({area for area in areas if not here.covers_area(area)})
    if outside:
        require(by, permission, area=outside[0])


def require_city(by: Actor, permission: str) -> None:
    """Raise NotPermitted unless `by` holds `permission` for the whole city."""
    require(by, permission, area="")


def _refusal(rule: str, todo: str, where: str = "") -> NotPermitted:
    return NotPermitted("您的角色不能进行此操作 (not permitted)", where=where, rule=rule, todo=todo)
