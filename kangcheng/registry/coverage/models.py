"""Table of coverage: which scheme insures whom, when, and what was paid in for it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kangcheng.registry.history import tracked
from kangcheng.registry.people.models import Resident
from kangcheng.registry.validity import VALIDITY, Dated, in_order, no_overlap


@tracked
class Coverage(Dated):
    """A person in a scheme for a period. Premium and subsidy are what was paid in for this period, in fen."""

    personal: ClassVar[set[str]] = {"person", "scheme", "premium", "subsidy"}
    plain: ClassVar[set[str]] = {"source", "granted_by", "batch_id", *VALIDITY}

    person = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="coverage", db_index=False)
    scheme = models.CharField("险种", max_length=32)
    premium = models.BigIntegerField("个人缴费（分）", default=0)
    subsidy = models.BigIntegerField("财政补助（分）", default=0)
    source = models.CharField("来源", max_length=64, blank=True, default="")
    granted_by = models.UUIDField("登记人")
    batch_id = models.UUIDField("导入批次", null=True, blank=True)

    class Meta:
        verbose_name = "参保"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("coverage_period"),
            no_overlap("coverage_no_overlap", "person", "scheme"),
            models.CheckConstraint(condition=Q(premium__gte=0) & Q(subsidy__gte=0), name="coverage_amounts"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["person", "valid_from"], include=["valid_to", "scheme"], name="coverage_person"
            ),
        ]
