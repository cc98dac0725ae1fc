"""Tables of imports: each batch that was applied, and its rows that matched nobody yet."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kangcheng.base.models import Base, SealedTextField
from kangcheng.base.rotation import Blind
from kangcheng.registry.history import tracked
from kangcheng.registry.people.models import IDENTITY


@tracked
class ImportBatch(Base):
    """One file taken in. The file itself is not kept: it holds identity numbers in the clear; its digest is."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {
        "kind", "file_name", "sha256", "source", "rows", "created", "unchanged", "unmatched", "state", "applied_by",
        "applied_on", "undone_by", "undone_on", "undone_why",
    }  # fmt: skip

    kind = models.CharField("种类", max_length=16)  # residents, categories
    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField("摘要", max_length=64)
    source = models.CharField("来源", max_length=64)
    rows = models.IntegerField("行数")
    created = models.IntegerField("新增")
    unchanged = models.IntegerField("已有")
    unmatched = models.IntegerField("未匹配")
    state = models.CharField("状态", max_length=16)  # applied, undone
    applied_by = models.UUIDField("导入人")
    applied_on = models.DateField("导入日期")
    undone_by = models.UUIDField("撤销人", null=True, blank=True)
    undone_on = models.DateField("撤销日期", null=True, blank=True)
    undone_why = models.CharField("撤销原因", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "导入批次"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "sha256"],
                condition=Q(state="applied"),
                name="import_file_once",
                violation_error_message="该文件已导入",
            )
        ]


@tracked
class ImportRow(Base):
    """A row of a list whose person is not registered, or is registered under another name; kept until it is matched."""

    personal: ClassVar[set[str]] = {"identity", "identity_index", "name", "person_id", "values"}
    plain: ClassVar[set[str]] = {"batch", "number", "reason", "matched_on"}
    blind: ClassVar[dict[str, Blind]] = {"identity_index": Blind("identity", IDENTITY)}

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="unmatched_rows")
    number = models.IntegerField("行号")
    identity = SealedTextField("身份证号", purpose=IDENTITY)
    identity_index = models.BinaryField("身份证号索引")
    name = models.CharField("姓名", max_length=64, blank=True, default="")
    values = models.JSONField("内容")  # category, valid_from, valid_to, village, evidence
    reason = models.CharField("原因", max_length=32)  # not_registered, name_differs, already_held
    person_id = models.UUIDField("居民", null=True, blank=True)
    matched_on = models.DateField("匹配日期", null=True, blank=True)

    class Meta:
        verbose_name = "未匹配行"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["identity_index"], condition=Q(matched_on=None), name="importrow_waiting")
        ]
