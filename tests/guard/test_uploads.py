"""What is sent in: hostile workbooks, files too large, names that lead elsewhere. What goes out: no formula, no script."""

import io
import os
import tempfile
import tracemalloc
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kangcheng.base import files, sheets
from kangcheng.base.sheets import Column, SheetError
from kangcheng.kernel.errors import KangchengError

COLUMNS = (Column("name", "姓名"), Column("note", "备注"))
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://evil.example")', "=cmd|' /C calc'!A0")
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def workbook(**changed):
    """A good workbook with some parts changed: workbook(SHEET=bytes -> bytes)."""
    good, out = sheets.write_sheet([["张三", "无"]], ["姓名", "备注"]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, changed.get(name, lambda same: same)(data))
    return out.getvalue()


def row(text):
    return lambda data: data.replace(b"</sheetData>", text + b"</sheetData>")


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 50 + b'"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = {
    "the last cell": {SHEET: row(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')},
    "small letters": {SHEET: row(b'<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>')},
    "quotes apart": {SHEET: row(b"<row s='>' r = '1048576'><c s='>'\n r = 'ZZZ1048576'><v>1</v></c></row>")},
    "a far row": {SHEET: row(b'<row r="9000000"><c><v>1</v></c></row>')},
    "endless digits": {SHEET: row(b'<row r="99999999999999999999"><c r="A99999999999999999999"><v>1</v></c></row>')},
    "endless letters": {SHEET: row(b'<row r="3"><c r="ABCDEFGHIJKL3"><v>1</v></c></row>')},
    "one text of gigabytes": {
        SHEET: row(b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"x" * 220_000_000 + b"</t></is></c></row>")
    },
    "millions of strings": {STRINGS: lambda data: data.replace(b"</sst>", b"<si/>" * 15_000_000 + b"</sst>")},
    "another encoding": {SHEET: lambda data: data.decode().replace("UTF-8", "UTF-16").encode("utf-16")},
    "laughs": {STRINGS: lambda data: LAUGHS + data.replace(b"</sst>", b"<si><t>&b;</t></si></sst>")},
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_workbook_is_refused_or_harmless(kind):
    content = workbook(**HOSTILE[kind])
    assert len(content) < 2_000_000, "small on the wire"
    tracemalloc.start()
    try:
        reading = sheets.read_rows(content, COLUMNS, name="a.xlsx")
        assert len(reading.rows) + len(reading.faults) < 5
    except SheetError as error:
        assert error.todo and error.where == "a.xlsx"
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 500 * 2**20


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04" + b"\0" * 200, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"", b"\xff" * 100],
)
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(SheetError):
        sheets.read_rows(content, COLUMNS, name="a.xlsx")


def test_a_lying_archive_is_read_as_declared_or_refused():
    content = bytearray(workbook())
    place = content.rfind(b"PK\x01\x02")  # the last part's entry in the directory: halve the size it claims
    content[place + 24 : place + 28] = (100).to_bytes(4, "little")
    try:
        sheets.read_rows(bytes(content), COLUMNS, name="a.xlsx")
    except SheetError as error:
        assert error.todo


def test_ordinary_workbooks_are_still_read():
    rows = [[f"人{n}", n] for n in range(3000)]
    assert (
        len(sheets.read_rows(sheets.write_sheet(rows, ["姓名", "备注"]), COLUMNS, name="a.xlsx").whole())
        == 3000
    )


def test_a_csv_with_an_endless_field_or_nothing_visible_is_refused_or_cleaned():
    with pytest.raises(SheetError):
        sheets.read_rows(b"name,note\n" + b"x" * 200_000 + b",y", COLUMNS, name="a.csv")
    assert (
        sheets.read_rows("姓名,备注\n张\0三,a".encode(), COLUMNS, name="a.csv").whole()[0].values["name"]
        == "张三"
    )


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_that_goes_out_is_a_formula(text):
    content = sheets.write_sheet([[text, text]], [text, "备注"], note=f"{text} & &P &G", title="x")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            part = book.read(name).decode()
            assert "<f>" not in part and "externalLink" not in name and "hyperlink" not in part, name
        foot = book.read(SHEET).decode()
    assert "＆P ＆G" in foot, "a name with & is no code of the footer"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..\\..\\x.png", "a\0b.png", "x" * 600, "<img src=x>.png"]
)
def test_a_stored_file_is_named_by_its_content_only(name, tmp_path, system):
    files.use(tmp_path / "files")
    kept = files.store(content=b"bytes" * 30, name=name.replace("\0", ""), media_type="image/png", by=system)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in written] == [kept.sha256] and "/" not in kept.name and len(kept.name) <= 255
    assert written[0].stat().st_mode & 0o077 == 0
    assert written[0].parent.stat().st_mode & 0o007 == 0, "nobody else lists the folder"


@pytest.mark.django_db
def test_a_list_never_touches_a_temporary_folder(world, browser, tmp_path, monkeypatch):
    officer, made = browser("fund_officer"), []
    temporary = tmp_path / "temporary"  # the town keeps its files beside it
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    real = os.open
    monkeypatch.setattr(
        os, "open", lambda path, *more, **words: made.append(str(path)) or real(path, *more, **words)
    )
    for size in (6, 22):
        content = world.near.numbers[0].encode() * (size * 2**20 // 18)
        sent = SimpleUploadedFile("名单.csv", content)
        answer = officer.post("/imports/check/", {"kind": "residents", "file": sent, "do": "check"})
        assert answer.status_code == 422
    assert not [path for path in made if str(temporary) in path] and not list(temporary.iterdir())


@pytest.mark.django_db
def test_evidence_is_taken_by_kind_and_size_and_shown_as_what_it_is(world, browser):
    cashier = browser("cashier", place=world.near.place)
    address = f"/procedures/{world.near.ids['procedure']}/"
    page = cashier.get(address)
    assert page.status_code == 200
    script = b"<script>alert(1)</script>" * 10
    for kind in ("text/html", "image/svg+xml", "application/javascript"):
        sent = SimpleUploadedFile("x.png", script, kind)
        answer = cashier.post(f"{address}step/", {"do": "pay", "role": "cashier", "payee_fingerprint": sent})
        assert answer.status_code == 422
    with pytest.raises(KangchengError):
        files.store(content=b"", name="x", media_type="image/png", by=None)
