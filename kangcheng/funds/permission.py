"""May this actor do that here? Asked first by every verb of the fund that writes."""

from uuid import UUID

from kangcheng.base.accounts.roles import PERMISSIONS
from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import KangchengError


class NotPermitted(KangchengError):
    """The actor's roles or institutions do not reach this."""


def require(by: Actor, permission: str, *, institution: UUID | None = None) -> None:
    """Raise NotPermitted unless `by` holds `permission` and covers the institution (when given)."""
    if not by.may(permission):
        raise NotPermitted(
            "您的角色不能进行此操作 (not permitted)",
            rule=f"需要权限：{PERMISSIONS[permission]} ({permission})",
            todo="联系安全管理员授权",
        )
    if institution is not None and not by.where(permission).covers_institution(institution):
        raise NotPermitted(
            "只能办理本机构的业务 (outside the actor's institutions)",
            rule=f"{PERMISSIONS[permission]} ({permission})",
            todo="由该机构的人员办理",
        )
