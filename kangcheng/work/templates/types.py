"""What crosses the border of templates: a document as laid out, and one that was issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

FORMATS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
Values = Mapping[str, Any]  # field -> text, date, int (fen), Fraction, list of lines, or list of rows


class TemplateError(KangchengError):
    """A document cannot be filled, issued, printed or revoked as asked."""


@dataclass(frozen=True)
class Block:
    """One piece of the body: a paragraph, a heading, or a table (`heads` and `rows` of text)."""

    kind: str  # text, heading, table
    text: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    right: tuple[bool, ...] = ()  # columns set to the right: numbers


@dataclass(frozen=True)
class Laid:
    """A document with everything filled in, ready for any format. All text."""

    title: str
    issuer: str
    number: str
    to: str
    body: tuple[Block, ...]
    signed: str
    signed_on: str
    seal: bool
    receipt: bool
    copies: str = ""
    watermark: str = ""
    mark: str = ""  # reprint, revoked

    def text(self) -> str:
        """The whole document as plain text, for cases and searches."""
        parts: list[str] = [self.issuer, self.number, self.title, self.to]
        for block in self.body:
            lines: Sequence[str] = (
                [block.text]
                if block.kind != "table"
                else ["\t".join(row) for row in (block.heads, *block.rows)]
            )
            parts += lines
        return "\n".join(part for part in (*parts, self.signed, self.signed_on, self.copies) if part)


@dataclass(frozen=True)
class IssuedView:
    """A document that was issued. `prints`: how often it left the house on paper or as a file."""

    id: UUID
    template: str
    title: str
    number: str
    issued_on: date
    issued_by: str
    subject: str
    sha256: str
    release: str
    prints: int
    revoked_on: date | None = None
    revoked_why: str = ""
    printed: tuple[tuple[int, str, datetime], ...] = field(default=())
