"""A foreign .xlsx made safe to read: bounded when unpacked, bounded as a grid, and nothing in it but what a reader needs. Pure.

A few kilobytes can unpack to gigabytes, and one cell in the last corner makes a reader lay out seventeen billion. So the
parts are unpacked here, counted as they come, and packed anew: what the reader is given is exactly what was looked at.
"""

import io
import re
import zipfile
import zlib

from kangcheng.kernel.errors import KangchengError

MOST_PARTS = 500
MOST_UNPACKED = 200 * 1024 * 1024
MOST_STRINGS = 64 * 1024 * 1024  # bytes of the table of shared strings
MOST_CELLS = 5_000_000  # rows times columns, empty ones included
CHUNK = 1 << 20
NEEDED = re.compile(
    r"(\[Content_Types\]\.xml|_rels/\.rels|xl/[^/]+\.xml|xl/_rels/[^/]+|xl/worksheets/[^/]+\.xml)"
)
PLACE = re.compile(
    rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]*)["']"""
)  # of a cell or a row; others are refused by the reader
MOST_LETTERS, MOST_DIGITS = 3, 7


class WorkbookError(KangchengError):
    """The file is no .xlsx, or too large when unpacked."""


def plain(content: bytes) -> bytes:
    """The same workbook, unpacked within bounds and stored anew. Raises WorkbookError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = [name for name in book.namelist() if NEEDED.fullmatch(name)]
            if "xl/workbook.xml" not in names or len(set(names)) != len(names) or len(names) > MOST_PARTS:
                raise _refusal("不是 .xlsx 工作簿 (not an .xlsx workbook)", "须为 Excel 2007 及以后的 .xlsx")
            parts = _unpacked(book, names)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as error:
        raise _refusal("不是可读的 .xlsx 文件 (not a readable .xlsx)", "须为未加密的 .xlsx") from error
    for name, part in parts.items():
        if name.startswith("xl/worksheets/"):
            _bounded(part)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return packed.getvalue()


def _unpacked(book: zipfile.ZipFile, names: list[str]) -> dict[str, bytes]:
    parts, left = {}, MOST_UNPACKED
    for name in names:
        most = min(left, MOST_STRINGS) if name == "xl/sharedStrings.xml" else left
        chunks, size = [], 0
        with book.open(name) as part:
            while chunk := part.read(CHUNK):
                size += len(chunk)
                if size > most:
                    raise _refusal(
                        "展开后过大 (too large when unpacked)", f"展开后至多 {MOST_UNPACKED // 2**20} MB"
                    )
                chunks.append(chunk)
        parts[name], left = b"".join(chunks), left - size
    return parts


def _bounded(sheet: bytes) -> None:
    """Refuse a sheet whose farthest cell makes a grid of more than MOST_CELLS, or whose cells cannot be read as places."""
    if b"\0" in sheet or sheet[:2] in (b"\xfe\xff", b"\xff\xfe"):
        raise _refusal("工作表编码无法识别 (unknown encoding of the sheet)", "UTF-8")
    rows = columns = 1
    for place in PLACE.finditer(sheet):
        if len(place[1]) > MOST_LETTERS or len(place[2]) > MOST_DIGITS:
            raise _refusal("单元格位置无法识别 (bad cell reference)", "如 B12")
        rows, columns = max(rows, int(place[2] or 1)), max(columns, _number(place[1].upper()))
        if rows * columns > MOST_CELLS:
            raise _refusal(
                "单元格过多 (too many cells)", f"行数乘列数至多 {MOST_CELLS}；删去数据区外的单元格"
            )


def _number(letters: bytes) -> int:
    """1 for A, 28 for AB; 1 for none."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return max(number, 1)


def _refusal(what: str, rule: str) -> WorkbookError:
    return WorkbookError(what, rule=rule, todo="另存为 .xlsx，只留数据后重传")
