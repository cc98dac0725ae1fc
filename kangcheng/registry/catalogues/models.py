"""Tables of what may stand on a bill: the national catalogue, each institution's own items, and the mapping between them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from kangcheng.registry.history import tracked
from kangcheng.registry.institutions.models import Institution
from kangcheng.registry.validity import VALIDITY, Dated, in_order, no_overlap

KINDS = ["drug", "service", "material", "diagnosis"]
CLASSES = ["", "jia", "yi", "zifei"]


@tracked
class Item(Dated):
    """One version of a national item: what it is, how far the fund knows it, and its prices in fen per unit."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {
        "kind", "code", "name", "name_initials", "unit", "insurance_class", "group", "first_pay", "price_limit",
        "price", "essential", "restriction", "batch_id", *VALIDITY,
    }  # fmt: skip

    kind = models.CharField("种类", max_length=16)
    code = models.CharField("国家编码", max_length=64)
    name = models.CharField("名称", max_length=200)
    name_initials = models.CharField("拼音首字母", max_length=200, blank=True, default="")
    unit = models.CharField("单位", max_length=32, blank=True, default="")
    insurance_class = models.CharField("医保类别", max_length=8, blank=True, default="")
    group = models.CharField("费用归类", max_length=32, blank=True, default="")  # group of the benefit engine
    first_pay = models.CharField(
        "先行自付比例", max_length=16, blank=True, default=""
    )  # a rate as text, "10%"
    price_limit = models.BigIntegerField("支付标准（分）", null=True, blank=True)
    price = models.BigIntegerField("价格（分）", null=True, blank=True)
    essential = models.BooleanField("基本药物", default=False)
    restriction = models.CharField("使用限定", max_length=200, blank=True, default="")
    batch_id = models.UUIDField("导入批次", null=True, blank=True)

    class Meta:
        verbose_name = "国家目录"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("item_period"),
            no_overlap("item_one_version", "code"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="item_kind"),
            models.CheckConstraint(condition=Q(insurance_class__in=CLASSES), name="item_class"),
            models.CheckConstraint(
                condition=(Q(price_limit=None) | Q(price_limit__gte=0)) & (Q(price=None) | Q(price__gte=0)),
                name="item_prices",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["name"], name="item_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["name_initials"], name="item_initials", opclasses=["varchar_pattern_ops"]),
        ]


@tracked
class HospitalItem(Dated):
    """One version of an institution's own item with its price in fen."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {
        "institution",
        "code",
        "name",
        "kind",
        "unit",
        "price",
        "batch_id",
        *VALIDITY,
    }

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    code = models.CharField("院内编码", max_length=64)
    name = models.CharField("名称", max_length=200)
    kind = models.CharField("种类", max_length=16)
    unit = models.CharField("单位", max_length=32, blank=True, default="")
    price = models.BigIntegerField("价格（分）")
    batch_id = models.UUIDField("导入批次", null=True, blank=True)

    class Meta:
        verbose_name = "院内目录"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("hospitalitem_period"),
            no_overlap("hospitalitem_one_version", "institution", "code"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="hospitalitem_kind"),
            models.CheckConstraint(condition=Q(price__gte=0), name="hospitalitem_price"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["institution", "code", "valid_from"], name="hospitalitem_code")
        ]


@tracked
class Mapping(Dated):
    """An institution's item is this national item. Proposed by one person, decided by another (the database sees to it)."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {
        "institution", "hospital_code", "national_code", "status", "proposed_by", "decided_by", "decided_on", "reason",
        "batch_id", *VALIDITY,
    }  # fmt: skip

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="mappings", db_index=False
    )
    hospital_code = models.CharField("院内编码", max_length=64)
    national_code = models.CharField("国家编码", max_length=64)
    status = models.CharField("状态", max_length=16)  # proposed, approved, rejected
    proposed_by = models.UUIDField("提出人")
    decided_by = models.UUIDField("审核人", null=True, blank=True)
    decided_on = models.DateField("审核日期", null=True, blank=True)
    reason = models.CharField("审核意见", max_length=200, blank=True, default="")
    batch_id = models.UUIDField("导入批次", null=True, blank=True)

    class Meta:
        verbose_name = "目录对照"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("mapping_period"),
            no_overlap(
                "mapping_one_approved", "institution", "hospital_code", condition=Q(status="approved")
            ),
            models.UniqueConstraint(
                fields=["institution", "hospital_code"],
                condition=Q(status="proposed"),
                name="mapping_one_proposal",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_by=None)
                | (
                    Q(status__in=["approved", "rejected"])
                    & ~Q(decided_by=F("proposed_by"))
                    & Q(decided_by__isnull=False)
                ),
                name="mapping_two_people",
                violation_error_message="提出人与审核人不得为同一人",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["institution", "hospital_code", "valid_from"], name="mapping_code"),
            models.Index(fields=["national_code"], name="mapping_national"),
        ]
