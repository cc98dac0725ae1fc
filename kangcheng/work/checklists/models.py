"""Tables of checklists: rounds, the units in them, the sheets filled, and what is to be put right."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kangcheng.base.models import Base
from kangcheng.registry.history import tracked


@tracked
class Round(Base):
    """A standard checked at its units in a year or campaign. `content` is the entry as it was when the round was opened."""

    personal: ClassVar[set[str]] = {"opened_name"}
    plain: ClassVar[set[str]] = {
        "checklist", "title", "year", "opened_on", "due_on", "closed_on", "release_hash", "content", "opened_by",
    }  # fmt: skip

    checklist = models.CharField("检查表", max_length=64)
    title = models.CharField("名称", max_length=100)
    year = models.IntegerField("年度")
    opened_on = models.DateField("开始")
    due_on = models.DateField("截止")
    closed_on = models.DateField("结束", null=True, blank=True)
    release_hash = models.CharField("政策包版本", max_length=64)
    content = models.JSONField("标准内容")
    opened_by = models.UUIDField("发起人")
    opened_name = models.CharField("发起人姓名", max_length=64)

    class Meta:
        verbose_name = "评审轮次"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["checklist", "year", "title"], name="round_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-year", "checklist"], name="round_year")
        ]


@tracked
class RoundUnit(Base):
    """One unit of a round, with what its latest sheets came to (points are to four decimals)."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {
        "round", "subject", "name", "area_code", "institution_id", "attributes", "self_score", "score", "full", "grade", "met",
        "judged_on",
    }  # fmt: skip

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="units")
    subject = models.CharField("对象", max_length=64)
    name = models.CharField("名称", max_length=100)
    area_code = models.CharField("区划", max_length=12, blank=True, default="")
    institution_id = models.UUIDField("机构", null=True, blank=True, db_index=True)
    attributes = models.JSONField("属性", default=dict)
    self_score = models.DecimalField("自查得分", max_digits=12, decimal_places=4, null=True, blank=True)
    score = models.DecimalField("评审得分", max_digits=12, decimal_places=4, null=True, blank=True)
    full = models.DecimalField("满分", max_digits=12, decimal_places=4)
    grade = models.CharField("等次", max_length=64, blank=True, default="")
    met = models.BooleanField("达标", null=True, blank=True)
    judged_on = models.DateField("评审日期", null=True, blank=True)

    class Meta:
        verbose_name = "受评单位"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "subject"], name="round_unit_once"),
        ]


@tracked
class Sheet(Base):
    """A self-check, an on-site verdict or a re-check of one unit: a draft until it is submitted. `number` is its version."""

    personal: ClassVar[set[str]] = {"by_name", "remarks", "reversed_why"}
    plain: ClassVar[set[str]] = {
        "unit", "stage", "state", "number", "answers", "files", "items", "score", "full", "grade", "met", "failed", "vetoed",
        "by_id", "on", "submitted_at", "reversed_on", "reversed_by",
    }  # fmt: skip

    unit = models.ForeignKey(RoundUnit, on_delete=models.PROTECT, related_name="sheets")
    stage = models.CharField("环节", max_length=16)  # self, on_site, recheck
    state = models.CharField("状态", max_length=16)  # draft, submitted, reversed
    number = models.IntegerField("版本", default=1)
    answers = models.JSONField("答案", default=dict)
    remarks = models.JSONField("凭据与说明", default=dict)
    files = models.JSONField("附件", default=dict)
    items = models.JSONField("各项结果", default=list)
    score = models.DecimalField("得分", max_digits=12, decimal_places=4, null=True, blank=True)
    full = models.DecimalField("满分", max_digits=12, decimal_places=4, null=True, blank=True)
    grade = models.CharField("等次", max_length=64, blank=True, default="")
    met = models.BooleanField("达标", null=True, blank=True)
    failed = models.JSONField("未达到的项", default=list)
    vetoed = models.JSONField("被否决的项", default=list)
    by_id = models.UUIDField("填表人")
    by_name = models.CharField("填表人姓名", max_length=64)
    on = models.DateField("日期")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    reversed_on = models.DateField("撤销日期", null=True, blank=True)
    reversed_by = models.UUIDField("撤销人", null=True, blank=True)
    reversed_why = models.CharField("撤销原因", max_length=500, blank=True, default="")

    class Meta:
        verbose_name = "评审表"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["unit", "stage"],
                condition=Q(state__in=["draft", "submitted"], stage__in=["self", "on_site"]),
                name="sheet_once",
            ),
            models.UniqueConstraint(
                fields=["unit", "stage"],
                condition=Q(state="draft", stage="recheck"),
                name="sheet_one_recheck",
            ),
        ]


@tracked
class Rectification(Base):
    """One item that a verdict found not met, to be put right by a day."""

    personal: ClassVar[set[str]] = {"report"}
    plain: ClassVar[set[str]] = {
        "unit", "sheet", "item", "title", "clause", "due_on", "state", "reported_on", "files", "closed_on", "closed_by",
        "task_id",
    }  # fmt: skip

    unit = models.ForeignKey(RoundUnit, on_delete=models.PROTECT, related_name="rectifications")
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="rectifications")
    item = models.CharField("项目", max_length=64)
    title = models.CharField("内容", max_length=300)
    clause = models.CharField("依据", max_length=100, blank=True, default="")
    due_on = models.DateField("期限", null=True, blank=True)
    state = models.CharField("状态", max_length=16, default="open")  # open, reported, done, cancelled
    reported_on = models.DateField("整改报告日期", null=True, blank=True)
    report = models.CharField("整改情况", max_length=500, blank=True, default="")
    files = models.JSONField("附件", default=list)
    closed_on = models.DateField("销号日期", null=True, blank=True)
    closed_by = models.ForeignKey(
        Sheet, on_delete=models.PROTECT, null=True, blank=True, related_name="closes"
    )
    task_id = models.UUIDField("任务", null=True, blank=True)

    class Meta:
        verbose_name = "整改事项"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["unit", "item"],
                condition=Q(state__in=["open", "reported"]),
                name="rectification_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "due_on"], name="rectification_due")
        ]
