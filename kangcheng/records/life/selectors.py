"""Questions: what a record says. The caller decides who may ask (`within`)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.records import texts
from kangcheng.records.life import rules
from kangcheng.records.life.pdf import record_pdf
from kangcheng.records.life.types import KINDS, Life, Line
from kangcheng.records.search.types import Within
from kangcheng.records.store import selectors as store
from kangcheng.records.store.types import Stored

MOST = 2000  # lines of one page


def read(
    subjects: Sequence[UUID], *, within: Within | None = None, kinds: Sequence[str] = (), most: int = MOST
) -> Life:
    """The newest `most` lines kept about these ids of one resident. One query."""
    rows = store.of_subjects(
        subjects, types=list(kinds) or list(KINDS), newest=True, limit=most + 1, within=within
    )
    return rules.life((_line(row) for row in rows[:most]), more=len(rows) > most)


def resources(
    subjects: Sequence[UUID], *, within: Within | None = None, most: int = 20_000
) -> list[dict[str, Any]]:
    """The resources themselves, in the order they were first written: for a copy that the resident takes away."""
    return [texts.read(row.body or "{}") for row in store.of_subjects(subjects, limit=most, within=within)]


def paper(life: Life, *, name: str, number: str, born: date, on: date) -> bytes:
    """The record as a PDF: whose it is (`number` masked), problems, allergies, and every line."""
    return record_pdf(life, name=name, number=number, born=born, on=on)


def versions(kind: str, logical_id: str) -> list[tuple[Stored, Line]]:
    """Every version of one thing, the newest first, as it was written; deletions left out."""
    return [(row, _line(row)) for row in store.history(kind, logical_id) if row.body]


def _line(row: Stored) -> Line:
    return rules.line(texts.read(row.body or "{}"), version=row.version, segment=row.segment)
