"""The outbox after a restore. A new cluster counts transactions from the start, so old events must come before all new ones.

Run before anything new is appended: every event keeps its place (seq becomes its rank in the old order, xid 0), and each
cursor follows to the same place. Pure SQL, since a restore runs it on a database that Django is not connected to.
"""

RESTART = (
    """
    CREATE TEMPORARY TABLE outbox_rank ON COMMIT DROP AS
    SELECT id, xid, seq, row_number() OVER (ORDER BY xid, seq) AS rank FROM base_outboxevent
    """,
    """
    UPDATE base_outboxcursor c SET xid = '0',
      seq = (SELECT count(*) FROM outbox_rank r WHERE (r.xid, r.seq) <= (c.xid, c.seq))
    """,
    "UPDATE base_outboxevent e SET xid = '0', seq = r.rank FROM outbox_rank r WHERE r.id = e.id",
    "SELECT setval('base_outbox_seq', (SELECT greatest(max(seq), 1) FROM base_outboxevent))",
)
