"""Table of pairs that may be one person: what somebody has to look at, and what was decided."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from kangcheng.base.models import Base
from kangcheng.registry.history import tracked
from kangcheng.registry.people.models import Resident, SourceRecord


@tracked
class MatchPair(Base):
    """A source record (`record`) or a second resident (`other`) who may be `person`.

    A decision is remembered with a digest of both sides' facts: while they stay the same nobody is asked again.
    """

    personal: ClassVar[set[str]] = {"record", "other", "person", "why", "opinions", "facts_index"}
    plain: ClassVar[set[str]] = {
        "state",
        "weight",
        "weights",
        "parts",
        "doubts",
        "asked_on",
        "decided_on",
        "decided_by",
    }

    record = models.ForeignKey(
        SourceRecord, on_delete=models.PROTECT, related_name="pairs", null=True, blank=True
    )
    other = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="pairs_as_other", null=True, blank=True
    )
    person = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="pairs")
    state = models.CharField("状态", max_length=10, default="open")  # open, same, different, closed
    weight = models.FloatField("匹配权重")
    weights = models.CharField("权重版本", max_length=32)
    parts = models.JSONField("逐项权重", default=list)  # [[field, level, weight], ...]
    doubts = models.JSONField("疑点", default=list)
    facts_index = models.BinaryField("双方内容摘要")
    opinions = models.JSONField("意见", default=list)  # [{by, name, verdict, why, on}, ...]
    asked_on = models.DateField("提出日期")
    decided_on = models.DateField("认定日期", null=True, blank=True)
    decided_by = models.UUIDField("认定人", null=True, blank=True)
    why = models.CharField("理由", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "疑似同一人"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["record", "person"], condition=Q(other=None), name="matchpair_record"
            ),
            models.UniqueConstraint(
                fields=["other", "person"], condition=Q(record=None), name="matchpair_residents"
            ),
            models.CheckConstraint(
                condition=Q(record=None, other__isnull=False) | Q(record__isnull=False, other=None),
                name="matchpair_one_side",
            ),
            models.CheckConstraint(condition=Q(other=None) | ~Q(other=F("person")), name="matchpair_of_two"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "-weight"], name="matchpair_queue"),
        ]
