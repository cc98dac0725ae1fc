"""Tables of households and who belongs to them, when."""

from typing import ClassVar

from django.db import models

from kangcheng.base.models import Base
from kangcheng.registry.history import tracked
from kangcheng.registry.people.models import Resident
from kangcheng.registry.validity import VALIDITY, Dated, in_order, no_overlap


@tracked
class Household(Base):
    """People who live and are insured together."""

    personal: ClassVar[set[str]] = {"number", "area_code"}
    plain: ClassVar[set[str]] = {"closed_on", "batch_id"}

    number = models.CharField("户号", max_length=32, unique=True)
    area_code = models.CharField("区划", max_length=12)
    closed_on = models.DateField("销户日期", null=True, blank=True)
    batch_id = models.UUIDField("导入批次", null=True, blank=True)

    class Meta:
        verbose_name = "家庭"


@tracked
class Membership(Dated):
    """A person in a household; one household at a time (the database sees to it)."""

    personal: ClassVar[set[str]] = {"person", "household", "role"}
    plain: ClassVar[set[str]] = {"batch_id", *VALIDITY}

    person = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="memberships")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="members")
    role = models.CharField("与户主关系", max_length=16)  # head, spouse, child, parent, other
    batch_id = models.UUIDField("导入批次", null=True, blank=True)

    class Meta:
        verbose_name = "家庭成员"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("membership_period"),
            no_overlap("membership_one_household", "person"),
            no_overlap("membership_one_head", "household", condition=models.Q(role="head")),
        ]
