"""Table of who may act for whom: guardians and agents."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from kangcheng.registry.history import tracked
from kangcheng.registry.people.models import Resident
from kangcheng.registry.validity import VALIDITY, Dated, in_order, no_overlap


@tracked
class PersonRelation(Dated):
    """`holder` is guardian of `person` (by law), or agent (by a letter of authority), for a period."""

    personal: ClassVar[set[str]] = {"person", "holder", "evidence"}
    plain: ClassVar[set[str]] = {"kind", "granted_by", *VALIDITY}

    person = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="represented_by")
    holder = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="represents")
    kind = models.CharField("关系", max_length=16)  # guardian, agent
    evidence = models.CharField("依据材料", max_length=200, blank=True, default="")
    granted_by = models.UUIDField("登记人")

    class Meta:
        verbose_name = "监护与代理"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("relation_period"),
            no_overlap("relation_no_overlap", "person", "holder", "kind"),
            models.CheckConstraint(condition=~Q(person=F("holder")), name="relation_of_another"),
            models.CheckConstraint(condition=Q(kind__in=["guardian", "agent"]), name="relation_kind"),
        ]
