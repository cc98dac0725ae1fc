"""Tables of registers: the rows of all of them, the views people keep, and the indexes made for filters."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary
from django.db import models
from django.db.models import Q

from kangcheng.base.models import Base, SealedTextField
from kangcheng.registry.history import tracked
from kangcheng.registry.validity import DateRange

PERSONAL = "register.personal"  # purpose that the sealed columns are bound to


@tracked
class RegisterRow(Base):
    """One row of one register as it stands; what it once was is in its history. `number` is its version."""

    personal: ClassVar[set[str]] = {"data", "sealed", "by_name", "why"}
    plain: ClassVar[set[str]] = {
        "register", "number", "key", "area_code", "institution_id", "valid_from", "valid_to", "when_on", "removed",
        "action", "batch_id", "by_id", "on", "changed_at",
    }  # fmt: skip

    register = models.CharField("台账", max_length=64)
    number = models.IntegerField("版本", default=1)
    key = models.CharField("自然键摘要", max_length=32)
    data = models.JSONField("内容", default=dict)
    sealed = SealedTextField("加密的内容", purpose=PERSONAL, null=True, blank=True)
    area_code = models.CharField("区划", max_length=12, blank=True, default="")
    institution_id = models.UUIDField("归属机构", null=True, blank=True)
    valid_from = models.DateField("起", null=True, blank=True)
    valid_to = models.DateField("止（不含）", null=True, blank=True)
    when_on = models.DateField("所属日期", null=True, blank=True)
    removed = models.BooleanField("已删除", default=False)
    action = models.CharField(
        "最近一次操作", max_length=16
    )  # create, import, change, adjust, remove, restore
    batch_id = models.UUIDField("导入批次", null=True, blank=True)
    by_id = models.UUIDField("操作人")
    by_name = models.CharField("操作人姓名", max_length=64)
    on = models.DateField("业务日期")
    why = models.CharField("原因", max_length=500, blank=True, default="")
    changed_at = models.DateTimeField("写入时间")

    class Meta:
        verbose_name = "台账行"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["register", "key"],
                condition=Q(removed=False, valid_from=None),
                name="register_row_once",
                violation_error_message="已有相同的行",
            ),
            ExclusionConstraint(
                name="register_row_one_at_a_time",
                expressions=[
                    ("register", "="),
                    ("key", "="),
                    (DateRange("valid_from", "valid_to", RangeBoundary()), "&&"),
                ],
                condition=Q(removed=False, valid_from__isnull=False),
                violation_error_message="已有相同的行，期间重叠",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["register", "-id"], name="register_row_newest", condition=Q(removed=False)),
            models.Index(
                fields=["register", "area_code", "-id"],
                name="register_row_area",
                opclasses=["varchar_ops", "varchar_pattern_ops", "uuid_ops"],
            ),
            models.Index(
                fields=["register", "institution_id", "-id"],
                name="register_row_institution",
                condition=Q(institution_id__isnull=False),
            ),
            models.Index(fields=["batch_id"], name="register_row_batch", condition=Q(batch_id__isnull=False)),
        ]


class RegisterView(Base):
    """A view somebody keeps of a register: filters, sort and columns under a name."""

    personal: ClassVar[set[str]] = {"user_id"}
    plain: ClassVar[set[str]] = {"register", "title", "query", "shared"}

    register = models.CharField("台账", max_length=64)
    user_id = models.UUIDField("用户")
    title = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=1000)
    shared = models.BooleanField("同事可用", default=False)

    class Meta:
        verbose_name = "台账视图"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["register", "user_id", "title"], name="register_view_title")
        ]


class RegisterImport(Base):
    """A file taken in: what came of it, and the rows that still wait to be corrected (sealed: they may name people)."""

    personal: ClassVar[set[str]] = {"waiting", "by_name"}
    plain: ClassVar[set[str]] = {
        "register", "file_name", "sha256", "rows", "created", "changed", "unchanged", "faulty", "state", "by_id", "on",
    }  # fmt: skip

    register = models.CharField("台账", max_length=64)
    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField("摘要", max_length=64)
    rows = models.IntegerField("行数")
    created = models.IntegerField("新增", default=0)
    changed = models.IntegerField("更新", default=0)
    unchanged = models.IntegerField("已有", default=0)
    faulty = models.IntegerField("待改正", default=0)
    state = models.CharField("状态", max_length=16)  # tried, applied, undone
    waiting = SealedTextField("待改正的行", purpose="register.waiting", null=True, blank=True)
    by_id = models.UUIDField("导入人")
    by_name = models.CharField("导入人姓名", max_length=64)
    on = models.DateField("导入日期")

    class Meta:
        verbose_name = "台账导入"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["register", "-created_at"], name="register_import_recent")
        ]
