"""Tables of documents: number series, documents issued, and every print."""

from typing import ClassVar

import pgtrigger
from django.db import models

from kangcheng.base.models import Base, StoredFile
from kangcheng.registry.history import tracked


class DocumentSeries(Base):
    """The last number given in a series and year (0: the series never restarts)."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"series", "year", "last"}

    series = models.CharField("号段", max_length=64)
    year = models.IntegerField("年度")
    last = models.IntegerField("末号")

    class Meta:
        verbose_name = "文号"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["series", "year"], name="series_once"),
        ]


@tracked
class IssuedDocument(Base):
    """A document as it was issued: laid out, stored as PDF, its hash kept. It is revoked, never changed."""

    personal: ClassVar[set[str]] = {"laid", "issued_name", "revoked_why"}
    plain: ClassVar[set[str]] = {
        "template", "title", "series", "year", "n", "number", "issued_on", "issued_by", "institution_id", "area_code",
        "subject_kind", "subject", "sha256", "file", "release_hash", "revoked_on", "revoked_by",
    }  # fmt: skip

    template = models.CharField("文书", max_length=64)
    title = models.CharField("标题", max_length=200)
    series = models.CharField("号段", max_length=64, blank=True, default="")
    year = models.IntegerField("年度")
    n = models.IntegerField("序号", null=True, blank=True)
    number = models.CharField("文号", max_length=100, blank=True, default="", db_index=True)
    laid = models.JSONField("内容")
    issued_on = models.DateField("签发日期")
    issued_by = models.UUIDField("签发人")
    issued_name = models.CharField("签发人姓名", max_length=64)
    institution_id = models.UUIDField("对方机构", null=True, blank=True, db_index=True)
    area_code = models.CharField("区划", max_length=12, blank=True, default="")
    subject_kind = models.CharField("因何", max_length=32, blank=True, default="")
    subject = models.CharField("对象", max_length=64, blank=True, default="")
    sha256 = models.CharField("内容摘要", max_length=64)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    release_hash = models.CharField("政策包版本", max_length=64)
    revoked_on = models.DateField("作废日期", null=True, blank=True)
    revoked_by = models.UUIDField("作废人", null=True, blank=True)
    revoked_why = models.CharField("作废原因", max_length=500, blank=True, default="")

    class Meta:
        verbose_name = "签发的文书"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["series", "year", "n"], condition=~models.Q(series=""), name="document_number_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_kind", "subject"], name="document_subject"),
        ]


class DocumentPrint(Base):
    """One copy that left the house."""

    personal: ClassVar[set[str]] = {"printed_name"}
    plain: ClassVar[set[str]] = {"document", "copy", "format", "printed_by"}

    document = models.ForeignKey(IssuedDocument, on_delete=models.PROTECT, related_name="prints")
    copy = models.IntegerField("第几份")
    format = models.CharField("格式", max_length=8)
    printed_by = models.UUIDField("打印人")
    printed_name = models.CharField("打印人姓名", max_length=64)

    class Meta:
        verbose_name = "文书打印"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["document", "copy"], name="document_copy_once"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
