"""Tables of other systems and of the tokens they show."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from kangcheng.base.models import Base


class Machine(Base):
    """Another system (a hospital's EMR, a district's platform) and what it may do."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {
        "code",
        "title",
        "institution_id",
        "scopes",
        "made_by",
        "valid_from",
        "valid_to",
    }

    code = models.CharField("代号", max_length=64, unique=True)
    title = models.CharField("名称", max_length=64)
    institution_id = models.UUIDField("所属机构", null=True)  # none: a platform of the whole city
    scopes = models.CharField("范围", max_length=1000)  # SMART: "system/Observation.rs system/Patient.c"
    made_by = models.UUIDField("登记人")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = "接入系统"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="machine_period",
                violation_error_message="止期早于起期",
            )
        ]  # fmt: skip


class MachineToken(Base):
    """A secret a machine shows. Only its keyed mark is kept; the text is told once."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"machine", "mark", "expires_at", "revoked_at", "made_by"}

    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="tokens")
    mark = models.BinaryField("标记", unique=True)
    expires_at = models.DateTimeField("有效至")
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    made_by = models.UUIDField("签发人")

    class Meta:
        verbose_name = "接入令牌"
