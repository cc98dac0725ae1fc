"""Table of reach: how long it takes from each village or community to the nearest place of a kind."""

from typing import ClassVar

from django.db import models

from kangcheng.base.models import Base
from kangcheng.registry.institutions.models import Institution


class AreaReach(Base):
    """The newest computation for one area and one measure; a village that was never located has no time."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {
        "measure", "area_code", "institution", "metres", "seconds", "limit_seconds", "within", "by_road", "computed_on",
    }  # fmt: skip

    measure = models.CharField("指标", max_length=16)  # walk, ambulance
    area_code = models.CharField("区划", max_length=12)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    metres = models.IntegerField("距离（米）", null=True, blank=True)
    seconds = models.IntegerField("用时（秒）", null=True, blank=True)
    limit_seconds = models.IntegerField("时限（秒）")
    within = models.BooleanField("时限内")
    by_road = models.BooleanField("按路网", default=False)
    computed_on = models.DateField("计算日期")

    class Meta:
        verbose_name = "可达"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["measure", "area_code"], name="areareach_once")
        ]
