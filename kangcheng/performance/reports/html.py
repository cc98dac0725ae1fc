"""A composed report as one self-contained HTML page: every figure opens its source below."""

from __future__ import annotations

from html import escape

from kangcheng.performance.reports.types import Document, Figure, Grid, Section

STYLE = """
body { font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif; max-width: 860px;
  margin: 32px auto; padding: 0 16px; line-height: 1.8; color: #17262b }
h1, .under { text-align: center } table { border-collapse: collapse; width: 100%; margin: 12px 0 }
th, td { border: 1px solid #cfd9db; padding: 5px 9px; text-align: left } td.n { text-align: right }
a { color: #0d6e6e; text-decoration: none } p { text-indent: 2em } sup { font-size: .7em }
:target { background: #fdf1d8 }
"""
HEADS = "".join(f"<th>{head}</th>" for head in ("序号", "数字", "指标", "时期", "依据条款"))


def write(document: Document) -> str:
    """The page."""
    body = "".join(map(_section, document.sections))
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(document.title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(document.city)}{escape(document.title)}</h1>"
        f'<div class="under">{escape(document.span.text)}</div>{body}{_sources(document)}</body></html>'
    )


def _section(section: Section) -> str:
    paragraphs = "".join(f"<p>{''.join(map(_part, parts))}</p>" for parts in section.paragraphs)
    return f"<h2>{escape(section.title)}</h2>{paragraphs}{_grid(section.grid) if section.grid else ''}"


def _part(part: str | Figure) -> str:
    return escape(part) if isinstance(part, str) else f"<b>{_link(part)}</b>"


def _link(figure: Figure) -> str:
    return f'<a href="#f{figure.number}">{escape(figure.text)}<sup>{figure.number}</sup></a>'


def _grid(grid: Grid) -> str:
    heads = "".join(f"<th>{escape(head)}</th>" for head in grid.heads)
    rows = "".join(
        f"<tr><td>{escape(label)}</td>" + "".join(f'<td class="n">{_link(f)}</td>' for f in figures) + "</tr>"
        for label, figures in grid.rows
    )
    return f"<h3>{escape(grid.title)}</h3><table><tr>{heads}</tr>{rows}</table>"


def _sources(document: Document) -> str:
    rows = "".join(
        f'<tr id="f{f.number}"><td>{f.number}</td><td>{escape(f.text)}</td><td>{escape(f.value.indicator.title)}'
        f"{f'（{escape(f.formula)}）' if f.formula else ''}</td><td>{escape(f.value.span.text)}</td>"
        f"<td>{escape('、'.join(f.value.indicator.clauses)) or '—'}</td></tr>"
        for f in document.figures
    )
    return (
        f"<h2>数据来源</h2><p>数据截至 {document.as_of:%Y-%m-%d %H:%M}；规则版本 {escape(document.release)}；范围 "
        f"{escape(document.scope) or '全市'}。</p><table><tr>{HEADS}</tr>{rows}</table>"
    )
