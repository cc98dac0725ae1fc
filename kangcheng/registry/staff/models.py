"""Table of staff: who works where, in which post, with which licence."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kangcheng.registry.history import tracked
from kangcheng.registry.institutions.models import Institution
from kangcheng.registry.people.models import Resident
from kangcheng.registry.validity import VALIDITY, Dated, in_order, no_overlap


@tracked
class Staff(Dated):
    """A person in a post of an institution for a period."""

    personal: ClassVar[set[str]] = {"person", "name", "licence_number", "user_id"}
    plain: ClassVar[set[str]] = {"institution", "post", "licence_kind", "title", "department", *VALIDITY}

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="staff")
    person = models.ForeignKey(
        Resident, on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    name = models.CharField("姓名", max_length=64)
    post = models.CharField(
        "岗位", max_length=32
    )  # doctor, nurse, pharmacist, technician, clerk, manager ...
    department = models.CharField("科室", max_length=64, blank=True, default="")
    licence_kind = models.CharField("执业类别", max_length=32, blank=True, default="")
    licence_number = models.CharField("执业证号", max_length=32, blank=True, default="")
    title = models.CharField("职称", max_length=32, blank=True, default="")
    user_id = models.UUIDField("账户", null=True, blank=True)

    class Meta:
        verbose_name = "员工"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("staff_period"),
            no_overlap(
                "staff_licence_once", "institution", "licence_number", condition=~Q(licence_number="")
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user_id"], condition=Q(user_id__isnull=False), name="staff_user")
        ]
