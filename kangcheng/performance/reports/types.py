"""A report definition and the document composed from it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kangcheng.performance.indicators.types import Span, Value


@dataclass(frozen=True)
class Figure:
    """One printed figure and where it comes from; `number` counts the figures of the document from 1."""

    number: int
    text: str
    value: Value
    formula: str = ""  # how it was made from the value: a change against another period, say
    against: Value | None = None
    of: tuple[tuple[str, str], ...] = ()  # (column, code) of the group it is for


@dataclass(frozen=True)
class Grid:
    """A table of figures: heads, and rows whose first cell is a label."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure, ...]], ...]


@dataclass(frozen=True)
class Chart:
    """Numbers to draw: labels, and one series per indicator (yuan for money, percent for shares).

    `by`: the column whose codes the labels are, "" for months.
    """

    title: str
    kind: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    unit: str
    by: str = ""


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs (text and figures in turn), and a table and a chart where the template has them."""

    title: str
    paragraphs: tuple[tuple[str | Figure, ...], ...] = ()
    grid: Grid | None = None
    chart: Chart | None = None


@dataclass(frozen=True)
class Document:
    """A finished report. `figures` lists every figure in print order: the page of sources."""

    id: str
    title: str
    city: str
    span: Span
    scope: str
    as_of: datetime
    release: str
    clauses: tuple[str, ...]
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Template:
    """A report entry as read from the pack."""

    id: str
    title: str
    period: str
    sections: tuple[Mapping[str, Any], ...]
    clauses: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)
