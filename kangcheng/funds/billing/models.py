"""Tables of bills: a stay or a visit with its priced lines, and the debt of those who are treated first."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Func, Q, Value

from kangcheng.base.models import Base

# A priced line is a fact: afterwards it can only be struck out, once, while the bill is open.
LINE_FIXED = pgtrigger.ReadOnly(name="line_fixed", exclude=["struck_at", "struck_by", "struck_why"])


class Bill(Base):
    """One stay or visit of one person at one institution."""

    personal: ClassVar[set[str]] = {"person_id", "household_id", "diagnosis", "disease", "attributes"}
    plain: ClassVar[set[str]] = {
        "number", "institution_id", "setting", "admitted_on", "discharged_on", "state", "version", "opened_by",
        "no_deposit",
    }  # fmt: skip

    number = models.BigIntegerField("就诊号", db_default=Func(Value("funds_bill_number"), function="nextval"))
    person_id = models.UUIDField("居民")
    household_id = models.UUIDField("家庭", null=True, blank=True)
    institution_id = models.UUIDField("机构")
    setting = models.CharField("就诊类型", max_length=32)
    admitted_on = models.DateField("入院/就诊日期")
    discharged_on = models.DateField("出院日期", null=True, blank=True)
    diagnosis = models.CharField("主要诊断", max_length=32, blank=True, default="")
    disease = models.CharField("待遇病种", max_length=64, blank=True, default="")
    attributes = models.JSONField("待遇事实", default=dict)
    state = models.CharField("状态", max_length=16, default="open")  # open, discharged, settled, cancelled
    version = models.IntegerField(
        "版本", default=0
    )  # moves with every change: a settlement is of one version
    no_deposit = models.CharField("免预交金依据", max_length=64, blank=True, default="")
    opened_by = models.UUIDField("登记人")

    class Meta:
        verbose_name = "账单"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(discharged_on=None) | Q(discharged_on__gte=models.F("admitted_on")),
                name="bill_period",
                violation_error_message="出院日期早于入院日期",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["discharged", "settled"]) | Q(discharged_on__isnull=False),
                name="bill_discharge_day",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person_id", "-admitted_on"], name="bill_person"),
            models.Index(
                fields=["institution_id", "-admitted_on"],
                condition=~Q(state="settled"),
                name="bill_open",
            ),
        ]


class BillLine(Base):
    """One priced line, with the catalogue's facts of its day."""

    personal: ClassVar[set[str]] = {"struck_why"}
    plain: ClassVar[set[str]] = {
        "bill", "hospital_code", "item_code", "name", "group", "insurance_class", "quantity", "unit_price", "amount",
        "price_limit", "first_pay", "charged_on", "entitlement", "source", "charged_by", "struck_at", "struck_by",
    }  # fmt: skip

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="lines")
    hospital_code = models.CharField("院内编码", max_length=64)
    item_code = models.CharField("国家编码", max_length=64)
    name = models.CharField("名称", max_length=200)
    group = models.CharField("待遇分组", max_length=64)
    insurance_class = models.CharField("目录类别", max_length=16)
    quantity = models.IntegerField("数量")
    unit_price = models.BigIntegerField("单价（分）")
    amount = models.BigIntegerField("金额（分）")
    price_limit = models.BigIntegerField("限价（分）", null=True, blank=True)
    first_pay = models.CharField("先行自付比例", max_length=16, blank=True, default="")
    charged_on = models.DateField("计费日期")
    entitlement = models.CharField("减免依据", max_length=64, blank=True, default="")
    source = models.CharField("减免资金", max_length=64, blank=True, default="")
    charged_by = models.UUIDField("计费人")
    struck_at = models.DateTimeField("划销时刻", null=True, blank=True)
    struck_by = models.UUIDField("划销人", null=True, blank=True)
    struck_why = models.CharField("划销原因", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "账单明细"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            LINE_FIXED,
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(unit_price__gte=0) & Q(amount__gte=0), name="billline_amounts"
            ),
            models.CheckConstraint(
                condition=Q(amount=models.F("quantity") * models.F("unit_price")), name="billline_product"
            ),
        ]


class Debt(Base):
    """Treat first, pay later: opened at admission, its amount known at settlement, closed when paid."""

    personal: ClassVar[set[str]] = {"person_id"}
    plain: ClassVar[set[str]] = {"bill", "entitlement", "opened_on", "amount", "settled_on", "closed_on"}

    bill = models.OneToOneField(Bill, on_delete=models.PROTECT, related_name="debt")
    person_id = models.UUIDField("居民")
    entitlement = models.CharField("依据", max_length=64)
    opened_on = models.DateField("开立日期")
    amount = models.BigIntegerField("金额（分）", null=True, blank=True)
    settled_on = models.DateField("结算日期", null=True, blank=True)
    closed_on = models.DateField("结清日期", null=True, blank=True)

    class Meta:
        verbose_name = "先诊疗后付费欠款"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["opened_on"], condition=Q(closed_on=None), name="debt_open")
        ]
