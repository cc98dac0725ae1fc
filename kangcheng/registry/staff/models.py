"""Table of staff: who works where, in which post, with which licence."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeBoundary
from django.db import models
from django.db.models import Func, Q

from kangcheng.base.models import Base
from kangcheng.registry.history import tracked
from kangcheng.registry.institutions.models import Institution
from kangcheng.registry.people.models import Resident
from kangcheng.registry.validity import VALIDITY, Dated, DateRange, in_order, no_overlap


@tracked
class Staff(Dated):
    """A person in a post of an institution for a period."""

    personal: ClassVar[set[str]] = {"person", "name", "licence_number", "user_id"}
    plain: ClassVar[set[str]] = {
        "institution", "managing", "post", "licence_kind", "title", "department", "contract", "main", *VALIDITY,
    }  # fmt: skip

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="staff")
    managing = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="managed_staff",
        verbose_name="管理单位",
    )  # fmt: skip
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
    contract = models.CharField("用人方式", max_length=16, blank=True, default="")  # code of CONTRACTS
    main = models.BooleanField("主要执业机构", default=True)
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


class NumberRange(Func):
    """SQL int4range(from, to, '[)')."""

    function = "int4range"
    output_field = IntegerRangeField()


@tracked
class StaffHours(Dated):
    """When somebody is at a post, week after week. One licence is never in two places at once: the database refuses it."""

    personal: ClassVar[set[str]] = {"staff", "licence_number"}
    plain: ClassVar[set[str]] = {"weekday", "starts", "ends", *VALIDITY}

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="hours")
    licence_number = models.CharField("执业证号", max_length=32)
    weekday = models.SmallIntegerField("星期")  # 1 Monday to 7 Sunday
    starts = models.IntegerField("起（分钟）")  # minutes after midnight
    ends = models.IntegerField("止（分钟）")

    class Meta:
        verbose_name = "出诊时间"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("staffhours_period"),
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="staffhours_weekday"),
            models.CheckConstraint(
                condition=Q(starts__gte=0, ends__lte=1440, ends__gt=models.F("starts")),
                name="staffhours_order",
            ),
            ExclusionConstraint(
                name="staffhours_one_place",
                expressions=[
                    ("licence_number", "="),
                    ("weekday", "="),
                    (NumberRange("starts", "ends", RangeBoundary()), "&&"),
                    (DateRange("valid_from", "valid_to", RangeBoundary()), "&&"),
                ],
                violation_error_message="出诊时间重叠",
            ),
        ]


class StaffTraining(Base):
    """A course somebody of the staff has taken."""

    personal: ClassVar[set[str]] = {"staff"}
    plain: ClassVar[set[str]] = {"course", "hours", "on", "passed"}

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="trainings")
    course = models.CharField("培训内容", max_length=100)
    hours = models.IntegerField("学时")
    on = models.DateField("日期")
    passed = models.BooleanField("合格", default=False)

    class Meta:
        verbose_name = "培训"
