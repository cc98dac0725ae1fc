"""Verbs of screens: note that a feed was fetched."""

from datetime import datetime
from uuid import UUID

from django.db import connection

# A screen asks every few minutes: one statement, no audit entry, since nothing but the moment of asking is kept.
NOTED = """
    INSERT INTO work_screenfetch (id, created_at, institution_id, fetched_at, times)
    VALUES (gen_random_uuid(), now(), %s, %s, 1)
    ON CONFLICT (institution_id) DO UPDATE SET
        fetched_at = greatest(work_screenfetch.fetched_at, excluded.fetched_at), times = work_screenfetch.times + 1
"""


def note_fetch(*, institution_id: UUID, at: datetime) -> None:
    """The feed of the institution was fetched at `at`. The newest moment is kept."""
    with connection.cursor() as sql:
        sql.execute(NOTED, [institution_id, at])
