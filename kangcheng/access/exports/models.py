"""Table of export requests: who wants which list of people for what, who said yes, and what came of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from kangcheng.base.models import Base


class ExportRequest(Base):
    """One request. Its state moves requested -> approved or refused -> fetched; an approval runs out."""

    personal: ClassVar[set[str]] = {"asked_by_name", "decided_by_name", "reason", "decision"}
    plain: ClassVar[set[str]] = {
        "number", "asked_by", "asked_on", "list_name", "wanted", "columns", "purpose", "state", "decided_by",
        "decided_on", "expires_on", "rows", "fetched_at", "fetches",
    }  # fmt: skip

    number = models.CharField("申请号", max_length=16, unique=True)
    asked_by = models.UUIDField("申请人")
    asked_by_name = models.CharField("申请人姓名", max_length=64)
    asked_on = models.DateField("申请日期")
    list_name = models.CharField("名单", max_length=32)
    wanted = models.JSONField("范围")
    columns = models.JSONField("内容")
    purpose = models.CharField("目的", max_length=64)
    reason = models.CharField("理由", max_length=500)
    state = models.CharField("状态", max_length=16)
    decided_by = models.UUIDField("审批人", null=True, blank=True)
    decided_by_name = models.CharField("审批人姓名", max_length=64, blank=True, default="")
    decided_on = models.DateField("审批日期", null=True, blank=True)
    decision = models.CharField("审批意见", max_length=500, blank=True, default="")
    expires_on = models.DateField("有效至（不含）", null=True, blank=True)
    rows = models.IntegerField("行数", null=True, blank=True)
    fetched_at = models.DateTimeField("最近导出", null=True, blank=True)
    fetches = models.IntegerField("导出次数", default=0)

    class Meta:
        verbose_name = "导出申请"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="export_two_people",
                violation_error_message="申请人与审批人不得为同一人",
            ),
            models.CheckConstraint(
                condition=Q(state="requested", decided_by=None)
                | Q(state__in=["approved", "refused", "fetched"], decided_by__isnull=False),
                name="export_decided",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "-created_at"], name="export_state"),
            models.Index(fields=["asked_by", "-created_at"], name="export_asker"),
        ]
