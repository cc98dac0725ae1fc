"""Table of what a person counts as: registered poor, low income, disabled, pregnant ..."""

from typing import ClassVar

from django.db import models

from kangcheng.registry.history import tracked
from kangcheng.registry.people.models import Resident
from kangcheng.registry.validity import VALIDITY, Dated, in_order, no_overlap


@tracked
class PersonCategory(Dated):
    """A person in a category for a period, by whose list and on what evidence."""

    personal: ClassVar[set[str]] = {"person", "category", "evidence"}
    plain: ClassVar[set[str]] = {"source", "granted_by", "batch_id", *VALIDITY}

    person = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="categories", db_index=False)
    category = models.CharField("类别", max_length=32)
    source = models.CharField("认定来源", max_length=64)
    evidence = models.CharField("依据材料", max_length=200, blank=True, default="")
    granted_by = models.UUIDField("登记人")
    batch_id = models.UUIDField("导入批次", null=True, blank=True)

    class Meta:
        verbose_name = "人员类别"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("category_period"),
            no_overlap("category_no_overlap", "person", "category"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["person", "valid_from"], include=["valid_to", "category"], name="category_person"
            ),
            models.Index(fields=["category", "valid_from"], name="category_list"),
            models.Index(
                fields=["batch_id"], condition=models.Q(batch_id__isnull=False), name="category_batch"
            ),
        ]
