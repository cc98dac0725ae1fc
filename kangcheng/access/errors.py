"""What the gate answers to those it does not let in."""

from kangcheng.kernel.errors import KangchengError


class Refused(KangchengError):
    """没有这位居民，或不在您的职责范围内。"""

    def __init__(self, where: str = "") -> None:
        # One answer for "does not exist" and "not yours": the difference would tell who is registered.
        super().__init__(
            "没有这位居民，或不在您的职责范围内 (no such person, or outside your duties)",
            where=where,
            rule="个人信息按角色、机构、区划和目的访问",
            todo="请其出示证件查找；确需查看的，请主管科室授权",
        )


class NotPermitted(KangchengError):
    """您的角色不能进行此操作。"""
