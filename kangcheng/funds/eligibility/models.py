"""Table of dated facts that change a benefit: referral, contract with a family doctor, pathway met, registered disease."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from kangcheng.base.models import Base


class EligibilityFact(Base):
    """One fact of one person from a day to the day before another; pushed by the module that knows it."""

    personal: ClassVar[set[str]] = {"person_id", "value", "why_ended"}
    plain: ClassVar[set[str]] = {
        "name", "valid_from", "valid_to", "source", "source_id", "ended_at", "ended_by", "granted_by",
    }  # fmt: skip

    person_id = models.UUIDField("居民")
    name = models.CharField("事实", max_length=64)
    value = models.CharField("值", max_length=100)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止（不含）", null=True, blank=True)
    source = models.CharField("来源", max_length=64)  # "care.programmes", "work.registers", "fund office"
    source_id = models.CharField("来源编号", max_length=64, blank=True, default="")
    granted_by = models.UUIDField("登记人")
    ended_at = models.DateTimeField("终止时刻", null=True, blank=True)
    ended_by = models.UUIDField("终止人", null=True, blank=True)
    why_ended = models.CharField("终止原因", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "待遇事实"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.ReadOnly(name="fact_fixed", exclude=["valid_to", "ended_at", "ended_by", "why_ended"]),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="eligibility_period",
                violation_error_message="止期早于起期",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person_id", "name", "valid_from"], name="eligibility_person")
        ]
