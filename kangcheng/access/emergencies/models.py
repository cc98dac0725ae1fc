"""Table of emergencies: a clinician opened a person's file without scope, saying why."""

from typing import ClassVar

import pgtrigger
from django.db import models

from kangcheng.base.models import Base


class Emergency(Base):
    """One opening ("break-glass"). It is flagged until somebody else has looked into it."""

    personal: ClassVar[set[str]] = {"person_id", "reason", "finding"}
    plain: ClassVar[set[str]] = {
        "user_id", "user_name", "valid_from", "valid_to", "reviewed_by", "reviewed_on", "justified",
    }  # fmt: skip

    person_id = models.UUIDField("居民")
    user_id = models.UUIDField("医师账户")
    user_name = models.CharField("医师", max_length=64)
    reason = models.CharField("理由", max_length=500)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止（不含）")
    reviewed_by = models.UUIDField("复核人", null=True, blank=True)
    reviewed_on = models.DateField("复核日期", null=True, blank=True)
    justified = models.BooleanField("属实", null=True, blank=True)
    finding = models.CharField("复核意见", max_length=500, blank=True, default="")

    class Meta:
        verbose_name = "紧急查看"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.ReadOnly(
                name="emergency_fixed", exclude=["reviewed_by", "reviewed_on", "justified", "finding"]
            ),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(reviewed_by=None) | ~models.Q(reviewed_by=models.F("user_id")),
                name="emergency_two_people",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user_id", "valid_to"], name="emergency_user"),
            models.Index(
                fields=["created_at"], condition=models.Q(reviewed_by=None), name="emergency_waiting"
            ),
        ]
