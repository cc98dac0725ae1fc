"""Tables of institutions: what each was on every day, and when the fund paid there."""

from typing import ClassVar

from django.db import models

from kangcheng.base.models import Base
from kangcheng.registry.history import tracked
from kangcheng.registry.validity import VALIDITY, Dated, in_order, no_overlap


class Institution(Base):
    """An institution for ever; what it is called and does changes in its terms."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"code", "batch_id"}

    code = models.CharField("统一社会信用代码", max_length=22, unique=True)
    batch_id = models.UUIDField("导入批次", null=True, blank=True)

    class Meta:
        verbose_name = "机构"


@tracked
class Term(Dated):
    """What an institution is from a day to the day before another; a change is a new term, closing has no next one."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {
        "institution", "name", "name_pinyin", "level", "type", "ownership", "governed_by", "area_code", "parent",
        "beds", "functions", "equipment", "consortium", "standardised", "longitude", "latitude", "why", *VALIDITY,
    }  # fmt: skip

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="terms")
    name = models.CharField("名称", max_length=100)
    name_pinyin = models.CharField("拼音首字母", max_length=100, blank=True, default="")
    level = models.CharField("等级", max_length=16, blank=True, default="")  # tier of hospital-levels
    type = models.CharField("类型", max_length=32)  # code of institution-types
    ownership = models.CharField("所有制", max_length=16)  # public, private
    governed_by = models.CharField("主管单位", max_length=100, blank=True, default="")
    area_code = models.CharField("区划", max_length=12)
    parent = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="parent_of"
    )
    beds = models.IntegerField("编制床位", default=0)
    functions = models.CharField("机构职能", max_length=200, blank=True, default="")
    equipment = models.CharField("主要设备", max_length=200, blank=True, default="")
    consortium = models.CharField("医联体、医疗集团", max_length=100, blank=True, default="")
    standardised = models.BooleanField("达到标准化建设", default=False)
    longitude = models.FloatField("经度", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    why = models.CharField("变更原因", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "机构情况"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("term_period"),
            no_overlap("term_one_at_a_time", "institution"),
            models.CheckConstraint(
                condition=models.Q(ownership__in=["public", "private"]), name="term_ownership"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["area_code"], name="term_area", opclasses=["varchar_pattern_ops"])
        ]


@tracked
class Designation(Dated):
    """The fund pays there (定点) for a scheme, or for all schemes."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"institution", "scheme", "why_ended", *VALIDITY}

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="designations")
    scheme = models.CharField("险种", max_length=32, blank=True, default="")  # "": all
    why_ended = models.CharField("取消原因", max_length=100, blank=True, default="")

    class Meta:
        verbose_name = "定点"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("designation_period"),
            no_overlap("designation_no_overlap", "institution", "scheme"),
        ]
