"""Documents: numbered without a gap, the same words in every format, prints counted, revoked and not changed."""

import io
from datetime import date
from fractions import Fraction

import pytest
from django.utils import timezone

from kangcheng.base import files
from kangcheng.base.audit import ReasonError
from kangcheng.kernel.errors import Faults
from kangcheng.kernel.ids import new_id
from kangcheng.policy.reader import load_pack
from kangcheng.work.checklists.scope import NotPermitted
from kangcheng.work.templates import render, rules, selectors, services
from kangcheng.work.templates.models import DocumentSeries, IssuedDocument
from kangcheng.work.templates.types import TemplateError

FIELDS = {
    "unit": "河东<中心>卫生院", "checklist": "乡镇卫生院标准化建设评审", "checked_on": "2024-04-29", "score": Fraction(163, 2),
    "items": [{"item": "业务用房面积", "due_on": date(2024, 7, 26)}, {"item": "四室分设"}], "latest": "2024-07-26",
}  # fmt: skip
PLACE = new_id()


@pytest.fixture(scope="module")
def pack():
    return load_pack("kangcheng")


@pytest.fixture
def issue(db, pack, actor, tmp_path):
    before = files._folder
    files.use(tmp_path)

    def make(*, on=date(2024, 5, 6), by=None, **more):
        by = by or actor("inspector", areas=["1503"])
        return services.issue(
            template="rectification-notice", fields={**FIELDS, **more}, pack=pack, by=by, on=on, institution_id=PLACE,
            area_code="150302",
        )  # fmt: skip

    yield make
    files.use(before)


def test_numbers_follow_each_other_and_begin_again_each_year(issue):
    numbers = [issue().number, issue().number, issue(on=date(2025, 1, 2)).number]
    assert numbers == ["康卫改〔2024〕1号", "康卫改〔2024〕2号", "康卫改〔2025〕1号"]
    with pytest.raises(Faults):
        issue(unit="")
    assert issue().number == "康卫改〔2024〕3号"
    assert DocumentSeries.objects.count() == 2


def test_every_wrong_field_is_named(issue):
    with pytest.raises(Faults) as caught:
        issue(checked_on="昨天", score="", strange="1")
    assert {fault.where for fault in caught.value.faults} == {"checked_on", "score", "strange"}


def test_three_formats_say_the_same(issue, actor):
    from docx import Document

    by = actor("institution_manager", institutions=[PLACE])
    document = issue()
    laid = selectors.laid_of(document.id, by)
    word = Document(io.BytesIO(render.docx(laid)))
    words = "\n".join(paragraph.text for paragraph in word.paragraphs)
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    page = render.html(laid).decode()
    for sentence in ("康卫改〔2024〕1号", "2024年5月6日", "得分81.5分", "最迟不晚于2024年7月26日"):
        assert sentence in words and sentence in page
    assert "2024年7月26日" in cells and "河东&lt;中心&gt;卫生院" in page and "<中心>" not in page
    assert render.pdf(laid).startswith(b"%PDF")


def test_the_first_print_is_the_stored_file_and_later_ones_say_so(issue, actor, today):
    by = actor("institution_manager", institutions=[PLACE])
    document = issue()
    kwargs = {"document_id": document.id, "by": by, "on": today, "now": timezone.now()}
    first, name, copy = services.print_copy(format="pdf", **kwargs)
    row = IssuedDocument.objects.select_related("file").get()
    assert (first, name, copy) == (files.read(row.file), "康卫改〔2024〕1号.pdf", 1)
    page, _, copy = services.print_copy(format="html", **kwargs)
    assert copy == 2 and "第2份" in page.decode()
    assert [one[0] for one in selectors.document(document.id, by).printed] == [1, 2]
    assert services.fingerprint(selectors.unpacked(row.laid)) == row.sha256
    with pytest.raises(TemplateError, match="format"):
        services.print_copy(format="exe", **kwargs)


def test_revoked_with_a_reason_and_marked(issue, actor, pack, today):
    inspector = actor("inspector", areas=["1503"])
    document = issue()
    kwargs = {"document_id": document.id, "on": today, "pack": pack}
    with pytest.raises(ReasonError):
        services.revoke(by=inspector, why=" ", **kwargs)
    with pytest.raises(NotPermitted):
        services.revoke(by=actor("institution_manager", institutions=[PLACE]), why="不服", **kwargs)
    services.revoke(by=inspector, why="单位有误", **kwargs)
    page = services.print_copy(
        document_id=document.id, format="html", by=inspector, on=today, now=timezone.now()
    )[0]
    assert "已作废" in page.decode() and selectors.document(document.id, inspector).revoked_why == "单位有误"
    assert issue().number == "康卫改〔2024〕2号"


def test_who_may(issue, actor):
    document = issue()
    for stranger in (actor("institution_manager", institutions=[new_id()]), actor("inspector", areas=["36"])):
        with pytest.raises(TemplateError):
            selectors.document(document.id, stranger)
    with pytest.raises(NotPermitted):
        issue(by=actor("institution_manager", institutions=[PLACE]))
    with pytest.raises(NotPermitted):
        issue(by=actor("inspector", areas=["36"]))


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2024, 3, 5), "二〇二四年三月五日"), (date(2010, 10, 10), "二〇一〇年十月十日"),
        (date(2024, 12, 31), "二〇二四年十二月三十一日"), (date(2024, 11, 20), "二〇二四年十一月二十日"),
    ],
)  # fmt: skip
def test_days_in_chinese_numerals(day, words):
    assert rules.chinese_day(day) == words
