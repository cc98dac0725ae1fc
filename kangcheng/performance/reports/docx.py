"""A composed report as .docx, in the form offices use: title, sections, tables, and a last page of sources."""

from __future__ import annotations

import io

from docx import Document as new_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from kangcheng.performance.reports.types import Document, Figure, Grid, Section

BODY, HEAD = "仿宋", "黑体"


def write(document: Document) -> bytes:
    """The bytes of the .docx file."""
    file = new_document()
    _font(file.styles["Normal"], BODY, 12)
    title = file.add_heading(level=0)
    _run(title, f"{document.city}{document.title}", HEAD, 20)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    under = file.add_paragraph(document.span.text)
    under.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for section in document.sections:
        _section(file, section)
    _sources(file, document)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _section(file, section: Section) -> None:  # type: ignore[no-untyped-def]
    _run(file.add_heading(level=1), section.title, HEAD, 14)
    for parts in section.paragraphs:
        paragraph = file.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(24)
        for part in parts:
            _part(paragraph, part)
    if section.grid:
        _grid(file, section.grid)


def _part(paragraph: Paragraph, part: str | Figure) -> None:
    if isinstance(part, str):
        paragraph.add_run(part)
        return
    paragraph.add_run(part.text).bold = True
    mark = paragraph.add_run(f"[{part.number}]")
    mark.font.superscript = True


def _grid(file, grid: Grid) -> None:  # type: ignore[no-untyped-def]
    if grid.title:
        file.add_paragraph(grid.title).alignment = WD_ALIGN_PARAGRAPH.CENTER
    table = file.add_table(rows=1, cols=len(grid.heads), style="Table Grid")
    for cell, head in zip(table.rows[0].cells, grid.heads, strict=True):
        cell.paragraphs[0].add_run(head).bold = True
    for label, figures in grid.rows:
        cells = table.add_row().cells
        cells[0].text = label
        for cell, figure in zip(cells[1:], figures, strict=True):
            cell.text = f"{figure.text} [{figure.number}]"
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _sources(file, document: Document) -> None:  # type: ignore[no-untyped-def]
    file.add_page_break()
    _run(file.add_heading(level=1), "数据来源", HEAD, 14)
    file.add_paragraph(
        f"数据截至 {document.as_of:%Y-%m-%d %H:%M}；规则版本 {document.release}；范围 {document.scope or '全市'}。"
    )
    table = file.add_table(rows=1, cols=5, style="Table Grid")
    for cell, head in zip(table.rows[0].cells, ("序号", "数字", "指标", "时期", "依据条款"), strict=True):
        cell.paragraphs[0].add_run(head).bold = True
    for figure in document.figures:
        value = figure.value
        name = f"{value.indicator.title}{f'（{figure.formula}）' if figure.formula else ''}"
        texts = (
            str(figure.number),
            figure.text,
            name,
            value.span.text,
            "、".join(value.indicator.clauses) or "—",
        )
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text


def _run(paragraph: Paragraph, text: str, font: str, size: int) -> None:
    run = paragraph.add_run(text)
    run.font.name = font
    run.font.size = Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _font(style, font: str, size: int) -> None:  # type: ignore[no-untyped-def]
    style.font.name = font
    style.font.size = Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
