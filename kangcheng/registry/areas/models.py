"""Table of areas: province, city, county, township, village."""

from typing import ClassVar

from django.db import models

from kangcheng.base.models import Base
from kangcheng.registry.history import tracked


@tracked
class Area(Base):
    """One division of the statistical code: 2 digits a province, 4 a city, 6 a county, 9 a township, 12 a village."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"code", "name", "level", "parent_code", "closed_on", "successor_code"}

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=100)
    level = models.SmallIntegerField("级")  # 1 province ... 5 village
    parent_code = models.CharField("上级", max_length=12, blank=True, default="", db_index=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    successor_code = models.CharField("并入", max_length=12, blank=True, default="")

    class Meta:
        verbose_name = "区划"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"),
                name="area_code_form",
            )
        ]
