"""Tables of the code systems and maps a city imports."""

from typing import ClassVar

from django.db import models

from kangcheng.base.models import Base


class CodeSystem(Base):
    """One version of an imported code system. A newer import of the same version replaces its codes as a whole."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"url", "version", "title", "source", "licence", "imported_on", "count"}

    url = models.CharField("标识", max_length=200)
    version = models.CharField("版本", max_length=32, blank=True, default="")
    title = models.CharField("名称", max_length=200)
    source = models.CharField("来源", max_length=200)
    licence = models.CharField("许可", max_length=200, blank=True, default="")
    imported_on = models.DateField("导入日期")
    count = models.IntegerField("代码数", default=0)

    class Meta:
        verbose_name = "代码系统"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["url", "version"], name="codesystem_once")
        ]


class Code(Base):
    """One code of an imported system, in the order of its file."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"system", "position", "code", "title", "display", "initials", "parent"}

    system = models.ForeignKey(
        CodeSystem, on_delete=models.CASCADE, verbose_name="代码系统", related_name="codes"
    )
    position = models.IntegerField("次序")
    code = models.CharField("代码", max_length=64)
    title = models.CharField("名称", max_length=500)
    display = models.CharField("英文名称", max_length=500, blank=True, default="")
    initials = models.CharField("拼音首字母", max_length=500, blank=True, default="")
    parent = models.CharField("上级代码", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "代码"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["system", "code"], name="code_once"),
            models.UniqueConstraint(fields=["system", "position"], name="code_position"),
        ]


class Mapped(Base):
    """A code of one system as a code of another."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"source", "source_code", "target", "target_code", "equivalence"}

    source = models.CharField("自", max_length=200)
    source_code = models.CharField("代码", max_length=64)
    target = models.CharField("到", max_length=200)
    target_code = models.CharField("对应代码", max_length=64)
    equivalence = models.CharField("对照关系", max_length=16, default="equivalent")

    class Meta:
        verbose_name = "代码对照"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["source", "source_code", "target", "target_code"], name="mapped_once"
            )
        ]
