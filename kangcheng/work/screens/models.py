"""Tables of screens: when an institution's screens last fetched their feed."""

from typing import ClassVar

from django.db import models

from kangcheng.base.models import Base


class ScreenFetch(Base):
    """The newest fetch of one institution's feed, and how often it was fetched in all."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"institution_id", "fetched_at", "times"}

    institution_id = models.UUIDField("机构", unique=True)
    fetched_at = models.DateTimeField("最近取用")
    times = models.BigIntegerField("取用次数", default=1)

    class Meta:
        verbose_name = "显示屏取用"
