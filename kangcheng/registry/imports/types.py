"""What crosses the border of imports."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from kangcheng.base.sheets import write_sheet
from kangcheng.kernel.errors import Fault

KINDS = {"residents": "居民名册", "categories": "人员类别名单（建档立卡、低保等）"}
REASONS = {"not_registered": "未登记或不在本区划的居民", "name_differs": "姓名与登记不符"}
ERROR_HEADINGS = ("行号", "列", "问题", "规则", "处理办法")
UNMATCHED_HEADINGS = ("行号", "身份证号", "姓名", "村", "类别", "原因")


@dataclass(frozen=True)
class Unmatched:
    """A row whose person is not registered, or is registered under another name. The number is masked."""

    number: int
    identity_masked: str
    name: str
    village: str
    category: str
    reason: str

    @property
    def reason_title(self) -> str:
        """未登记的居民, 姓名与登记不符"""
        return REASONS[self.reason]


@dataclass(frozen=True)
class Note:
    """Something odd about a row that does not stop it."""

    number: int
    text: str


@dataclass(frozen=True)
class Report:
    """What a file would do (dry run) or has done (`batch_id` given).

    `rows` = `created` + `unchanged` + `unmatched` + rows with faults. With any fault nothing is written at all.
    """

    kind: str
    file_name: str
    rows: int
    created: int
    unchanged: int
    unmatched: tuple[Unmatched, ...]
    faults: tuple[Fault, ...]
    notes: tuple[Note, ...]
    batch_id: UUID | None = None

    @property
    def matched_rate(self) -> Fraction | None:
        """Rows whose person carries the mark after the import, of all rows; None for an empty list."""
        return Fraction(self.created + self.unchanged, self.rows) if self.rows else None

    def error_rows(self) -> list[tuple[int | None, str, str, str, str]]:
        """Row of the file, column, what is wrong, the rule, what to do."""
        return [_error(fault) for fault in self.faults]

    def error_sheet(self) -> bytes:
        """The errors as an .xlsx to send back."""
        return write_sheet(self.error_rows(), ERROR_HEADINGS, title="导入错误")

    def unmatched_sheet(self, note: str = "") -> bytes:
        """The unmatched rows as an .xlsx; `note` is the watermark."""
        return unmatched_sheet(self.unmatched, note)


@dataclass(frozen=True)
class Batch:
    """An import that was applied."""

    id: UUID
    kind: str
    file_name: str
    source: str
    rows: int
    created: int
    unchanged: int
    unmatched: int
    waiting: int  # of the unmatched, those still without a person
    state: str  # applied, undone
    applied_by: UUID
    applied_on: date
    undone_on: date | None
    undone_why: str


@dataclass(frozen=True)
class Rate:
    """How many of the people a list names carry the mark."""

    listed: int
    marked: int

    @property
    def share(self) -> Fraction | None:
        """marked / listed; None when nobody is listed."""
        return Fraction(self.marked, self.listed) if self.listed else None


def unmatched_sheet(rows: tuple[Unmatched, ...], note: str = "") -> bytes:
    """Unmatched rows as an .xlsx."""
    cells = [(r.number, r.identity_masked, r.name, r.village, r.category, r.reason_title) for r in rows]
    return write_sheet(cells, UNMATCHED_HEADINGS, title="未匹配", note=note)


def _error(fault: Fault) -> tuple[int | None, str, str, str, str]:
    near = f"最接近的是 {fault.near}" if fault.near else ""
    return fault.line, fault.where, fault.what, fault.rule, "；".join(filter(None, (near, fault.todo)))
