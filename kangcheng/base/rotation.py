"""New keys for everything sealed: every value sealed anew, every blind index made anew. Stopped, it is gone on with.

A model names its indexes in `blind`: column -> Blind. Its histories have the same columns and are made anew too.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction
from psycopg.sql import SQL, Composable, Identifier

from kangcheng.base import files, keys, personal
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import KangchengError

LONGEST_WAIT = 120.0  # seconds


class RotationWaits(KangchengError):
    """Somebody still writes with the earlier keys."""


@dataclass(frozen=True)
class Blind:
    """What a blind index is made of: the sealed column beside it, its purpose, and the form that is looked up."""

    source: str
    purpose: str
    form: Callable[[str], str] = str


@dataclass(frozen=True)
class Rotated:
    """What one run did: values and files sealed anew, rows whose indexes were made anew."""

    values: int
    files: int
    rows: int


def begin(path: Path, *, wait: float = LONGEST_WAIT) -> keys.KeyRing:
    """Add new keys to the ring in `path`, or find those of a rotation that was stopped, and use them.

    Returns when every transaction that may write with the earlier keys is over; raises RotationWaits after `wait` seconds.
    """
    ring = keys.rotate(path)
    personal.use(ring, source=path)
    personal.mark_keys()
    _others_done(wait)
    return ring


def renew(batch: int = 1000) -> Rotated:
    """Seal all values and files with the current key, and make anew the indexes of models. Safe to stop and repeat."""
    values = sum(personal.reseal(model, field, batch) for model, field in personal.sealed_columns())
    return Rotated(values, files.reseal(), sum(reindex(model, batch) for model in indexed()))


def finish(path: Path, *, by: Actor, on: date, done: Rotated) -> keys.KeyRing:
    """Everything is written with the new keys: retire the earlier index keys. Audited as `keys.rotate`."""
    ring = keys.retire(path)
    personal.use(ring, source=path)
    with acting(by=by, on=on, why="换用新密钥", action="keys.rotate"):
        personal.unmark_retired()
        record(
            action="keys.rotate", subject=f"key:{ring.current}", by=by, on=on, why="换用新密钥",
            detail={"values": done.values, "files": done.files, "rows": done.rows},
        )  # fmt: skip
    return ring


def take_up_again(path: Path) -> set[str]:
    """After a restore: index keys the database is written with are no longer retired; returns their ids."""
    names = personal.retired_in_use()
    if names:
        personal.use(keys.unretire(path, names), source=path)
    return names


def indexed() -> list[type[models.Model]]:
    """Every model with blind indexes, histories included."""
    return [model for model in apps.get_models(include_auto_created=True) if blind(model)]


def blind(model: type[models.Model]) -> dict[str, Blind]:
    """Column -> what it is made of; of a history, as in the model it is the history of."""
    tracked = getattr(model, "pgh_tracked_model", model)
    return getattr(tracked, "blind", {})


def reindex(model: type[models.Model], batch: int = 1000) -> int:
    """Make the blind indexes of a model anew with the current key; returns how many rows changed. Safe to stop and repeat.

    Raises personal.KeyMissingError for a value whose key is not here. No history is written: the text stays the same.
    """
    changed, last = 0, None
    while True:
        with transaction.atomic(), pgtrigger.ignore():
            rows = _rows(model, last, batch)
            renewed = _renewed(model, rows)
            _write(model, list(blind(model)), renewed)
        changed += len(renewed)
        if len(rows) < batch:
            return changed
        last = rows[-1][0]


def _rows(model: type[models.Model], last: Any, batch: int) -> list[tuple[Any, ...]]:
    """(key, sealed values ..., indexes ...) as stored, of the next rows after `last`, locked."""
    raw = [personal.stored(model, name) for name in [*_sources(model), *blind(model)]]
    rows = model._base_manager.order_by("pk").filter(**({"pk__gt": last} if last else {}))[:batch]
    return list(rows.select_for_update().values_list("pk", *raw))


def _renewed(model: type[models.Model], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """(key, indexes ...) of those whose indexes are not made with the current key."""
    sources = _sources(model)
    purposes = [model._meta.get_field(name).purpose for name in sources]  # type: ignore[union-attr]
    found: list[tuple[Any, ...]] = []
    for key, *cells in rows:
        sealed = zip(sources, cells[: len(sources)], purposes, strict=True)
        texts = {name: personal.unseal(bytes(cell), kind) for name, cell, kind in sealed if cell is not None}
        now = [_index(one, texts) for one in blind(model).values()]
        if now != [None if cell is None else bytes(cell) for cell in cells[len(sources) :]]:
            found.append((key, *now))
    return found


def _sources(model: type[models.Model]) -> list[str]:
    return list(dict.fromkeys(one.source for one in blind(model).values()))


def _index(one: Blind, texts: dict[str, str]) -> bytes | None:
    text = texts.get(one.source)
    return None if text is None else personal.blind_index(one.form(text), one.purpose)


def _write(model: type[models.Model], columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """One statement for the batch."""
    if not rows:
        return
    key = model._meta.pk
    assert key is not None
    kinds = [str(key.rel_db_type(connection)), *["bytea"] * len(columns)]
    at = str(key.column)
    names = [at, *columns]
    given = SQL(", ").join(SQL(f"%s::{kind}[]") for kind in kinds)  # type: ignore[arg-type]
    sets: list[Composable] = [SQL("{0} = n.{0}").format(Identifier(name)) for name in columns]
    statement = SQL("UPDATE {} t SET {} FROM unnest({}) AS n({}) WHERE t.{} = n.{}").format(
        Identifier(model._meta.db_table), SQL(", ").join(sets), given, SQL(", ").join([Identifier(name) for name in names]),
        Identifier(at), Identifier(at),
    )  # fmt: skip
    with connection.cursor() as sql:
        sql.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def _others_done(wait: float) -> None:
    """Wait for the transactions that are open now: they may have read the ring before the new keys were in it."""
    with connection.cursor() as sql:
        sql.execute("SELECT clock_timestamp()")
        (since,) = sql.fetchone()
        until = time.monotonic() + wait
        while True:
            sql.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend' AND xact_start < %s",
                [since],
            )
            if not sql.fetchone()[0]:
                return
            if time.monotonic() > until:
                raise RotationWaits(
                    "还有未结束的事务在用旧密钥 (transactions of before are still open)",
                    rule="新密钥已生成，旧密钥仍可查找，数据不受影响", todo="待其结束后再次运行 kangcheng keys rotate",
                )  # fmt: skip
            time.sleep(0.2)
