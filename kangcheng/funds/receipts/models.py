"""Tables of receipts: numbers that leave no gap, and every print counted."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from kangcheng.base.models import Base

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class ReceiptSeries(Base):
    """The last number used by an institution in a year; locked while the next one is taken, so no number is skipped."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"institution_id", "year", "last"}

    institution_id = models.UUIDField("机构")
    year = models.IntegerField("年")
    last = models.IntegerField("末号", default=0)

    class Meta:
        verbose_name = "票据号段"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["institution_id", "year"], name="receiptseries_key")
        ]


class Receipt(Base):
    """One receipt of a settlement, payment or refund."""

    personal: ClassVar[set[str]] = {"person_id"}
    plain: ClassVar[set[str]] = {
        "institution_id",
        "year",
        "number",
        "kind",
        "subject_id",
        "issued_on",
        "issued_by",
    }

    institution_id = models.UUIDField("机构")
    year = models.IntegerField("年")
    number = models.IntegerField("号码")
    kind = models.CharField("类别", max_length=16)  # settlement, payment, refund, deposit
    subject_id = models.UUIDField("对象")
    person_id = models.UUIDField("居民")
    issued_on = models.DateField("开具日期")
    issued_by = models.UUIDField("开具人")

    class Meta:
        verbose_name = "票据"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["institution_id", "year", "number"], name="receipt_number"),
            models.UniqueConstraint(fields=["kind", "subject_id"], name="receipt_subject"),
            models.CheckConstraint(condition=Q(number__gt=0), name="receipt_positive"),
        ]


class ReceiptPrint(Base):
    """One print of a receipt; the second and later ones are reprints."""

    personal: ClassVar[set[str]] = {"printed_name"}
    plain: ClassVar[set[str]] = {"receipt", "copy", "printed_by"}

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="prints")
    copy = models.IntegerField("第几次")
    printed_by = models.UUIDField("打印人")
    printed_name = models.CharField("打印人姓名", max_length=64)

    class Meta:
        verbose_name = "打印记录"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["receipt", "copy"], name="receiptprint_copy")
        ]
