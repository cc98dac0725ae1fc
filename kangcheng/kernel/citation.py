"""Where a rule comes from: one clause of one document, written `document#clause`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kangcheng.kernel.errors import KangchengError

_DOCUMENT = re.compile(r"[a-z0-9][a-z0-9._-]*")
_CLAUSE = re.compile(r"[^\s#]+")


class CitationError(KangchengError):
    """The text does not name a document and a clause."""


@dataclass(frozen=True, order=True)
class Citation:
    """`document` is the id of a document of the packs, `clause` the id of one of its clauses."""

    document: str
    clause: str

    @classmethod
    def parse(cls, text: str) -> Citation:
        """Read "relief-2021#S3-02.18". Raises CitationError."""
        document, mark, clause = text.strip().partition("#") if isinstance(text, str) else ("", "", "")
        if not mark or not _DOCUMENT.fullmatch(document) or not _CLAUSE.fullmatch(clause):
            raise CitationError(
                "不是条款引用 (not a citation)",
                where=repr(text),
                rule="文件编号#条款编号",
                todo='例如 "relief-2021#S3-02.18"',
            )
        return cls(document, clause)

    def __str__(self) -> str:
        return f"{self.document}#{self.clause}"
