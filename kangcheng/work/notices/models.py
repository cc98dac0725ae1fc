"""Tables of notices: what was said, to whom, over which way, and whether it was read."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kangcheng.base.models import Base, SealedTextField


class Notice(Base):
    """Something said once, to however many."""

    personal: ClassVar[set[str]] = {"sent_name"}
    plain: ClassVar[set[str]] = {
        "topic", "title", "body", "source_kind", "source", "clause", "sent_by", "sent_on", "key", "for_households", "area_code",
    }  # fmt: skip

    topic = models.CharField("类别", max_length=64)
    title = models.CharField("标题", max_length=200)
    body = models.CharField(
        "内容", max_length=4000, blank=True, default=""
    )  # no person's data: it also leaves by SMS
    source_kind = models.CharField("来源", max_length=32, blank=True, default="")
    source = models.CharField("来源编号", max_length=64, blank=True, default="")
    clause = models.CharField("政策条款", max_length=100, blank=True, default="")
    for_households = models.BooleanField("须告知各户", default=False)
    area_code = models.CharField("区划", max_length=12, blank=True, default="")
    sent_by = models.UUIDField("发出人")
    sent_name = models.CharField("发出人姓名", max_length=64)
    sent_on = models.DateField("日期")
    key = models.CharField("防重键", max_length=100, unique=True)

    class Meta:
        verbose_name = "通知"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["source_kind", "source"], name="notice_source"),
            models.Index(fields=["for_households", "-sent_on"], name="notice_households"),
        ]


class Telling(Base):
    """One user told over one way."""

    personal: ClassVar[set[str]] = {"user_id"}
    plain: ClassVar[set[str]] = {"notice", "channel", "state", "told_at", "read_at", "problem"}

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="tellings")
    user_id = models.UUIDField("收件人")
    channel = models.CharField("方式", max_length=8)  # app email sms
    state = models.CharField("状态", max_length=8)  # waiting sent failed
    told_at = models.DateTimeField("送达时刻", null=True, blank=True)
    read_at = models.DateTimeField("阅读时刻", null=True, blank=True)
    problem = models.CharField("未送达的原因", max_length=100, blank=True, default="")

    class Meta:
        verbose_name = "送达"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notice", "user_id", "channel"], name="telling_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user_id", "-created_at"], name="telling_user"),
            models.Index(
                fields=["channel", "created_at"], name="telling_waiting", condition=Q(state="waiting")
            ),
        ]


class HouseholdTold(Base):
    """One household that was told: at a visit, by telephone, at a meeting, by a leaflet."""

    personal: ClassVar[set[str]] = {"household_id", "told_name"}
    plain: ClassVar[set[str]] = {"notice", "how", "told_on", "told_by"}

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="households")
    household_id = models.UUIDField("家庭")
    how = models.CharField("方式", max_length=16)
    told_on = models.DateField("日期")
    told_by = models.UUIDField("告知人")
    told_name = models.CharField("告知人姓名", max_length=64)

    class Meta:
        verbose_name = "入户告知"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notice", "household_id"], name="householdtold_once")
        ]


class Preference(Base):
    """How a user wants to be told besides in the application."""

    personal: ClassVar[set[str]] = {"user_id", "email", "phone"}
    plain: ClassVar[set[str]] = {"by_email", "by_sms", "muted"}

    user_id = models.UUIDField("用户", unique=True)
    by_email = models.BooleanField("电子邮件", default=False)
    by_sms = models.BooleanField("短信", default=False)
    email = SealedTextField("邮箱", purpose="preference.email", null=True, blank=True)
    phone = SealedTextField("手机", purpose="preference.phone", null=True, blank=True)
    muted = models.JSONField("不再提示的类别", default=list)

    class Meta:
        verbose_name = "通知偏好"
