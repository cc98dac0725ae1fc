"""News for the modules above: events written in the writer's transaction, read in the order transactions began to write.

A consumer sees only events of transactions older than every transaction still open (`pg_snapshot_xmin`), in (xid, seq)
order, so an event that commits late can never be skipped. (Transaction ids belong to the whole server: one left open in
another database of it delays the news too.) The cursor moves in the transaction of the effect.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Func, Value

from kangcheng.base.row import Base


class XidField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's 64-bit transaction id, as text in Python."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class OutboxEvent(Base):
    """One event. The payload holds ids and codes only, never a person's data."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"xid", "seq", "topic", "key", "payload"}

    xid = XidField(db_default=Func(function="pg_current_xact_id"))
    seq = models.BigIntegerField(db_default=Func(Value("base_outbox_seq"), function="nextval"))
    topic = models.CharField("主题", max_length=64)
    key = models.CharField("键", max_length=128)
    payload = models.JSONField("内容", default=dict)

    class Meta:
        verbose_name = "事件"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["xid", "seq"], name="outbox_order")]


class OutboxCursor(Base):
    """How far one consumer has come."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"consumer", "xid", "seq"}

    consumer = models.CharField("消费者", max_length=64, unique=True)
    xid = XidField(db_default=Value("0"))
    seq = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "消费进度"


@dataclass(frozen=True)
class Event:
    """An event as a consumer gets it; `id` is the key for effects that must happen once."""

    id: UUID
    topic: str
    key: str
    payload: dict[str, Any]
    xid: str
    seq: int


def append(topic: str, key: str, payload: dict[str, Any]) -> None:
    """Write one event in the current transaction (one INSERT). `payload`: JSON of ids and codes."""
    OutboxEvent.objects.create(topic=topic, key=key, payload=payload)


def append_many(topic: str, rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Write one event per (key, payload) in the current transaction, in that order."""
    OutboxEvent.objects.bulk_create(
        OutboxEvent(topic=topic, key=key, payload=payload) for key, payload in rows
    )


def consume(
    name: str, topics: Sequence[str], handler: Callable[[Sequence[Event]], None], limit: int = 500
) -> int:
    """Give the next events (at most `limit`) of `topics` to `handler`; return how many there were.

    Handler and cursor share one transaction: when the handler raises, nothing has happened and the same events come again.
    Returns 0 at once when another worker is busy with the same consumer.
    """
    OutboxCursor.objects.bulk_create([OutboxCursor(consumer=name)], ignore_conflicts=True)
    with transaction.atomic():
        cursor = OutboxCursor.objects.select_for_update(skip_locked=True).filter(consumer=name).first()
        if cursor is None:
            return 0
        events = _next(cursor, topics, limit)
        if events:
            handler(events)
            OutboxCursor.objects.filter(pk=cursor.pk).update(xid=events[-1].xid, seq=events[-1].seq)
        return len(events)


def waiting(name: str, topics: Sequence[str]) -> int:
    """How many events of `topics` the consumer has not handled yet, those of open transactions excluded."""
    query = """
        SELECT count(*) FROM base_outboxevent e
        LEFT JOIN base_outboxcursor c ON c.consumer = %s
        WHERE e.topic = ANY(%s) AND (c.id IS NULL OR (e.xid, e.seq) > (c.xid, c.seq))
    """
    with connection.cursor() as sql:
        sql.execute(query, [name, list(topics)])
        return int(sql.fetchone()[0])


def _next(cursor: OutboxCursor, topics: Sequence[str], limit: int) -> list[Event]:
    query = """
        SELECT e.id, e.topic, e.key, e.payload, e.xid::text AS began, e.seq FROM base_outboxevent e
        WHERE e.topic = ANY(%s) AND (e.xid, e.seq) > (%s::xid8, %s)
          AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY e.xid, e.seq LIMIT %s
    """
    with connection.cursor() as sql:
        sql.execute(query, [list(topics), cursor.xid, cursor.seq, limit])
        return [
            Event(row_id, topic, key, json.loads(payload), xid, seq)
            for row_id, topic, key, payload, xid, seq in sql.fetchall()
        ]
