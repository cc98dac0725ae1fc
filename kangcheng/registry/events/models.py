"""Table of life events: recorded once, with what each changed, so that it can be taken back."""

from typing import ClassVar

from django.db import models

from kangcheng.base.models import Base
from kangcheng.registry.people.models import Resident


class LifeEvent(Base):
    """One event in one life. `effects` names each row changed and what stood there before."""

    personal: ClassVar[set[str]] = {"person", "detail", "effects", "by_user", "happened_on"}
    plain: ClassVar[set[str]] = {"kind", "why", "state", "reversed_on", "reversed_why"}

    person = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="life_events")
    kind = models.CharField(
        "事件", max_length=16
    )  # birth, death, move, depart, marriage, poverty_in, poverty_out
    happened_on = models.DateField("发生日期")
    detail = models.JSONField("内容", default=dict)  # codes and ids, no names
    effects = models.JSONField("引起的变化", default=list)
    why = models.CharField("依据", max_length=200, blank=True, default="")
    by_user = models.UUIDField("经办人")
    state = models.CharField("状态", max_length=16, default="recorded")  # recorded, reversed
    reversed_on = models.DateField("撤销日期", null=True, blank=True)
    reversed_why = models.CharField("撤销原因", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "生命事件"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "happened_on"], name="lifeevent_person"),
            models.Index(fields=["created_at"], name="lifeevent_newest"),
        ]
