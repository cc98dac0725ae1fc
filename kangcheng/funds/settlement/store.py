"""The statements of a settlement. Few and wide on purpose: each is one round trip to the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from kangcheng.funds.engine.reference import State
from kangcheng.funds.ledger import services as ledger
from kangcheng.funds.prepared import Prepared
from kangcheng.funds.settlement.results import Move

LOCK_SECONDS = 20

# Before the lock: the bill with its live lines, the answer already given for the key, the facts that hold for the person.
BEFORE = """
    SELECT jsonb_build_object(
        'request', (SELECT jsonb_build_array(verb, fingerprint, subject_id) FROM funds_request WHERE key = %(key)s),
        'bill', to_jsonb(b),
        'lines', (SELECT jsonb_agg(jsonb_build_array(
                      l."group", l.amount, l.quantity, l.item_code, l.price_limit, l.first_pay)
                  ORDER BY l.created_at, l.id)
                  FROM funds_billline l WHERE l.bill_id = b.id AND l.struck_at IS NULL),
        'facts', (SELECT jsonb_object_agg(f.name, f.value ORDER BY f.valid_from, f.id) FROM funds_eligibilityfact f
                  WHERE f.person_id = b.person_id
                    AND f.valid_from <= coalesce(b.discharged_on, %(on)s)
                    AND (f.valid_to IS NULL OR f.valid_to > coalesce(b.discharged_on, %(on)s))))
    FROM funds_bill b WHERE b.id = %(bill)s
"""

LOCK = "SELECT set_config('lock_timeout', %(lock_timeout)s, true), {locks};"

STATE = """
    SELECT jsonb_build_object(
        'request', (SELECT jsonb_build_array(verb, fingerprint, subject_id) FROM funds_request WHERE key = %(key)s),
        'bill', (SELECT jsonb_build_array(state, version) FROM funds_bill WHERE id = %(bill)s),
        'live', (SELECT jsonb_build_array(id, number) FROM funds_settlement
                 WHERE bill_id = %(bill)s AND state IN ('held', 'settled')),
        'accumulators', (SELECT jsonb_agg(jsonb_build_array(owner_id, name, period, scope, value))
                         FROM funds_accumulator WHERE owner_id = ANY(%(owners)s)),
        'balances', (SELECT jsonb_agg(jsonb_build_array(owner_id, name, amount))
                     FROM funds_balance WHERE owner_id = ANY(%(owners)s)),
        'pools', (SELECT jsonb_object_agg(name, used)
                  FROM (SELECT name, used FROM funds_pool WHERE name = ANY(%(pools)s) ORDER BY name {pool_lock}) p),
        'last', (SELECT jsonb_build_array(max(sequence), max(settled_on)) FROM funds_settlement
                 WHERE person_id = %(person)s),
        'last_of_household', (SELECT max(settled_on) FROM funds_settlement WHERE household_id = %(household)s))
"""

# State moves are added to what is there, so that the statement needs no earlier read to be right.
MOVES = """
    moved_accumulator AS (
        INSERT INTO funds_accumulator (id, created_at, owner_id, name, period, scope, scheme, value)
        SELECT gen_random_uuid(), now(), owner, name, period, scope, %(scheme)s, change
        FROM unnest(%(acc_owners)s::uuid[], %(acc_names)s::text[], %(acc_periods)s::text[],
                    %(acc_scopes)s::text[], %(acc_changes)s::bigint[]) AS m(owner, name, period, scope, change)
        ON CONFLICT (owner_id, name, period, scope)
        DO UPDATE SET value = funds_accumulator.value + excluded.value),
    lowered_accumulator AS (
        UPDATE funds_accumulator a SET value = a.value + m.change
        FROM unnest(%(low_owners)s::uuid[], %(low_names)s::text[], %(low_periods)s::text[],
                    %(low_scopes)s::text[], %(low_changes)s::bigint[]) AS m(owner, name, period, scope, change)
        WHERE a.owner_id = m.owner AND a.name = m.name AND a.period = m.period AND a.scope = m.scope),
    moved_balance AS (
        UPDATE funds_balance b SET amount = b.amount + m.change
        FROM unnest(%(bal_owners)s::uuid[], %(bal_names)s::text[], %(bal_changes)s::bigint[])
             AS m(owner, name, change)
        WHERE b.owner_id = m.owner AND b.name = m.name)
"""

MOVE = f"WITH {MOVES} SELECT 1"

SETTLEMENT_COLUMNS = (
    *(
        "id",
        "bill_id",
        "version",
        "person_id",
        "household_id",
        "institution_id",
        "area_code",
        "level",
        "scheme",
    ),
    *("setting", "disease", "categories", "stack", "pack", "release_hash", "settled_on", "admitted_on"),
    *("discharged_on", "sequence", "state", "hold_until", "why", "replaces_id", "total", "fund"),
    *("accounts", "waived", "institution_borne", "cash", "payers", "claim", "result", "explanation", "moves"),
    *("settled_by", "batch"),
)

_VALUES = ", ".join(f"%(s_{name})s" for name in SETTLEMENT_COLUMNS)
NEW_SETTLEMENT = f"""
    new_settlement AS (
        INSERT INTO funds_settlement (created_at, state_at, number, {", ".join(SETTLEMENT_COLUMNS)})
        VALUES (now(), now(), nextval('funds_settlement_number'), {_VALUES})
        RETURNING number)
"""  # noqa: S608 - fixed text

NEW_REQUEST = """
    new_request AS (
        INSERT INTO funds_request (id, created_at, key, verb, fingerprint, subject_id)
        VALUES (gen_random_uuid(), now(), %(key)s, %(verb)s, %(fingerprint)s, %(subject)s))
"""

NEW_USES = """
    new_use AS (
        INSERT INTO funds_entitlementuse (id, created_at, person_id, entitlement, kind, source, case_key, amount,
            used_on, settlement_id, release_hash, evidence, granted_by)
        SELECT gen_random_uuid(), now(), %(s_person_id)s::uuid, entitlement, kind, source, case_key, amount,
            %(s_settled_on)s::date, %(s_id)s::uuid, %(s_release_hash)s::text, '{}'::jsonb, %(s_settled_by)s::uuid
        FROM unnest(%(use_ids)s::text[], %(use_kinds)s::text[], %(use_sources)s::text[], %(use_cases)s::text[],
                    %(use_amounts)s::bigint[]) AS u(entitlement, kind, source, case_key, amount))
"""

BILL_SETTLED = """
    settled_bill AS (
        UPDATE funds_bill SET state = 'settled'
        WHERE id = %(bill)s AND state = 'discharged' AND version = %(version)s RETURNING 1),
    settled_debt AS (
        UPDATE funds_debt SET amount = %(s_cash)s, settled_on = %(s_settled_on)s,
            closed_on = CASE WHEN %(s_cash)s = 0 THEN %(s_settled_on)s::date END
        WHERE bill_id = %(bill)s)
"""

# Everything a settlement writes besides its audit trail, in one statement; then everything an adjustment writes.
SETTLE = Prepared(
    "kc_settle",
    f"""
    WITH {", ".join((NEW_SETTLEMENT, NEW_REQUEST, NEW_USES, BILL_SETTLED, MOVES, ledger.CTES))}
    SELECT (SELECT number FROM new_settlement), (SELECT count(*) FROM settled_bill)
    """,  # noqa: S608 - fixed text
)
ADJUST = Prepared(
    "kc_adjust",
    f"WITH {', '.join((NEW_SETTLEMENT, NEW_USES, MOVES, ledger.CTES))} SELECT number FROM new_settlement",  # noqa: S608
)

RESERVE = """
    INSERT INTO funds_pool (id, created_at, name, size, used)
    SELECT gen_random_uuid(), now(), name, size, drawn
    FROM unnest(%(names)s::text[], %(sizes)s::bigint[], %(drawn)s::bigint[]) AS p(name, size, drawn)
    ORDER BY name
    ON CONFLICT (name) DO UPDATE SET used = funds_pool.used + excluded.used, size = excluded.size
        WHERE funds_pool.used + excluded.used BETWEEN 0 AND excluded.size
    RETURNING name
"""


_BEFORE = Prepared("kc_bill", BEFORE)
_STATE = Prepared("kc_state", STATE.format(pool_lock=""))
_STATE_LOCKED = Prepared("kc_state_pools", STATE.format(pool_lock="FOR UPDATE"))


@dataclass(frozen=True)
class Before:
    """What is known of a bill before its person is locked."""

    request: tuple[str, str, UUID] | None
    bill: dict[str, Any]
    lines: list[list[Any]]
    facts: dict[str, str]


@dataclass(frozen=True)
class Locked:
    """What is known under the lock: nobody else settles this person until the transaction ends."""

    request: tuple[str, str, UUID] | None
    bill: tuple[str, int] | None
    live: tuple[UUID, int] | None
    state: State
    sequence: int
    last_on: date | None  # day of the person's latest settlement
    last_of_household: date | None  # and of anybody's in the household


def before(*, bill_id: UUID, key: str, on: date) -> Before | None:
    """The bill as it stands; None when there is none."""
    row = _BEFORE.one({"bill": bill_id, "key": key, "on": on})
    if row is None:
        return None
    found = orjson.loads(row[0])
    return Before(_request(found["request"]), found["bill"], found["lines"] or [], found["facts"] or {})


def lock_and_read(
    *,
    locks: Sequence[int],
    key: str,
    bill_id: UUID | None,
    person: UUID,
    household: UUID | None,
    pools: Sequence[str],
    lock_pools: bool = False,
) -> Locked:
    """Wait for the locks in the order given, then read the state: one round trip, two statements, the second sees all before it.

    Without locks only the state is read, for a quote.
    """
    given: dict[str, Any] = {
        "lock_timeout": f"{LOCK_SECONDS}s",
        "key": key,
        "bill": bill_id,
        "owners": [one for one in (person, household) if one],
        "pools": list(pools),
        "person": person,
        "household": household,
    }
    statement = (_STATE_LOCKED if lock_pools else _STATE).ready()
    if locks:
        names = [f"lock_{place}" for place in range(len(locks))]
        given |= dict(zip(names, locks, strict=True))
        waits = ", ".join(f"pg_advisory_xact_lock(%({name})s)" for name in names)
        statement = LOCK.format(locks=waits) + statement
    with connection.cursor() as sql:
        sql.execute(statement, given)
        if locks:
            sql.nextset()
        found = orjson.loads(sql.fetchone()[0])
    return _locked(found)


def reserve(wanted: dict[str, tuple[int, int]]) -> bool:
    """Draw from pools, name -> (size, draw above zero); False when one no longer holds so much (roll back: others are drawn).

    The pool rows stay locked until the transaction ends, so this comes as late as it can.
    """
    names = sorted(wanted)
    given = {
        "names": names,
        "sizes": [wanted[name][0] for name in names],
        "drawn": [wanted[name][1] for name in names],
    }
    with connection.cursor() as sql:
        sql.execute(RESERVE, given)
        return len(sql.fetchall()) == len(names)


def move_parameters(moves: Sequence[Move], scheme: str) -> dict[str, Any]:
    """Parameters of `MOVES`."""
    accumulators = [move for move in moves if move[0] == "accumulator" and move[5] >= 0]
    lowered = [move for move in moves if move[0] == "accumulator" and move[5] < 0]
    balances = [move for move in moves if move[0] == "balance"]
    return {
        "scheme": scheme,
        "acc_owners": [UUID(move[1]) for move in accumulators],
        "acc_names": [move[2] for move in accumulators],
        "acc_periods": [move[3] for move in accumulators],
        "acc_scopes": [move[4] for move in accumulators],
        "acc_changes": [move[5] for move in accumulators],
        "low_owners": [UUID(move[1]) for move in lowered],
        "low_names": [move[2] for move in lowered],
        "low_periods": [move[3] for move in lowered],
        "low_scopes": [move[4] for move in lowered],
        "low_changes": [move[5] for move in lowered],
        "bal_owners": [UUID(move[1]) for move in balances],
        "bal_names": [move[2] for move in balances],
        "bal_changes": [move[5] for move in balances],
    }


def _locked(found: dict[str, Any]) -> Locked:
    state = State(
        {tuple(row[:4]): row[4] for row in found["accumulators"] or ()},
        {(owner, name): amount for owner, name, amount in found["balances"] or ()},
        dict(found["pools"] or {}),
    )
    sequence, last = found["last"]
    live = found["live"]
    return Locked(
        _request(found["request"]),
        tuple(found["bill"]) if found["bill"] else None,
        (UUID(live[0]), live[1]) if live else None,
        state,
        (sequence or 0) + 1,
        _day(last),
        _day(found["last_of_household"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _request(row: list[str] | None) -> tuple[str, str, UUID] | None:
    return None if row is None else (row[0], row[1], UUID(row[2]))
