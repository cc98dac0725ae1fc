"""Tables of the counter: money taken and given back, day sheets, and money that came in for a settlement."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Func, Q, Value

from kangcheng.base.models import Base

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)

# A closed sheet is sealed: what comes after the close of a cashier's day is refused, corrections go on the next day.
DAY_OPEN = pgtrigger.Trigger(
    name="day_open",
    level=pgtrigger.Row,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (SELECT 1 FROM funds_dayclose
                   WHERE cashier_id = NEW.cashier_id AND day = NEW.paid_on
                     AND institution_id = NEW.institution_id) THEN
            RAISE EXCEPTION 'the day of this cashier is closed' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


class Payment(Base):
    """Money over the counter: payment, refund (below zero), deposit or correction. Only another row corrects one."""

    personal: ClassVar[set[str]] = {"person_id", "cashier_name", "memo"}
    plain: ClassVar[set[str]] = {
        "number", "kind", "method", "amount", "paid_on", "bill_id", "settlement_id", "institution_id", "cashier_id",
        "corrects_id",
    }  # fmt: skip

    number = models.BigIntegerField(
        "流水号", db_default=Func(Value("funds_payment_number"), function="nextval"), unique=True
    )
    kind = models.CharField("类别", max_length=16)  # payment, refund, deposit, deposit_back, correction
    method = models.CharField("方式", max_length=16)  # cash, card, mobile
    amount = models.BigIntegerField("金额（分）")
    paid_on = models.DateField("日期")
    person_id = models.UUIDField("居民")
    bill_id = models.UUIDField("账单", null=True, blank=True)
    settlement_id = models.UUIDField("结算", null=True, blank=True)
    institution_id = models.UUIDField("机构")
    cashier_id = models.UUIDField("收费员")
    cashier_name = models.CharField("收费员姓名", max_length=64)
    corrects_id = models.UUIDField("更正", null=True, blank=True)
    memo = models.CharField("说明", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "收退款"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY, DAY_OPEN]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(amount=0), name="payment_amount"),
            models.UniqueConstraint(
                fields=["corrects_id"], condition=Q(corrects_id__isnull=False), name="payment_corrected_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["settlement_id"], name="payment_settlement"),
            models.Index(fields=["bill_id"], name="payment_bill"),
            models.Index(fields=["cashier_id", "paid_on"], name="payment_sheet"),
        ]


class DayClose(Base):
    """One cashier's sealed day sheet at one institution."""

    personal: ClassVar[set[str]] = {"cashier_name"}
    plain: ClassVar[set[str]] = {
        "cashier_id", "institution_id", "day", "counts", "totals", "counted", "difference", "digest", "closed_by",
    }  # fmt: skip

    cashier_id = models.UUIDField("收费员")
    cashier_name = models.CharField("收费员姓名", max_length=64)
    institution_id = models.UUIDField("机构")
    day = models.DateField("日期")
    counts = models.JSONField("笔数")  # kind -> how many
    totals = models.JSONField("应有")  # method -> fen
    counted = models.JSONField("实点")  # method -> fen
    difference = models.BigIntegerField("长短款（分）")  # counted less due
    digest = models.CharField("封存摘要", max_length=64)
    closed_by = models.UUIDField("结账人")

    class Meta:
        verbose_name = "日结单"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cashier_id", "institution_id", "day"], name="dayclose_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["institution_id", "-day"], name="dayclose_place")
        ]
