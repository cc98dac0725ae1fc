"""Tables of settlement: what was settled, what it moved, and the state that later settlements start from."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, Value

from kangcheng.base.models import Base


class Request(Base):
    """One client key of a verb that writes: the same key with the same request gets the same answer for ever."""

    personal: ClassVar[set[str]] = {"answer"}
    plain: ClassVar[set[str]] = {"key", "verb", "fingerprint", "subject_id"}

    key = models.CharField("幂等键", max_length=100, unique=True)
    verb = models.CharField("动作", max_length=32)
    fingerprint = models.CharField("请求摘要", max_length=64)
    subject_id = models.UUIDField("结果")
    answer = models.JSONField("回答", null=True, blank=True)  # where the subject alone does not tell it

    class Meta:
        verbose_name = "请求"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class Settlement(Base):
    """One settled claim. Everything but its state is fixed by the database; a change is a reversal or a later row."""

    personal: ClassVar[set[str]] = {
        "person_id", "household_id", "claim", "result", "explanation", "moves", "categories", "disease", "why",
    }  # fmt: skip
    plain: ClassVar[set[str]] = {
        "number", "bill_id", "institution_id", "area_code", "level", "scheme", "setting", "stack", "release_hash",
        "pack", "settled_on", "admitted_on", "discharged_on", "sequence", "state", "state_at", "hold_until", "total",
        "fund", "accounts", "waived", "institution_borne", "cash", "payers", "replaces_id", "settled_by", "version",
        "batch",
    }  # fmt: skip

    number = models.BigIntegerField(
        "结算号", db_default=Func(Value("funds_settlement_number"), function="nextval"), unique=True
    )
    bill_id = models.UUIDField("账单", null=True, blank=True)
    version = models.IntegerField("账单版本", default=0)
    person_id = models.UUIDField("居民")
    household_id = models.UUIDField("家庭", null=True, blank=True)
    institution_id = models.UUIDField("机构")
    area_code = models.CharField("机构区划", max_length=12, blank=True, default="")
    level = models.CharField("机构等级", max_length=32, blank=True, default="")
    scheme = models.CharField("险种", max_length=32)
    setting = models.CharField("就诊类型", max_length=32)
    disease = models.CharField("待遇病种", max_length=64, blank=True, default="")
    categories = models.JSONField("人员类别", default=list)
    stack = models.CharField("待遇顺序", max_length=64)
    pack = models.CharField("政策包", max_length=64)
    release_hash = models.CharField("政策包版本", max_length=64)
    settled_on = models.DateField("结算日期")
    admitted_on = models.DateField("入院日期")
    discharged_on = models.DateField("出院日期")
    sequence = models.IntegerField("次序")  # within the person: with the day it orders settlements for ever
    state = models.CharField("状态", max_length=16)  # held, settled, reversed, expired, replaced
    state_at = models.DateTimeField("状态时刻")
    hold_until = models.DateTimeField("保留至", null=True, blank=True)
    why = models.CharField("原因", max_length=200, blank=True, default="")
    replaces_id = models.UUIDField("替代", null=True, blank=True)
    total = models.BigIntegerField("总费用（分）")
    fund = models.BigIntegerField("各方支付（分）")
    accounts = models.BigIntegerField("账户支付（分）")
    waived = models.BigIntegerField("减免（分）")
    institution_borne = models.BigIntegerField("机构负担（分）")
    cash = models.BigIntegerField("个人现金（分）")
    payers = models.JSONField("各方支付明细", default=dict)  # payer -> fen
    claim = models.JSONField("结算事实")
    result = models.JSONField("结果")
    explanation = models.JSONField(
        "解释", null=True, blank=True
    )  # null: loaded in bulk, explained again when asked
    moves = models.JSONField("累计变动", default=dict)
    settled_by = models.UUIDField("结算人")
    batch = models.BooleanField("批量", default=False)

    class Meta:
        verbose_name = "结算"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.ReadOnly(name="settlement_fixed", exclude=["state", "state_at", "why", "hold_until"]),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(
                    total=F("fund") + F("accounts") + F("waived") + F("institution_borne") + F("cash")
                ),
                name="settlement_sums",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "settled", "reversed", "expired", "replaced"]),
                name="settlement_state",
            ),
            # One live settlement of a bill: the last guard against a double settlement.
            models.UniqueConstraint(
                fields=["bill_id"], condition=Q(state__in=["held", "settled"]), name="settlement_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person_id", "settled_on", "sequence"], name="settlement_person"),
            models.Index(
                fields=["household_id"], condition=Q(household_id__isnull=False), name="settlement_household"
            ),
            models.Index(fields=["-settled_on", "-number"], name="settlement_day"),
            models.Index(fields=["institution_id", "-settled_on", "-number"], name="settlement_place"),
            models.Index(fields=["hold_until"], condition=Q(state="held"), name="settlement_held"),
        ]


class Accumulator(Base):
    """One running figure of a person or household: an engine key and its value (fen, or a count)."""

    personal: ClassVar[set[str]] = {"owner_id", "value"}
    plain: ClassVar[set[str]] = {"name", "period", "scope", "scheme"}

    owner_id = models.UUIDField("所有人")
    name = models.CharField("名称", max_length=100)
    period = models.CharField("期间", max_length=64)
    scope = models.CharField("范围", max_length=128, blank=True, default="")
    scheme = models.CharField("险种", max_length=32, blank=True, default="")
    value = models.BigIntegerField("值")

    class Meta:
        verbose_name = "累计"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner_id", "name", "period", "scope"], name="accumulator_key"),
            models.CheckConstraint(condition=Q(value__gte=0), name="accumulator_value"),
        ]


class Balance(Base):
    """Money in an account of a person or household."""

    personal: ClassVar[set[str]] = {"owner_id", "amount"}
    plain: ClassVar[set[str]] = {"name"}

    owner_id = models.UUIDField("所有人")
    name = models.CharField("账户", max_length=64)
    amount = models.BigIntegerField("余额（分）")

    class Meta:
        verbose_name = "账户余额"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner_id", "name"], name="balance_key"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="balance_amount"),
        ]


class Pool(Base):
    """A pot or quota that runs out: what was drawn, and the limit it was opened with."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"name", "size", "used"}

    name = models.CharField("名称", max_length=100, unique=True)
    size = models.BigIntegerField("限额（分或例）")
    used = models.BigIntegerField("已用", default=0)

    class Meta:
        verbose_name = "限额"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(used__gte=0) & Q(used__lte=F("size")), name="pool_left")
        ]


class Release(Base):
    """The entries of a pack release as they ran, so that every settlement can be explained again from them."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"release_hash", "pack", "content"}

    release_hash = models.CharField("版本", max_length=64, unique=True)
    pack = models.CharField("政策包", max_length=64)
    content = models.JSONField("条目")

    class Meta:
        verbose_name = "政策包版本"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
