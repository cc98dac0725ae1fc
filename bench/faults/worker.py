"""A worker process to be killed: it notes every event of the fund once. `python -m bench.faults.worker`."""

import time
from collections.abc import Sequence
from typing import Any

TOPICS = ("funds.settled", "funds.reversed", "funds.adjusted")
CONSUMER = "faults"
SEEN = (
    "CREATE TABLE IF NOT EXISTS faults_seen (event uuid PRIMARY KEY, topic text NOT NULL, key text NOT NULL)"
)


def main() -> None:
    """Consume until killed; a lost database is waited for."""
    from kangcheng.config.boot import boot

    boot(start_database=False)
    while True:
        if not consume_once():
            time.sleep(0.2)


def consume_once() -> int:
    """Handle the next events; 0 when there were none or the database is away."""
    from django.db import DatabaseError, connection

    from kangcheng.base import outbox

    try:
        return outbox.consume(CONSUMER, TOPICS, note)
    except DatabaseError:
        connection.close()
        return 0


def note(events: Sequence[Any]) -> None:
    """The effect: one row an event. A second time would break the key, so that a doubled event is seen."""
    from django.db import connection

    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO faults_seen SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[])",
            [[one.id for one in events], [one.topic for one in events], [one.key for one in events]],
        )


if __name__ == "__main__":
    main()
