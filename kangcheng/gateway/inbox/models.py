"""Table of messages."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from kangcheng.base.models import Base
from kangcheng.base.personal import SealedTextField
from kangcheng.gateway.inbox.types import STATES
from kangcheng.gateway.machines.models import Machine

PURPOSE = "inbox-message"


class InboxMessage(Base):
    """One message as it came (`body`), and as somebody corrected it; `digest` tells a repetition from another message.

    `faults`: [[where, what, rule]]; `made`: "Type/id" of what it wrote; `person_id`: whose it was, once known.
    """

    personal: ClassVar[set[str]] = {"body", "corrected", "faults", "made", "person_id"}
    plain: ClassVar[set[str]] = {
        "machine", "institution_id", "channel", "kind", "control_id", "digest", "mapping", "release", "state",
        "received_on", "ended_at", "tries",
    }  # fmt: skip

    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="messages")
    institution_id = models.UUIDField("机构", null=True)
    channel = models.CharField("方式", max_length=8)  # hl7v2, fhir, sheet
    kind = models.CharField("类型", max_length=40)  # ADT^A01, transaction, the sheet's mapping
    control_id = models.CharField("消息号", max_length=128)
    digest = models.BinaryField("摘要")
    body = SealedTextField("原文", purpose=PURPOSE)
    corrected = SealedTextField("改正后", purpose=PURPOSE, null=True)
    mapping = models.CharField("映射", max_length=64, default="", blank=True)
    release = models.CharField("规则版本", max_length=64, default="", blank=True)
    state = models.CharField("状态", max_length=8)
    faults = models.JSONField("错误", default=list)
    made = models.JSONField("写入", default=list)
    person_id = models.UUIDField("居民", null=True)
    received_on = models.DateField("收到日期")
    ended_at = models.DateTimeField("最近处理", null=True)
    tries = models.IntegerField("处理次数", default=0)

    class Meta:
        verbose_name = "接入消息"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="message_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="as_it_came",
                fields=["machine", "channel", "control_id", "digest", "body", "received_on"],
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["machine", "channel", "control_id"], name="inbox_once"),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="inbox_state"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["machine", "received_on", "state"], name="inbox_day"),
            models.Index(fields=["state", "-created_at"], name="inbox_open", condition=~Q(state="taken")),
        ]
