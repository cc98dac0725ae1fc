"""Table of contacts: why an institution may see a person who does not live in its area."""

from typing import ClassVar

from django.db import models

from kangcheng.base.models import Base


class Contact(Base):
    """A person and an institution have to do with each other from a day to the day before another.

    kind: visit (came to the counter), stay (admitted), contract (signed doctor), referral, consent (the person agreed, for
    one purpose).
    """

    personal: ClassVar[set[str]] = {"person_id", "why"}
    plain: ClassVar[set[str]] = {
        "institution_id", "kind", "purpose", "valid_from", "valid_to", "made_by", "withdrawn_on",
    }  # fmt: skip

    person_id = models.UUIDField("居民")
    institution_id = models.UUIDField("机构")
    kind = models.CharField("种类", max_length=16)
    purpose = models.CharField("同意的目的", max_length=32, blank=True, default="")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止（不含）", null=True, blank=True)
    why = models.CharField("依据", max_length=200, blank=True, default="")
    made_by = models.UUIDField("登记人")
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)

    class Meta:
        verbose_name = "就诊与授权关系"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="contact_period",
                violation_error_message="止期早于起期",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["visit", "stay", "contract", "referral", "consent"]),
                name="contact_kind",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["institution_id", "person_id"],
                include=["valid_from", "valid_to"],
                name="contact_place",
            ),
            models.Index(fields=["person_id", "-valid_from"], name="contact_person"),
        ]
