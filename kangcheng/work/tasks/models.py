"""Table of tasks: what somebody has to do by a day."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from kangcheng.base.models import Base


@pghistory.track()
class Task(Base):
    """One dated task. Its owner is a role (at an institution or over an area) or one user; its source is anything by opaque id."""

    personal: ClassVar[set[str]] = {"user_id", "done_name", "result"}
    plain: ClassVar[set[str]] = {
        "title", "detail", "role", "institution_id", "area_code", "source_kind", "source", "due_on", "remind_on",
        "escalate_to", "escalate_on", "state", "reminded_on", "escalated_on", "made_by", "made_on", "done_by", "done_on", "key",
    }  # fmt: skip

    title = models.CharField("事项", max_length=200)
    detail = models.CharField("说明", max_length=1000, blank=True, default="")
    role = models.CharField("负责角色", max_length=32, blank=True, default="")
    user_id = models.UUIDField("负责人", null=True, blank=True)
    institution_id = models.UUIDField("负责机构", null=True, blank=True)
    area_code = models.CharField("区划", max_length=12, blank=True, default="")
    source_kind = models.CharField("来源", max_length=32, blank=True, default="")
    source = models.CharField("来源编号", max_length=64, blank=True, default="")
    due_on = models.DateField("期限")
    remind_on = models.DateField("何日提醒")
    escalate_to = models.CharField("逾期报给", max_length=32, blank=True, default="")
    escalate_on = models.DateField("何日上报", null=True, blank=True)
    state = models.CharField("状态", max_length=8, default="open")  # open done dropped
    reminded_on = models.DateField("已提醒", null=True, blank=True)
    escalated_on = models.DateField("已上报", null=True, blank=True)
    made_by = models.UUIDField("派出人")
    made_on = models.DateField("派出日期")
    done_by = models.UUIDField("办结人", null=True, blank=True)
    done_name = models.CharField("办结人姓名", max_length=64, blank=True, default="")
    done_on = models.DateField("办结日期", null=True, blank=True)
    result = models.CharField("结果", max_length=1000, blank=True, default="")
    key = models.CharField("防重键", max_length=150, unique=True)

    class Meta:
        verbose_name = "任务"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_on"], name="task_open_due", condition=Q(state="open")),
            models.Index(fields=["role", "institution_id"], name="task_owner", condition=Q(state="open")),
            models.Index(fields=["source_kind", "source"], name="task_source"),
        ]
