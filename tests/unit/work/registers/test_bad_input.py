"""Spreadsheets as they come: shifted, merged, of the wrong type, doubled, endless, too large, with formulas in them."""

import io

import pytest
import xlsxwriter

from kangcheng.base import sheets
from kangcheng.work.registers import services
from kangcheng.work.registers.models import RegisterRow
from tests.unit.work.registers.test_pages import HEADS, grid, officer, upload

__all__ = ["officer"]

pytestmark = pytest.mark.django_db

GOOD = ["和平卫生室", "A1", "张大山", "医疗", "检验", "2024-01-01", "", 24.5, 100, "", "", "", ""]


def numbered(number, **places):
    """A good row of this number with cells changed by their place: numbered("A2", p7="many")."""
    row = [GOOD[0], number, *GOOD[2:]]
    for place, value in places.items():
        row[int(place[1:])] = value
    return row


def taken(client, file, name="岗位.xlsx"):
    """What the page of the import says of a file."""
    file.name = name
    return client.post("/registers/posts/import/", {"do": "apply", "file": file}, follow=True)


def workbook(write):
    """A workbook whose sheet `write` fills."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False})
    write(book, book.add_worksheet())
    book.close()
    return io.BytesIO(buffer.getvalue())


def test_a_shifted_row_is_refused_cell_by_cell_and_the_others_are_taken(posts, officer):
    shifted = ["", *GOOD[:-1]]
    answer = taken(officer("bureau_officer"), upload([GOOD, shifted, numbered("A2")]))
    text = answer.content.decode()
    assert RegisterRow.objects.count() == 2 and text.count('class="card waiting"') == 1
    assert text.count('class="wrong"') >= 3, "each cell that does not fit is named"


def test_a_shifted_heading_takes_nothing(posts, officer):
    answer = officer("bureau_officer").post(
        "/registers/posts/import/",
        {"do": "apply", "file": upload([GOOD], heads=["", *HEADS[:-1], "多出的列"])},
    )
    assert answer.status_code == 422 and "多出的列" in answer.content.decode()
    assert not RegisterRow.objects.exists()


def test_merged_cells_count_for_their_first_row_alone(posts, officer):
    def write(book, sheet):
        sheet.write_row(0, 0, HEADS)
        sheet.merge_range(1, 0, 3, 0, GOOD[0])
        for line, number in enumerate(("A1", "A2", "A3"), 1):
            sheet.write_row(line, 1, numbered(number)[1:])

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    write(book, book.add_worksheet())
    book.close()
    answer = taken(officer("bureau_officer"), io.BytesIO(buffer.getvalue()))
    text = answer.content.decode()
    assert RegisterRow.objects.get().data["number"] == "A1", "nobody guesses what the empty cells below mean"
    assert text.count('class="card waiting"') == 2 and text.count("必填项为空") == 2


def test_every_cell_of_a_wrong_type_is_named(posts, officer):
    wrong = numbered("A2", p3=7, p5="昨天", p7="很多", p8="一百元", p10="也许")
    answer = officer("bureau_officer").post(
        "/registers/posts/import/", {"do": "check", "file": upload([GOOD, wrong])}
    )
    text = answer.content.decode()
    assert all(f"<td>{title}</td>" in text for title in ("职责", "起", "学时", "补贴", "已批准"))
    assert not RegisterRow.objects.exists()


def test_doubles_in_the_file_and_with_the_register(posts, officer):
    client = officer("bureau_officer")
    tried = client.post("/registers/posts/import/", {"do": "check", "file": upload([GOOD, GOOD])})
    assert "已有相同的行" in tried.content.decode()
    taken(client, upload([GOOD, GOOD]))
    assert RegisterRow.objects.count() == 1
    taken(client, upload([GOOD]))
    assert RegisterRow.objects.count() == 1 and RegisterRow.objects.get().number == 1, (
        "the same again changes nothing"
    )


@pytest.mark.slow
def test_a_million_empty_rows_are_refused_without_being_read(posts, officer):
    def write(book, sheet):
        sheet.write_row(0, 0, HEADS)
        sheet.write_row(1, 0, GOOD)
        grey = book.add_format({"bg_color": "#EEEEEE"})
        for line in range(2, 1_000_000):
            sheet.write_blank(line, 0, None, grey)

    answer = taken(officer("bureau_officer"), workbook(write))
    assert answer.status_code in (200, 422) and RegisterRow.objects.count() <= 1
    assert RegisterRow.objects.exists() or "过" in answer.content.decode()


def test_a_file_beyond_the_limit_is_refused(posts, officer):
    huge = io.BytesIO(b"\0" * (sheets.MOST_BYTES + 1))
    answer = taken(officer("bureau_officer"), huge)
    assert answer.status_code in (413, 422) and "过大" in answer.content.decode()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"<html>", "编号\nA1".encode("utf-16")])
def test_what_is_no_workbook_is_refused_in_words(posts, officer, content):
    answer = taken(officer("bureau_officer"), io.BytesIO(content))
    assert answer.status_code == 422 and not RegisterRow.objects.exists()


@pytest.mark.parametrize("word", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "\t=1"])
def test_a_formula_comes_in_and_goes_out_as_words(posts, officer, word):
    client = officer("bureau_officer")
    taken(client, upload([numbered("A1", p12=word)]))
    answer = client.get("/registers/posts/?export=xlsx&col=number&col=badge")
    assert grid(answer)[1] == ["A1", word.strip()] and b"<f>" not in answer.content


def test_a_second_writer_sees_both_values_on_the_page(posts, post, officer, system, today):
    row_id = services.create(register=posts, values=post(hours=None), by=system, on=today)
    client = officer("bureau_officer")
    form = {"v_clinic": GOOD[0], "v_number": "1", "v_duty": "cure", "v_since": "2024-01-01", "number": "1"}
    assert client.post(f"/registers/posts/{row_id}/edit/", form | {"v_hours": "30"}).status_code == 302
    late = client.post(f"/registers/posts/{row_id}/edit/", form | {"v_hours": "9"})
    text = late.content.decode()
    assert late.status_code in (200, 409, 412, 422) and "30" in text and "9" in text
    assert RegisterRow.objects.get().number == 2, "nothing was overwritten"
