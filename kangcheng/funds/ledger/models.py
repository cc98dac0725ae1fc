"""Tables of the double-entry ledger. The database itself refuses an entry that does not balance, and any change of an old row."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Func, Value

from kangcheng.base.models import Base

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)

# One statement writes whole entries: what it adds to each entry must come to zero there and then.
STATEMENT_BALANCES = pgtrigger.Trigger(
    name="statement_balances",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="added"),
    declare=[("bad", "uuid"), ("unknown", "text")],
    func="""
        SELECT entry_id INTO bad FROM added GROUP BY entry_id HAVING sum(amount) <> 0 LIMIT 1;
        IF bad IS NOT NULL THEN
            RAISE EXCEPTION 'ledger entry % does not balance', bad USING ERRCODE = 'check_violation';
        END IF;
        SELECT account INTO unknown FROM (SELECT DISTINCT account FROM added) a
        WHERE NOT EXISTS (SELECT 1 FROM funds_account c WHERE c.code = a.account) LIMIT 1;
        IF unknown IS NOT NULL THEN
            RAISE EXCEPTION 'ledger account % does not exist', unknown USING ERRCODE = 'foreign_key_violation';
        END IF;
        RETURN NULL;
    """,
)

# At commit: an entry has at least two postings, all of its own day, and they come to zero.
ENTRY_WHOLE = pgtrigger.Trigger(
    name="entry_whole",
    level=pgtrigger.Row,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    declare=[("total", "numeric"), ("lines", "int"), ("strays", "int")],
    func="""
        SELECT coalesce(sum(amount), 0), count(*), count(*) FILTER (WHERE happened_on <> NEW.happened_on)
        INTO total, lines, strays FROM funds_posting WHERE entry_id = NEW.id;
        IF total <> 0 OR lines < 2 OR strays > 0 THEN
            RAISE EXCEPTION 'ledger entry % is not whole: total %, postings %, of another day %',
                NEW.id, total, lines, strays USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    """,
)

# Who writes holds the month shared until the end of the transaction, who closes it holds it alone: the digest misses nothing.
MONTH_OPEN = pgtrigger.Trigger(
    name="month_open",
    level=pgtrigger.Row,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        PERFORM pg_advisory_xact_lock_shared(hashtext('kangcheng:month'),
            (extract(year FROM NEW.happened_on) * 100 + extract(month FROM NEW.happened_on))::int);
        IF EXISTS (SELECT 1 FROM funds_monthclose
                   WHERE month = date_trunc('month', NEW.happened_on)::date) THEN
            RAISE EXCEPTION 'month of % is closed', NEW.happened_on USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


class Account(Base):
    """One account of the chart; made when it is first posted to."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"code", "kind"}

    code = models.CharField("科目", max_length=64, unique=True)
    kind = models.CharField("类别", max_length=16)

    class Meta:
        verbose_name = "科目"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY]


class Entry(Base):
    """One business event."""

    personal: ClassVar[set[str]] = {"memo", "actor_name"}
    plain: ClassVar[set[str]] = {"number", "business", "subject", "happened_on", "actor_id", "reverses"}

    number = models.BigIntegerField(
        "凭证号", db_default=Func(Value("funds_entry_number"), function="nextval")
    )
    business = models.CharField("业务", max_length=16)
    subject = models.CharField("对象", max_length=64)
    happened_on = models.DateField("业务日期")
    memo = models.CharField("摘要", max_length=200, blank=True, default="")
    actor_id = models.UUIDField("经办人")
    actor_name = models.CharField("经办人姓名", max_length=64)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    class Meta:
        verbose_name = "凭证"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY, ENTRY_WHOLE, MONTH_OPEN]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject"], name="entry_subject"),
            models.Index(fields=["happened_on", "number"], name="entry_day"),
        ]


class Posting(Base):
    """One line of an entry. Debit above zero, credit below; the day is repeated so that balances need no join."""

    personal: ClassVar[set[str]] = {"party"}
    plain: ClassVar[set[str]] = {"entry", "account", "amount", "happened_on"}

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    # Checked by the trigger above, not by a foreign key: that would lock a handful of busy account rows for every posting.
    account = models.CharField("科目", max_length=64)
    party = models.UUIDField("往来", null=True, blank=True)
    amount = models.BigIntegerField("金额（分）")
    happened_on = models.DateField("业务日期")

    class Meta:
        verbose_name = "分录"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY, STATEMENT_BALANCES]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="posting_amount"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["account", "happened_on"], include=["amount", "party"], name="posting_account_day"
            ),
            models.Index(
                fields=["party", "account"],
                include=["amount", "happened_on"],
                condition=models.Q(party__isnull=False),
                name="posting_party",
            ),
        ]


class MonthClose(Base):
    """A closed month: no entry may carry a day of it any more."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"month", "closed_by", "debit", "digest"}

    month = models.DateField("月份", unique=True)
    closed_by = models.UUIDField("结账人")
    debit = models.BigIntegerField("借方合计（分）")
    digest = models.CharField("试算表摘要", max_length=64)

    class Meta:
        verbose_name = "月结"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY]
