"""Ledgers as spreadsheets: .xlsx (or .csv) in with every faulty cell named, .xlsx out. Pure: no Django."""

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kangcheng.base import workbooks
from kangcheng.kernel.errors import Fault, Faults, KangchengError

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_000
MOST_NOTE = 200  # characters of a footer, in which a plain "&" would begin a code
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet program would run when it opens a .csv


class SheetError(KangchengError):
    """The file is not a spreadsheet we can read."""


@dataclass(frozen=True)
class Column:
    """One column: our name, the heading in the file and its other spellings, and how a cell's text becomes a value.

    `read` gets the cell's text (never blank) and raises KangchengError for what it refuses.
    """

    name: str
    heading: str
    read: Callable[[str], Any] = str
    required: bool = False
    also: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the file: its number as the spreadsheet shows it, and its values by column name."""

    number: int
    values: dict[str, Any]


@dataclass
class Reading:
    """What a file gave: the rows without fault, and every fault with its row and column."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def whole(self) -> list[Row]:
        """The rows, or all faults at once."""
        if self.faults:
            raise Faults(self.faults)
        return self.rows


def read_rows(content: bytes, columns: Sequence[Column], *, name: str = "") -> Reading:
    """Read the first sheet. The first row that is not blank holds the headings; blank rows are passed over.

    Raises SheetError when the file cannot be read at all; everything else is a Fault in the result.
    """
    grid = _grid(content, name)
    start = next((place for place, cells in enumerate(grid) if any(cells)), None)
    if start is None:
        raise _refusal(name, "表格是空的 (empty sheet)", "第一行须为列名")
    reading = Reading()
    places = _places(grid[start], columns, reading, name, start + 1)
    if reading.faults:
        return reading
    for number, cells in enumerate(grid[start + 1 :], start + 2):
        if any(cells):
            _read_row(number, cells, columns, places, reading, name)
    return reading


def write_sheet(
    rows: Iterable[Sequence[Any]], headings: Sequence[str], *, title: str = "Sheet1", note: str = ""
) -> bytes:
    """An .xlsx of `rows` under `headings`; numbers stay numbers, everything else is text. `note` goes into the footer."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(title[:31])
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, bold)
        sheet.set_column(place, place, min(40, max(10, 2 * len(heading))))
    sheet.freeze_panes(1, 0)
    sheet.set_footer(f"&L{note[:MOST_NOTE].replace('&', '＆')}&R&P/&N")
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            _write_cell(sheet, number, place, value)
    book.close()
    return buffer.getvalue()


def write_blank(columns: Sequence[Column], *, title: str = "Sheet1") -> bytes:
    """The empty form of an import: headings and one row of examples."""
    return write_sheet(
        [[column.example for column in columns]], [column.heading for column in columns], title=title
    )


def safe_csv(value: str) -> str:
    """`value` for a .csv that people open in a spreadsheet program: text that it would run as a formula gets a quote."""
    return f"'{value}" if value.startswith(FORMULA) else value


def _grid(content: bytes, name: str) -> list[list[str]]:
    if len(content) > MOST_BYTES:
        raise _refusal(name, "文件过大 (file too large)", f"至多 {MOST_BYTES} 字节")
    grid = _csv(content, name) if name.lower().endswith(".csv") else _xlsx(content, name)
    if len(grid) > MOST_ROWS:
        raise _refusal(name, "行数过多 (too many rows)", f"至多 {MOST_ROWS} 行")
    return grid


def _xlsx(content: bytes, name: str) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        content = workbooks.plain(content)
    except workbooks.WorkbookError as error:
        raise SheetError(error.what, where=name, rule=error.rule, todo=error.todo) from error
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        if sheet.height > MOST_ROWS:
            raise _refusal(name, "行数过多 (too many rows)", f"至多 {MOST_ROWS} 行")
        return [[_text(cell) for cell in cells] for cells in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise _refusal(
            name, "不是可读的 .xlsx 文件 (not a readable .xlsx)", "第一张工作表须为数据"
        ) from error


def _csv(content: bytes, name: str) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return [[_text(cell) for cell in cells] for cells in csv.reader(io.StringIO(text, newline=""))]
        except csv.Error as error:
            raise _refusal(name, "不是可读的 .csv 文件 (not a readable .csv)", "逗号分隔的文本") from error
    raise _refusal(name, "文字编码无法识别 (unknown encoding)", "UTF-8 或 GB 18030")


def _text(cell: Any) -> str:
    """A cell as the person saw it: whole numbers without ".0", dates in ISO form, full-width forms made plain."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time(0) else cell.isoformat(" ")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    text = unicodedata.normalize("NFC", str(cell)).replace("\u3000", " ").replace("\0", "")
    return text.strip().removeprefix("'")


def _places(
    cells: Sequence[str], columns: Sequence[Column], reading: Reading, name: str, number: int
) -> Mapping[str, int]:
    """Where each column stands; headings that are missing, unknown or there twice become faults."""
    known = {
        _plain(word): column.name
        for column in columns
        for word in (column.heading, column.name, *column.also)
    }
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = known.get(_plain(cell))
        if column is None and cell:
            near = _nearest(cell, [column.heading for column in columns])
            reading.faults.append(
                Fault(f"列 {cell}", "没有这一列 (unknown column)", line=number, file=name, near=near)
            )
        elif column in places:
            reading.faults.append(Fault(f"列 {cell}", "该列出现两次 (column twice)", line=number, file=name))
        elif column is not None:
            places[column] = place
    for missing in (column for column in columns if column.required and column.name not in places):
        reading.faults.append(
            Fault(f"列 {missing.heading}", "缺少必填列 (required column missing)", line=number, file=name)
        )
    return places


def _read_row(
    number: int,
    cells: Sequence[str],
    columns: Sequence[Column],
    places: Mapping[str, int],
    reading: Reading,
    name: str,
) -> None:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in columns:
        place = places.get(column.name)
        text = cells[place] if place is not None and place < len(cells) else ""
        values[column.name] = None
        if text:
            try:
                values[column.name] = column.read(text)
            except KangchengError as error:
                faults.append(
                    Fault(f"列 {column.heading}", error.what, error.rule, error.todo, line=number, file=name)
                )
        elif column.required:
            faults.append(
                Fault(f"列 {column.heading}", "必填项为空 (required cell blank)", line=number, file=name)
            )
    reading.faults.extend(faults)
    if not faults:
        reading.rows.append(Row(number, values))


def _write_cell(sheet: Any, number: int, place: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(number, place, value)
    else:
        sheet.write_string(number, place, str(value))


def _plain(heading: str) -> str:
    return "".join(unicodedata.normalize("NFKC", heading).split()).rstrip("*").casefold()


def _nearest(word: str, words: Sequence[str]) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(word, words, n=1, cutoff=0.5)), None)


def _refusal(name: str, what: str, rule: str) -> SheetError:
    return SheetError(what, where=name, rule=rule, todo="用系统提供的空表填写后重传")
