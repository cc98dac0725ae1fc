"""Tables of users and their role grants."""

from typing import Any, ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db import models
from django.db.models import Func, Q

from kangcheng.base.accounts.roles import ADMINISTRATORS
from kangcheng.base.row import Base


class UserManager(BaseUserManager["User"]):
    """Finds a user by log-in name; users are made by services.create_user only."""


@pghistory.track(exclude=["password", "last_login"])
class User(Base, AbstractBaseUser):  # type: ignore[django-manager-missing]  # that library has no types
    """An account of one natural person."""

    personal: ClassVar[set[str]] = {"login", "display_name", "person_id"}
    plain: ClassVar[set[str]] = {"password", "last_login", "is_active", "must_change_password"}

    login = models.CharField("登录名", max_length=64, unique=True)
    display_name = models.CharField("姓名", max_length=64)
    # The resident this user is; registry lies above, so no foreign key.
    person_id = models.UUIDField("居民", null=True, blank=True)
    is_active = models.BooleanField("在用", default=True)
    must_change_password = models.BooleanField("须改口令", default=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        verbose_name = "用户"

    def get_full_name(self) -> str:
        """The name shown on screen."""
        return self.display_name

    def get_short_name(self) -> str:
        """The name shown on screen."""
        return self.display_name


class DateRange(Func):
    """SQL daterange(from, to, '[)')."""

    function = "daterange"
    output_field = DateRangeField()


def _while_valid() -> Any:
    return DateRange("valid_from", "valid_to", RangeBoundary())


@pghistory.track()
class RoleGrant(Base):
    """A role held by a user from a day to the day before another, in an area or an institution.

    The database itself refuses two different administrator roles of one user at one time.
    """

    personal: ClassVar[set[str]] = {"user"}
    plain: ClassVar[set[str]] = {
        "role", "institution_id", "area_code", "valid_from", "valid_to", "granted_by",
    }  # fmt: skip

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=32)
    institution_id = models.UUIDField("机构", null=True, blank=True)
    area_code = models.CharField("区划", max_length=12, blank=True, default="")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止（不含）", null=True, blank=True)
    granted_by = models.UUIDField("授予人")

    class Meta:
        verbose_name = "角色授予"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="rolegrant_period",
                violation_error_message="角色的止期早于起期",
            ),
            ExclusionConstraint(
                name="rolegrant_one_administrator",
                expressions=[("user", "="), ("role", "<>"), (_while_valid(), "&&")],
                condition=Q(role__in=sorted(ADMINISTRATORS)),
                violation_error_message="系统、安全、审计三类管理员不得由一人兼任",
            ),
        ]
