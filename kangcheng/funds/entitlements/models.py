"""Table of entitlements used: what was waived, paid as a subsidy or borne by the hospital, by source. No case is paid twice."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from kangcheng.base.models import Base


class EntitlementUse(Base):
    """One entitlement used once, by a settlement or by a grant outside any bill."""

    personal: ClassVar[set[str]] = {"person_id", "case_key", "evidence"}
    plain: ClassVar[set[str]] = {
        "entitlement", "kind", "source", "amount", "used_on", "settlement_id", "payout_id", "release_hash",
        "cancelled_on", "granted_by",
    }  # fmt: skip

    person_id = models.UUIDField("居民")
    entitlement = models.CharField("待遇", max_length=64)
    kind = models.CharField("形式", max_length=16)  # waive, cap, subsidy
    source = models.CharField("资金", max_length=64)
    case_key = models.CharField(
        "事由", max_length=100
    )  # year, episode, or "settlement:<id>" when it may recur
    amount = models.BigIntegerField("金额（分）")
    used_on = models.DateField("日期")
    settlement_id = models.UUIDField("结算", null=True, blank=True)
    payout_id = models.UUIDField("拨付", null=True, blank=True)
    release_hash = models.CharField("政策包版本", max_length=64)
    evidence = models.JSONField("证据", default=dict)
    granted_by = models.UUIDField("经办人")
    cancelled_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = "待遇使用"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.ReadOnly(name="use_fixed", exclude=["cancelled_on", "payout_id"]),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person_id", "entitlement", "case_key"],
                condition=Q(cancelled_on=None),
                name="use_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="use_amount"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["source", "used_on"], name="use_source"),
            models.Index(fields=["settlement_id"], name="use_settlement"),
        ]
