"""Tables of processes: cases with their steps, who is waited for, and the alarms of their limits."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from kangcheng.base.models import Base, SealedTextField


class Definition(Base):
    """What a process entry and its calendar said when a case was opened: a case runs on it to its end."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"process", "pack", "release_hash", "digest", "content"}

    process = models.CharField("流程", max_length=64, db_index=True)
    pack = models.CharField("政策包", max_length=64)
    release_hash = models.CharField("政策包版本", max_length=64)
    digest = models.CharField("内容摘要", max_length=64, unique=True)
    content = models.JSONField("内容")

    class Meta:
        verbose_name = "流程定义"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class Case(Base):
    """One case and where it stands; how it came there is in its steps."""

    personal: ClassVar[set[str]] = {"subject", "opened_name"}
    plain: ClassVar[set[str]] = {
        "number", "definition", "process", "release_hash", "subject_kind", "institution_id", "area_code", "label", "state",
        "final", "since", "due_at", "due_sure", "escalated", "late_steps", "returns", "opened_by", "opened_on", "closed_on",
        "key",
    }  # fmt: skip

    number = models.CharField("案号", max_length=32, unique=True)
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="cases")
    process = models.CharField("流程", max_length=64)
    release_hash = models.CharField("政策包版本", max_length=64)
    subject_kind = models.CharField("关于什么", max_length=16)
    subject = models.CharField("对象", max_length=64, blank=True, default="")
    institution_id = models.UUIDField("机构", null=True, blank=True)
    area_code = models.CharField("区划", max_length=12, blank=True, default="")
    label = models.CharField("事由", max_length=200, blank=True, default="")
    state = models.CharField("状态", max_length=64)
    final = models.BooleanField("已办结", default=False)
    since = models.DateTimeField("进入状态")
    due_at = models.DateTimeField("到期", null=True, blank=True)
    due_sure = models.BooleanField("期限已定", default=True)
    escalated = models.CharField("已上报", max_length=200, blank=True, default="")
    late_steps = models.IntegerField("逾期步数", default=0)
    returns = models.IntegerField("退回次数", default=0)
    opened_by = models.UUIDField("申请人")
    opened_name = models.CharField("申请人姓名", max_length=64)
    opened_on = models.DateField("申请日期")
    closed_on = models.DateField("办结日期", null=True, blank=True)
    key = models.CharField("防重键", max_length=100, unique=True)

    class Meta:
        verbose_name = "流程案件"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["final", "due_at"], name="case_due"),
            models.Index(fields=["process", "state"], name="case_process"),
            models.Index(fields=["institution_id", "opened_on"], name="case_institution"),
        ]


class CaseStep(Base):
    """One thing done to a case. Identity numbers are sealed; `fields` holds their masks."""

    personal: ClassVar[set[str]] = {"actor_name", "fields", "files", "sealed", "comment"}
    plain: ClassVar[set[str]] = {
        "case", "seq", "kind", "do", "role", "state", "agrees", "actor_id", "done_on", "done_at", "on_time", "hours", "key",
    }  # fmt: skip

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    seq = models.IntegerField("序号")
    kind = models.CharField("种类", max_length=16)  # open step confirm opinion remind overdue escalate
    do = models.CharField("步骤", max_length=64, blank=True, default="")
    role = models.CharField("身份", max_length=64, blank=True, default="")
    state = models.CharField("之后状态", max_length=64)
    agrees = models.BooleanField("同意", null=True, blank=True)
    actor_id = models.UUIDField("经办人")
    actor_name = models.CharField("经办人姓名", max_length=64)
    done_on = models.DateField("日期")
    done_at = models.DateTimeField("时刻")
    fields = models.JSONField("填写", default=dict)
    files = models.JSONField("附件", default=dict)  # field -> {"file", "sha256", "type", "name"}
    sealed = SealedTextField("证件号", purpose="case_step.sealed", null=True, blank=True)
    comment = models.CharField("意见", max_length=1000, blank=True, default="")
    on_time = models.BooleanField("按期", null=True, blank=True)  # whether the state left was left in time
    hours = models.IntegerField("在前一状态的小时数", null=True, blank=True)
    key = models.CharField("防重键", max_length=100, blank=True, default="")

    class Meta:
        verbose_name = "流程步骤"
        ordering: ClassVar[list[str]] = ["case", "seq"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "seq"], name="casestep_seq"),
            models.UniqueConstraint(fields=["case", "key"], name="casestep_key", condition=~Q(key="")),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class CaseWaiting(Base):
    """A role that the case waits for now (or that was told of its delay): what the worklists read."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"case", "role", "acts_as", "scope", "why"}

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="waiting")
    role = models.CharField("系统角色", max_length=32)
    acts_as = models.CharField("流程角色", max_length=64)
    scope = models.CharField("范围", max_length=16)
    why = models.CharField("缘由", max_length=16)  # step opinion escalated

    class Meta:
        verbose_name = "待办岗位"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "role", "acts_as", "scope", "why"], name="casewaiting_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["role"], name="casewaiting_role")]


class CaseAlarm(Base):
    """A moment at which somebody is told, unless the case has moved on. Rows, so that no restart forgets one."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"case", "kind", "state", "at", "role", "rung_at", "dropped"}

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="alarms")
    kind = models.CharField("种类", max_length=16)  # remind overdue escalate
    state = models.CharField("状态", max_length=64)
    at = models.DateTimeField("何时")
    role = models.CharField("报给", max_length=64, blank=True, default="")
    rung_at = models.DateTimeField("已处理", null=True, blank=True)
    dropped = models.BooleanField("已失效", default=False)

    class Meta:
        verbose_name = "流程提醒"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="casealarm_pending", condition=Q(rung_at=None, dropped=False))
        ]
