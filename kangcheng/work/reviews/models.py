"""Tables of reviews: runs, findings and what was done with each."""

from typing import ClassVar

import pgtrigger
from django.db import models

from kangcheng.base.models import Base
from kangcheng.registry.history import tracked

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class ReviewRun(Base):
    """One evaluation of a review over rows. `content` is the entry as it was."""

    personal: ClassVar[set[str]] = {"run_name"}
    plain: ClassVar[set[str]] = {
        "review", "title", "start", "below", "source", "rows", "found", "fresh", "drawn", "seed", "release_hash", "content",
        "run_on", "run_by", "right", "planted",
    }  # fmt: skip

    review = models.CharField("点评规则", max_length=64, db_index=True)
    title = models.CharField("名称", max_length=100)
    start = models.DateField("期间起", null=True, blank=True)
    below = models.DateField("期间止（不含）", null=True, blank=True)
    source = models.CharField("数据来源", max_length=100)
    rows = models.IntegerField("行数")
    found = models.IntegerField("疑点数")
    fresh = models.IntegerField("新疑点数")
    drawn = models.IntegerField("抽取数")
    seed = models.CharField("抽样种子", max_length=64, blank=True, default="")
    release_hash = models.CharField("政策包版本", max_length=64)
    content = models.JSONField("规则内容")
    run_on = models.DateField("日期")
    run_by = models.UUIDField("执行人")
    run_name = models.CharField("执行人姓名", max_length=64)
    right = models.IntegerField("命中的埋设问题", null=True, blank=True)
    planted = models.IntegerField("埋设问题数", null=True, blank=True)

    class Meta:
        verbose_name = "点评批次"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY]


@tracked
class Finding(Base):
    """What a rule found, once: the rows as they were, the explanation, and where it stands."""

    personal: ClassVar[set[str]] = {"keys", "group", "snapshot", "explanation"}
    plain: ClassVar[set[str]] = {
        "run", "review", "severity", "digest", "numbers", "clause", "amount", "unit_id", "area_code", "found_on", "reply_by",
        "drawn", "state", "recovered", "notice_id",
    }  # fmt: skip

    run = models.ForeignKey(ReviewRun, on_delete=models.PROTECT, related_name="findings")
    review = models.CharField("点评规则", max_length=64)
    severity = models.CharField("轻重", max_length=8)
    digest = models.CharField("疑点摘要", max_length=64)
    keys = models.JSONField("涉及的行", default=list)
    group = models.JSONField("涉及的组", default=list)
    numbers = models.JSONField("数字", default=list)
    snapshot = models.JSONField("当时的行", default=list)
    explanation = models.TextField("说明")
    clause = models.CharField("依据", max_length=100, blank=True, default="")
    amount = models.BigIntegerField("涉及金额（分）", null=True, blank=True)
    unit_id = models.UUIDField("单位", null=True, blank=True)
    area_code = models.CharField("区划", max_length=12, blank=True, default="")
    found_on = models.DateField("发现日期")
    reply_by = models.DateField("应答复日期", null=True, blank=True)
    drawn = models.BooleanField("抽中", default=True)
    state = models.CharField("状态", max_length=16, default="open")
    recovered = models.BigIntegerField("追回金额（分）", null=True, blank=True)
    notice_id = models.UUIDField("通知文书", null=True, blank=True)

    class Meta:
        verbose_name = "疑点"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "digest"], name="finding_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "reply_by"], name="finding_state"),
            models.Index(fields=["unit_id", "state"], name="finding_unit"),
        ]


class FindingStep(Base):
    """One thing done with a finding."""

    personal: ClassVar[set[str]] = {"by_name", "words", "files"}
    plain: ClassVar[set[str]] = {"finding", "do", "state", "by_id", "on"}

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="steps")
    do = models.CharField("事项", max_length=16)
    state = models.CharField("之后的状态", max_length=16)
    by_id = models.UUIDField("操作人")
    by_name = models.CharField("操作人姓名", max_length=64)
    on = models.DateField("日期")
    words = models.CharField("意见", max_length=2000, blank=True, default="")
    files = models.JSONField("附件", default=list)

    class Meta:
        verbose_name = "疑点处理"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["finding", "id"], name="finding_steps")]
