"""Table of bulk jobs."""

from typing import ClassVar

from django.db import models

from kangcheng.base.models import Base
from kangcheng.gateway.machines.models import Machine


class BulkJob(Base):
    """One export or import. `place`: how far it has come; `files`: [{type, file, count}]; `faults`: [{line, issue}]."""

    personal: ClassVar[set[str]] = {"faults"}
    plain: ClassVar[set[str]] = {
        "machine", "kind", "asked", "purpose", "asked_on", "state", "place", "done", "files", "ended_at",
    }  # fmt: skip

    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="bulk_jobs")
    kind = models.CharField("种类", max_length=8)  # export, import
    asked = models.JSONField("请求", default=dict)
    purpose = models.CharField("目的", max_length=64)
    asked_on = models.DateField("提出日期")
    state = models.CharField("状态", max_length=10, default="waiting")  # waiting, done, failed, cancelled
    place = models.JSONField("进度", default=dict)
    done = models.BigIntegerField("已处理", default=0)
    files = models.JSONField("文件", default=list)
    faults = models.JSONField("错误", default=list)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = "批量任务"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=["export", "import"]), name="bulkjob_kind"),
        ]
