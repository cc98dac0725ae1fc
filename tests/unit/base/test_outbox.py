"""Events are neither lost nor doubled nor overtaken."""

import time

import psycopg
import pytest
from django.db import connection, transaction

from kangcheng.base import outbox
from kangcheng.base.models import OutboxCursor, OutboxEvent
from kangcheng.base.numbering import RESTART

TOPICS = ["claim.settled"]


def keys(events):
    return [event.key for event in events]


def consume(seen, limit=500):
    return outbox.consume("test", TOPICS, lambda events: seen.extend(keys(events)), limit)


@pytest.fixture(autouse=True)
def calm():
    """Begins when no transaction of another test session on the same server is open: it would hold the news back."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        with connection.cursor() as sql:
            sql.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL")
            if sql.fetchone() == (0,):
                return
        time.sleep(0.05)


def other_connection():
    settings = connection.settings_dict
    return psycopg.connect(
        host=settings["HOST"], port=settings["PORT"] or None, user=settings["USER"],
        password=settings["PASSWORD"], dbname=settings["NAME"],
    )  # fmt: skip


INSERT = """
    INSERT INTO base_outboxevent (id, created_at, topic, key, payload)
    VALUES (gen_random_uuid(), now(), 'claim.settled', %s, '{}')
"""


@pytest.mark.django_db(transaction=True)
class TestOutbox:
    def test_each_event_comes_once_in_order(self):
        with transaction.atomic():
            outbox.append_many("claim.settled", [(f"c{n}", {"n": n}) for n in range(5)])
            outbox.append("something.else", "x", {})
        seen = []
        assert [consume(seen, 2), consume(seen, 2), consume(seen, 2), consume(seen, 2)] == [2, 2, 1, 0]
        assert seen == ["c0", "c1", "c2", "c3", "c4"]
        assert outbox.waiting("test", TOPICS) == 0 and outbox.waiting("other", TOPICS) == 5

    def test_an_early_transaction_that_commits_late_is_not_skipped(self):
        seen = []
        with other_connection() as early, other_connection() as late:
            early.execute(INSERT, ["early"])
            late.execute(INSERT, ["late"])
            late.commit()
            consume(seen)
            assert seen == []  # "late" is committed, but must not overtake "early"
            early.commit()
            consume(seen)
        assert seen == ["early", "late"]

    def test_a_rolled_back_event_never_comes(self):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            outbox.append("claim.settled", "gone", {})
            raise ZeroDivisionError
        seen = []
        assert consume(seen) == 0

    def test_a_failing_handler_gets_the_same_events_again(self):
        outbox.append("claim.settled", "c", {"id": 7})
        with pytest.raises(ZeroDivisionError):
            outbox.consume("test", TOPICS, lambda events: 1 / 0)
        seen = []
        assert consume(seen) == 1 and seen == ["c"]

    def test_effect_and_cursor_are_one_transaction(self):
        outbox.append("claim.settled", "c", {})

        def handler(events):
            outbox.append("effect", events[0].key, {})
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            outbox.consume("test", TOPICS, handler)
        assert not OutboxEvent.objects.filter(topic="effect").exists()

    def test_two_workers_do_not_share_a_consumer(self):
        outbox.append("claim.settled", "c", {})
        consume([])
        with other_connection() as busy:
            busy.execute("SELECT 1 FROM base_outboxcursor WHERE consumer = 'test' FOR UPDATE")
            outbox.append("claim.settled", "d", {})
            assert consume([]) == 0
        seen = []
        assert consume(seen) == 1 and seen == ["d"]

    def test_after_a_restore_old_events_stay_before_new_ones(self):
        outbox.append_many("claim.settled", [("a", {}), ("b", {})])
        consume(seen := [], limit=1)
        # as if the dump came from a cluster that had counted far more transactions
        with connection.cursor() as sql:
            sql.execute("UPDATE base_outboxevent SET xid = '900000000000'")
            sql.execute("UPDATE base_outboxcursor SET xid = '900000000000'")
        with transaction.atomic(), connection.cursor() as sql:
            for statement in RESTART:
                sql.execute(statement)
        outbox.append("claim.settled", "new", {})
        consume(seen)
        assert seen == ["a", "b", "new"]
        assert OutboxCursor.objects.get().consumer == "test"

    def test_transaction_numbers_are_ordered_as_numbers(self):
        """9 comes before 10, whatever their digits; an order by text would read the same events for ever."""
        with connection.cursor() as sql:
            for number in ("10", "9", "11", "8"):
                sql.execute(
                    "INSERT INTO base_outboxevent (id, created_at, topic, key, payload, xid) "
                    "VALUES (gen_random_uuid(), now(), 'claim.settled', %s, '{}', %s::xid8)",
                    [f"t{number}", number],
                )
        seen = []
        assert [consume(seen, 2), consume(seen, 2), consume(seen, 2)] == [2, 2, 0]
        assert seen == ["t8", "t9", "t10", "t11"]
