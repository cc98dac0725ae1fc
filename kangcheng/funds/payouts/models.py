"""Tables of payouts: an approved payable leaves the fund only after two different authorised persons said yes."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Func, Q, Value

from kangcheng.base.models import Base

TWO_PERSONS = pgtrigger.Trigger(
    name="two_persons",
    level=pgtrigger.Row,
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(new__state="paid"),
    func="""
        IF (SELECT count(DISTINCT approver_id) FROM funds_payoutapproval
            WHERE payout_id = NEW.id AND verdict = 'yes' AND approver_id <> NEW.asked_by) < 2 THEN
            RAISE EXCEPTION 'payout % lacks two approvals', NEW.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


class Payout(Base):
    """Money the fund owes somebody: an institution for settlements, a person for a benefit in cash, a register's row."""

    personal: ClassVar[set[str]] = {"party_id", "payee", "memo"}
    plain: ClassVar[set[str]] = {
        "number", "register", "subject", "source", "amount", "asked_on", "asked_by", "state", "paid_on", "reason",
    }  # fmt: skip

    number = models.BigIntegerField("单号", db_default=Func(Value("funds_payout_number"), function="nextval"))
    register = models.CharField(
        "来源", max_length=64
    )  # institution, person, or the id of a register or entitlement
    subject = models.CharField(
        "事项", max_length=128
    )  # what it is for; one live payout per register and subject
    source = models.CharField("资金", max_length=64)  # the fund that pays
    party_id = models.UUIDField("收款人", null=True, blank=True)
    payee = models.CharField("收款人名称", max_length=100)
    amount = models.BigIntegerField("金额（分）")
    asked_on = models.DateField("申请日期")
    asked_by = models.UUIDField("申请人")
    memo = models.CharField("说明", max_length=200, blank=True, default="")
    state = models.CharField("状态", max_length=16, default="asked")  # asked, approved, paid, refused
    reason = models.CharField("退回原因", max_length=200, blank=True, default="")
    paid_on = models.DateField("拨付日期", null=True, blank=True)

    class Meta:
        verbose_name = "拨付"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            TWO_PERSONS,
            pgtrigger.ReadOnly(name="payout_fixed", exclude=["state", "reason", "paid_on"]),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_amount"),
            models.UniqueConstraint(
                fields=["register", "subject"], condition=~Q(state="refused"), name="payout_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["asked_on"], condition=~Q(state__in=["paid", "refused"]), name="payout_open")
        ]


class PayoutApproval(Base):
    """One verdict of one authorised person."""

    personal: ClassVar[set[str]] = {"approver_name", "reason"}
    plain: ClassVar[set[str]] = {"payout", "approver_id", "verdict", "given_on"}

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="approvals")
    approver_id = models.UUIDField("审批人")
    approver_name = models.CharField("审批人姓名", max_length=64)
    verdict = models.CharField("意见", max_length=8)  # yes, no
    reason = models.CharField("理由", max_length=200, blank=True, default="")
    given_on = models.DateField("日期")

    class Meta:
        verbose_name = "拨付审批"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["payout", "approver_id"], name="payoutapproval_once")
        ]
