"""Tables of the store: what each resource is now, and what it was in every version before."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from kangcheng.base.audit import APPEND_ONLY
from kangcheng.base.models import Base

KEEP_VERSION = pgtrigger.Trigger(
    name="keep_version",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    func="""
        IF NEW.type <> OLD.type OR NEW.logical_id <> OLD.logical_id OR NEW.version <> OLD.version + 1 THEN
            IF NEW.body IS DISTINCT FROM OLD.body OR NEW.version <> OLD.version OR NEW.deleted <> OLD.deleted THEN
                RAISE EXCEPTION 'a resource changes by a new version only';
            END IF;
            RETURN NEW;
        END IF;
        INSERT INTO records_version (id, created_at, type, logical_id, version, subject_id, institution_id, segment, deleted,
            method, written_at, written_by, written_by_name, why, body)
        VALUES (gen_random_uuid(), now(), OLD.type, OLD.logical_id, OLD.version, OLD.subject_id, OLD.institution_id,
            OLD.segment, OLD.deleted, OLD.method, OLD.written_at, OLD.written_by, OLD.written_by_name, OLD.why, OLD.body);
        RETURN NEW;
    """,
)


class Written(Base):
    """One version of one resource, and who wrote it. `subject_id`: whose it is, an id that others resolve."""

    personal: ClassVar[set[str]] = {"subject_id", "body", "written_by_name", "why"}
    plain: ClassVar[set[str]] = {
        "type", "logical_id", "version", "institution_id", "segment", "deleted", "method", "written_at", "written_by",
    }  # fmt: skip

    type = models.CharField("类型", max_length=40)
    logical_id = models.CharField("编号", max_length=64)
    version = models.IntegerField("版本")
    subject_id = models.UUIDField("居民", null=True)
    institution_id = models.UUIDField("写入机构", null=True)
    segment = models.CharField("敏感类别", max_length=32, default="", blank=True)
    deleted = models.BooleanField("已删除", default=False)
    method = models.CharField("方式", max_length=8)  # POST, PUT, DELETE
    written_at = models.DateTimeField("写入时间")
    written_by = models.UUIDField("写入人")
    written_by_name = models.CharField("写入人姓名", max_length=64)
    why = models.CharField("原因", max_length=500, default="", blank=True)
    body = models.JSONField("内容", null=True)

    class Meta:
        abstract = True


class Resource(Written):
    """A resource as it is now, with what it is found by. A change moves the old version to `Version`: the database sees to it.

    `tokens` holds 64-bit marks of every code, reference and uri under its parameter (search.marks); `mark` is the
    resource's own, as others refer to it. `starts` and `ends` are the span of the type's main date.
    """

    plain: ClassVar[set[str]] = Written.plain | {"mark"}
    personal: ClassVar[set[str]] = Written.personal | {"tokens", "starts", "ends"}

    mark = models.BigIntegerField("标记")
    tokens = ArrayField(models.BigIntegerField(), verbose_name="索引标记", default=list)
    starts = models.DateTimeField("起", null=True)
    ends = models.DateTimeField("止", null=True)

    class Meta:
        verbose_name = "资源"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            KEEP_VERSION,
            pgtrigger.Protect(name="never_gone", operation=pgtrigger.Delete),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["type", "logical_id"], name="resource_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="resource_version"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_id", "type", "-starts"], name="resource_subject",
                         condition=Q(subject_id__isnull=False)),
            models.Index(fields=["type", "written_at", "id"], name="resource_type"),
            models.Index(fields=["mark"], name="resource_mark"),
            GinIndex(fields=["tokens"], name="resource_tokens"),
        ]  # fmt: skip


class Version(Written):
    """What a resource was before: written by the trigger of Resource, never changed."""

    class Meta:
        verbose_name = "历史版本"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["type", "logical_id", "version"], name="version_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_id"], name="version_subject", condition=Q(subject_id__isnull=False))
        ]


class Indexed(Base):
    """A value of one resource under one search parameter (`key`: the parameter's mark). Rewritten with each version.

    `firsts`: for a composite parameter, the marks of the value that goes with this one.
    """

    personal: ClassVar[set[str]] = {"resource_id"}
    plain: ClassVar[set[str]] = {"key", "firsts"}

    resource_id = models.UUIDField("资源")
    key = models.BigIntegerField("参数")
    firsts = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        abstract = True


class TextValue(Indexed):
    """A text as it is compared: lower case, no accents; `pinyin` of Chinese ones; `exact` as it was written."""

    personal: ClassVar[set[str]] = Indexed.personal | {"plain_text", "exact", "pinyin"}

    plain_text = models.TextField("文本")
    exact = models.TextField("原文")
    pinyin = models.TextField("拼音", default="", blank=True)

    class Meta:
        verbose_name = "文本索引"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key", "plain_text"], name="text_plain", opclasses=["int8_ops", "text_pattern_ops"]),
            models.Index(fields=["key", "pinyin"], name="text_pinyin", opclasses=["int8_ops", "text_pattern_ops"],
                         condition=~Q(pinyin="")),
            models.Index(fields=["resource_id"], name="text_resource"),
        ]  # fmt: skip


class SpanValue(Indexed):
    """A date or period: the first moment, and the first moment after it. An open end is null."""

    personal: ClassVar[set[str]] = Indexed.personal | {"starts", "ends"}

    starts = models.DateTimeField("起", null=True)
    ends = models.DateTimeField("止（不含）", null=True)

    class Meta:
        verbose_name = "日期索引"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key", "starts"], name="span_starts"),
            models.Index(fields=["resource_id"], name="span_resource"),
        ]


class NumberValue(Indexed):
    """A number or quantity with the bounds its digits leave open; `units`: marks of its unit in each way it is asked for."""

    personal: ClassVar[set[str]] = Indexed.personal | {"value", "low", "high"}
    plain: ClassVar[set[str]] = Indexed.plain | {"units"}

    value = models.DecimalField("数值", max_digits=80, decimal_places=40)
    low = models.DecimalField("下限", max_digits=80, decimal_places=40)
    high = models.DecimalField("上限", max_digits=80, decimal_places=40)
    units = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = "数值索引"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key", "value"], name="number_value"),
            models.Index(fields=["resource_id"], name="number_resource"),
        ]
