"""Every test ordered, and what was decided about an earlier result."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from kangcheng.base.audit import APPEND_ONLY
from kangcheng.base.models import Base


class TestOrder(Base):
    """One ordered test. `price` is fen: saved when `decision` is reused, spent otherwise."""

    personal: ClassVar[set[str]] = {"subject_id", "reason", "encounter", "earlier_id"}
    plain: ClassVar[set[str]] = {
        "item", "institution_id", "decision", "price", "ordered_on", "ordered_by", "earlier_type", "earlier_institution_id",
        "earlier_on",
    }  # fmt: skip

    subject_id = models.UUIDField("居民")
    encounter = models.CharField("就诊", max_length=64)
    item = models.CharField("项目", max_length=64)
    institution_id = models.UUIDField("开单机构")
    decision = models.CharField("决定", max_length=8)
    price = models.BigIntegerField("价格（分）", default=0)
    reason = models.CharField("重做理由", max_length=300, default="", blank=True)
    ordered_on = models.DateField("开单日")
    ordered_by = models.UUIDField("开单人")
    earlier_type = models.CharField("已有结果类别", max_length=40, default="", blank=True)
    earlier_id = models.CharField("已有结果", max_length=64, default="", blank=True)
    earlier_institution_id = models.UUIDField("已有结果的机构", null=True)
    earlier_on = models.DateField("已有结果的日期", null=True)

    class Meta:
        verbose_name = "检查检验开单"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(decision__in=["new", "reused", "repeated"]), name="order_decision"
            ),
            models.CheckConstraint(condition=~Q(decision="repeated") | ~Q(reason=""), name="order_reason"),
            models.CheckConstraint(condition=Q(decision="new") | ~Q(earlier_id=""), name="order_earlier"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ordered_on", "institution_id"], name="order_day")
        ]
