"""Fill a report template: every `{{name}}` becomes a figure that knows its indicator, period, scope and clause. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kangcheng.kernel.errors import KangchengError
from kangcheng.performance.indicators.compute import Computer, within
from kangcheng.performance.indicators.spans import shifted
from kangcheng.performance.indicators.types import Span, Value, show
from kangcheng.performance.indicators.words import changed, drawn
from kangcheng.performance.reports.types import Chart, Document, Figure, Grid, Section, Template

PLACE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
CHANGES = {"previous": "上期", "last_year": "上年同期"}


class ReportError(KangchengError):
    """A report template names something that is not there."""


def template(entry: Mapping[str, Any]) -> Template:
    """The template of a pack entry."""
    clauses = entry.get("clauses") or ([entry["clause"]] if entry.get("clause") else [])
    return Template(
        entry["id"],
        entry["title"],
        entry.get("period", "month"),
        tuple(entry["sections"]),
        tuple(clauses),
        entry,
    )


class Composer:
    """Composes one document; numbers its figures as they are printed."""

    def __init__(self, computer: Computer, period: Span, scope: str) -> None:
        self.computer, self.period, self.scope = computer, period, scope
        self.figures: list[Figure] = []

    def document(self, report: Template, *, city: str) -> Document:
        """The whole document."""
        sections = tuple(self._section(raw) for raw in report.sections)
        return Document(
            id=report.id,
            title=report.title,
            city=city,
            span=self.period,
            scope=self.scope,
            as_of=self.computer.as_of,
            release=self.computer.release,
            clauses=report.clauses,
            sections=sections,
            figures=tuple(self.figures),
        )

    def _section(self, raw: Mapping[str, Any]) -> Section:
        texts = raw.get("text", [])
        paragraphs = [texts] if isinstance(texts, str) else texts
        figures = raw.get("figures", {})
        return Section(
            title=raw["title"],
            paragraphs=tuple(self._paragraph(text, figures) for text in paragraphs),
            grid=self._grid(raw["table"]) if "table" in raw else None,
            chart=self._chart(raw["chart"]) if "chart" in raw else None,
        )

    def _paragraph(self, text: str, figures: Mapping[str, Any]) -> tuple[str | Figure, ...]:
        parts: list[str | Figure] = []
        for i, piece in enumerate(PLACE.split(text)):
            if i % 2 == 0:
                parts += [piece] if piece else []
            elif piece in figures:
                parts.append(self._figure(figures[piece]))
            else:
                raise ReportError(
                    "正文引用了没有定义的数字",
                    where=f"{{{{{piece}}}}}",
                    rule="每个数字都要在 figures 中说明指标",
                    todo="补上定义",
                )
        return tuple(parts)

    def _figure(self, raw: Mapping[str, Any]) -> Figure:
        value = self.computer.value(
            raw["indicator"], shifted(self.period, raw.get("at", "period")), scope=self.scope
        )
        if "change" not in raw:
            return self._printed(value.shown, value)
        other = self.computer.value(raw["indicator"], shifted(self.period, raw["change"]), scope=self.scope)
        return self._printed(
            changed(value, other),
            value,
            f"与{CHANGES[raw['change']]}（{other.span.text}）相比",
            against=other,
        )

    def _printed(self, text: str, value: Value, formula: str = "", **more: Any) -> Figure:
        figure = Figure(len(self.figures) + 1, text, value, formula, **more)
        self.figures.append(figure)
        return figure

    def _grid(self, raw: Mapping[str, Any]) -> Grid:
        ids = raw.get("indicators") or [raw["indicator"]]
        by = tuple(raw["by"].split("+")) if "by" in raw else ()
        values = [self.computer.value(id, self.period, scope=self.scope, by=by) for id in ids]
        titles = tuple(value.indicator.title for value in values)
        if not by:
            rows = tuple((value.indicator.title, (self._printed(value.shown, value),)) for value in values)
            return Grid(raw.get("title", ""), ("项目", self.period.text), rows)
        keys = sorted({key for value in values for key in value.by})
        split = tuple(
            (" · ".join(key) or "未注明", tuple(self._cell(value, by, key) for value in values))
            for key in keys
        )
        return Grid(raw.get("title", ""), (raw.get("head", "分组"), *titles), split)

    def _cell(self, value: Value, by: tuple[str, ...], key: tuple[str, ...]) -> Figure:
        shown = show(value.by.get(key), value.indicator)
        group = tuple(zip(by, key, strict=True))
        return self._printed(shown, value, f"其中：{' · '.join(key)}", of=group)

    def _chart(self, raw: Mapping[str, Any]) -> Chart:
        ids = raw.get("indicators") or [raw["indicator"]]
        by = raw.get("by", "month")
        if by == "month":
            spans = within(self.period, "month")
            lines = [self.computer.series(id, spans, scope=self.scope) for id in ids]
            labels = tuple(span.text.split("年")[-1] for span in spans)
            series = tuple(
                (line[0].indicator.title, tuple(drawn(v.number, v) for v in line)) for line in lines
            )
            return Chart(
                raw.get("title", ""), raw.get("type", "line"), labels, series, lines[0][0].indicator.unit
            )
        values = [self.computer.value(id, self.period, scope=self.scope, by=(by,)) for id in ids]
        keys = sorted({key for value in values for key in value.by})
        series = tuple((v.indicator.title, tuple(drawn(v.by.get(key), v) for key in keys)) for v in values)
        labels = tuple("".join(key) or "未注明" for key in keys)
        unit = values[0].indicator.unit
        return Chart(raw.get("title", ""), raw.get("type", "bar"), labels, series, unit, by)
