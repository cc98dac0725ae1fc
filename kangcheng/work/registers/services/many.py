"""Many rows at once, by COPY: for synthetic cities and for imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from kangcheng.base import outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import new_id
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.work.registers.models import RegisterRow
from kangcheng.work.registers.names import Names
from kangcheng.work.registers.rules import rows as rules
from kangcheng.work.registers.services import guard
from kangcheng.work.registers.services.change import TOPIC
from kangcheng.work.registers.types import Register, Values

CHUNK = 5000
MOST_FAULTS = 200


def bulk(*, register: Register, rows: Iterable[Values], by: Actor, on: date, why: str = "") -> list[UUID]:
    """Write many new rows with one audit event; all of them, or none and every fault (the first 200). Returns their ids."""
    given = list(enumerate(rows, 1))
    names = Names(on)
    with acting(by=by, on=on, why=why, action="register.bulk"), refusing(register.title):
        guard.locked(register)
        faults = [
            fault for line, values in given for fault in row_faults(register, values, names, by, on, line)
        ]
        faults = faults or list(_same(register, given))
        if faults:
            raise Faults(faults[:MOST_FAULTS], where=register.title, todo="改正后重试")
        ids = copied(register, [values for _, values in given], names, by=by, on=on, why=why, action="create")
        told(register, "register.bulk", ids, by, on, why)
    return ids


def row_faults(
    register: Register, values: Values, names: Names, by: Actor, on: date, line: int
) -> list[Fault]:
    """What is wrong with one new row, whatever else is stored."""
    return [
        *rules.row_faults(register, values, on, line),
        *guard.role_faults(register, values, by, line),
        *guard.place_faults(register, values, names, by, line),
    ]


def _same(register: Register, given: Sequence[tuple[int, Values]]) -> Iterator[Fault]:
    others = [
        row for chunk in chunks(given) for row in guard.alike(register, [values for _, values in chunk])
    ]
    yield from rules.same_faults(register, given, others)


def chunks(given: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Slices of a size the database takes in one question."""
    return (given[start : start + CHUNK] for start in range(0, len(given), CHUNK))


def copied(
    register: Register, rows: Sequence[Values], names: Names, *, by: Actor, on: date, why: str, action: str,
    batch_id: UUID | None = None,
) -> list[UUID]:  # fmt: skip
    """COPY checked rows into the table; returns their new ids in order."""
    from psycopg.types.json import Jsonb

    at, ids = timezone.now(), sorted(new_id() for _ in rows)

    def lines() -> Iterator[list[Any]]:
        for row_id, values in zip(ids, rows, strict=True):
            kept = guard.columns_of(register, values, names, by=by, on=on, why=why, action=action, at=at)
            kept |= {"id": row_id, "number": 1, "removed": False, "batch_id": batch_id}
            kept["data"], kept["sealed"] = Jsonb(kept["data"]), guard.sealed_bytes(kept["sealed"])
            yield [kept[name] for name in guard.COLUMNS]

    copy_in(
        RegisterRow, guard.COLUMNS, list(lines())
    )  # read first: a question inside COPY would wait for ever
    return ids


def told(
    register: Register, action: str, ids: Sequence[UUID], by: Actor, on: date, why: str, **detail: Any
) -> None:
    """One audit event and one piece of news for all rows of a batch."""
    facts = {"register": register.id, "rows": len(ids), **detail}
    record(action=action, subject=f"register:{register.id}", by=by, on=on, why=why, detail=facts)
    outbox.append(TOPIC, register.id, {"register": register.id, "rows": len(ids)})
