"""Tables of settlement procedures: the checks a process entry asks for before money moves, who did each, and its evidence."""

from typing import ClassVar

import pgtrigger
from django.db import models

from kangcheng.base.models import Base, SealedTextField


class Procedure(Base):
    """One run of a process entry over one bill."""

    personal: ClassVar[set[str]] = {"person_id"}
    plain: ClassVar[set[str]] = {
        "bill_id", "process", "pack", "release_hash", "state", "opened_on", "opened_by", "finished_on", "at_once",
    }  # fmt: skip

    bill_id = models.UUIDField("账单", unique=True)
    person_id = models.UUIDField("居民")
    process = models.CharField("流程", max_length=64)
    pack = models.CharField("政策包", max_length=64)
    release_hash = models.CharField("政策包版本", max_length=64)
    state = models.CharField("状态", max_length=32)
    opened_on = models.DateField("开始日期")
    opened_by = models.UUIDField("开始人")
    finished_on = models.DateField("完成日期", null=True, blank=True)
    at_once = models.BooleanField("一次性结清", null=True, blank=True)

    class Meta:
        verbose_name = "直补流程"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["process", "opened_on"], name="procedure_process")
        ]


class ProcedureStep(Base):
    """One step taken: who, when, what was entered, which evidence. The payee's number is sealed."""

    personal: ClassVar[set[str]] = {"actor_name", "note", "payee_name", "payee_identity", "fields"}
    plain: ClassVar[set[str]] = {"procedure", "step", "state", "actor_id", "role", "done_on", "evidence"}

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField("步骤", max_length=64)
    state = models.CharField("之后状态", max_length=32)
    actor_id = models.UUIDField("经办人")
    actor_name = models.CharField("经办人姓名", max_length=64)
    role = models.CharField("身份", max_length=32)
    done_on = models.DateField("日期")
    fields = models.JSONField("填写", default=dict)
    evidence = models.JSONField("证据", default=dict)  # name -> {"file": id, "sha256": hash, "kind": ...}
    payee_name = models.CharField("领款人", max_length=64, blank=True, default="")
    payee_identity = SealedTextField(
        "领款人证件号", purpose="procedure.payee_identity", null=True, blank=True
    )
    note = models.CharField("说明", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "直补步骤"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
