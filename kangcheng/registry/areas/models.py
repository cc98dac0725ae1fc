"""Table of areas: province, city, county, township, village."""

from typing import ClassVar

from django.db import models

from kangcheng.base.models import Base
from kangcheng.registry.history import tracked


@tracked
class Area(Base):
    """One division of the statistical code: 2 digits a province, 4 a city, 6 a county, 9 a township, 12 a village."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {
        "code", "name", "level", "parent_code", "opened_on", "closed_on", "successor_code", "longitude", "latitude",
    }  # fmt: skip

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=100)
    level = models.SmallIntegerField("级")  # 1 province ... 5 village
    parent_code = models.CharField("上级", max_length=12, blank=True, default="", db_index=True)
    opened_on = models.DateField("设立日期", null=True, blank=True)  # None: always there
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    successor_code = models.CharField("并入", max_length=12, blank=True, default="")
    longitude = models.FloatField("经度", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)

    class Meta:
        verbose_name = "区划"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"),
                name="area_code_form",
            )
        ]


class AreaChange(Base):
    """One line of a change of divisions: an old code (or none) and what took its place. `act` gathers the lines of one decision."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {
        "act", "kind", "on", "old_code", "new_code", "old_name", "new_name", "document", "undone_on",
    }  # fmt: skip

    act = models.UUIDField("批次", db_index=True)
    kind = models.CharField("种类", max_length=16)  # rename, merge, split
    on = models.DateField("生效日期")
    old_code = models.CharField("原代码", max_length=12, db_index=True)
    new_code = models.CharField("新代码", max_length=12, db_index=True)
    old_name = models.CharField("原名称", max_length=100)
    new_name = models.CharField("新名称", max_length=100)
    document = models.CharField("依据", max_length=200, blank=True, default="")
    undone_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = "区划变更"
