"""A laid-out document as PDF (typst), .docx (python-docx) or HTML; the three say the same words. No Django."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from kangcheng.work.templates.types import Block, Laid

TEMPLATE = Path(__file__).with_name("document.typ")
FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
RED = (0xB0, 0x1E, 0x1E)


def pdf(laid: Laid) -> bytes:
    """The document on A4, with the font that comes with the project."""
    import typst

    made: Any = typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(asdict(laid), ensure_ascii=False)},
        package_cache_path=str(FONTS),
    )
    return bytes(made)


def docx(laid: Laid) -> bytes:
    """The document for a word processor, in the fonts official documents use."""
    from docx import Document
    from docx.shared import Mm

    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    if laid.mark:
        _line(made, laid.mark, size=16, align=1, red=True)
    _line(made, laid.issuer, size=22, align=1, red=True, font="方正小标宋简体")
    if laid.number:
        _line(made, laid.number, size=12, align=1)
    _line(made, laid.title, size=18, align=1, font="方正小标宋简体")
    if laid.to:
        _line(made, laid.to, size=16)
    for block in laid.body:
        _block(made, block)
    _line(made, laid.signed, size=16, align=2)
    if laid.seal:
        _line(made, "（印章）", size=10, align=2)
    _line(made, laid.signed_on, size=16, align=2)
    if laid.receipt:
        _receipt(made, laid)
    if laid.copies:
        _line(made, f"抄送：{laid.copies}", size=14)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _block(made: Any, block: Block) -> None:
    if block.kind == "table":
        _table(made, [block.heads, *block.rows], block.right)
        return
    for piece in block.text.split("\n"):
        _line(made, piece, size=16, indent=32, bold=block.kind == "heading")


def _line(
    made: Any, words: str, *, size: int, align: int = 0, red: bool = False, font: str = "仿宋_GB2312", indent: int = 0,
    bold: bool = False,
) -> None:  # fmt: skip
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    paragraph = made.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.first_line_indent = Pt(indent) if indent else None
    run = paragraph.add_run(words)
    run.font.size, run.font.name, run.bold = Pt(size), font, bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if red:
        run.font.color.rgb = RGBColor(*RED)


def _table(made: Any, rows: list[tuple[str, ...]], right: tuple[bool, ...]) -> None:
    table = made.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for number, row in enumerate(rows):
        for place, words in enumerate(row):
            cell = table.cell(number, place)
            cell.text = words
            if number and right and right[place]:
                cell.paragraphs[0].alignment = 2


def _receipt(made: Any, laid: Laid) -> None:
    _line(made, "送达回证", size=16, align=1)
    rows: list[tuple[str, ...]] = [
        ("送达文书", f"{laid.title} {laid.number}", "送达方式", ""),
        ("受送达人", laid.to.rstrip("："), "收到日期", ""),
        ("收件人签名", "", "", ""),
    ]
    _table(made, rows, ())


def html(laid: Laid) -> bytes:
    """The document as a page of its own that prints on A4; nothing is loaded from elsewhere."""
    body = "".join(_html_block(block) for block in laid.body)
    parts = [
        f'<p class="mark">{escape(laid.mark)}</p>' if laid.mark else "",
        f'<p class="issuer">{escape(laid.issuer)}</p>',
        f'<p class="number">{escape(laid.number)}</p><hr>',
        f"<h1>{escape(laid.title)}</h1>",
        f'<p class="to">{escape(laid.to)}</p>' if laid.to else "",
        body,
        f'<div class="sign">{escape(laid.signed)}<br>{"<small>（印章）</small><br>" if laid.seal else ""}{escape(laid.signed_on)}</div>',
        _html_receipt(laid) if laid.receipt else "",
        f'<p class="copies">抄送：{escape(laid.copies)}</p>' if laid.copies else "",
    ]
    page = (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(laid.title)}</title><style>{STYLE}</style>'
        f"<body>{''.join(parts)}</body></html>"
    )
    return page.encode()


STYLE = (
    "@page{size:A4;margin:37mm 26mm 35mm 28mm}body{max-width:160mm;margin:12mm auto;font:16pt/1.8 FangSong,serif}"
    "h1{font-size:20pt;text-align:center}p{text-indent:2em;margin:0}.issuer{font-size:24pt;color:#b01e1e;text-align:center}"
    ".issuer{text-indent:0}"
    ".number,.mark{text-align:center;text-indent:0;font-size:13pt}"
    ".mark{color:#b01e1e;font-size:18pt}hr{border:0;border-top:2px solid #b01e1e}"
    ".to{text-indent:0}.sign{margin:2em 0 0 50%;text-align:center}table{border-collapse:collapse;width:100%;font-size:12pt;margin:.6em 0}"
    "td,th{border:1px solid #777;padding:4px 6px}.right{text-align:right}.copies{border-top:1px solid #000;text-indent:0;font-size:12pt}"
)


def _html_block(block: Block) -> str:
    if block.kind == "heading":
        return f"<p><b>{escape(block.text)}</b></p>"
    if block.kind == "text":
        return "".join(f"<p>{escape(piece)}</p>" for piece in block.text.split("\n"))
    heads = "".join(f"<th>{escape(words)}</th>" for words in block.heads)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{' class=right' if right else ''}>{escape(words)}</td>"
            for words, right in zip(row, block.right, strict=True)
        )
        + "</tr>"
        for row in block.rows
    )
    return f"<table><tr>{heads}</tr>{rows}</table>"


def _html_receipt(laid: Laid) -> str:
    return (
        '<h1>送达回证</h1><table><tr><td>送达文书</td><td colspan="3">'
        f"{escape(laid.title)} {escape(laid.number)}</td></tr><tr><td>受送达人</td><td>{escape(laid.to.rstrip('：'))}</td>"
        "<td>送达方式</td><td></td></tr><tr><td>收件人签名</td><td></td><td>收到日期</td><td></td></tr></table>"
    )


RENDER: dict[str, Callable[[Laid], bytes]] = {"pdf": pdf, "docx": docx, "html": html}
