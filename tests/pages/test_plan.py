"""The plan, its entries, releases, indicators and reports; languages; error pages; lists."""

import io

import pytest
from django.test import Client

from kangcheng.portal import citypack
from kangcheng.portal.counter import explanation, figures
from kangcheng.portal.performance import selectors as labels

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(log_in):
    return log_in("bureau_leader", place=None)


@pytest.fixture(autouse=True)
def own_releases(settings, tmp_path):
    """Releases of a test go into a folder of its own."""
    settings.DATA = tmp_path


def test_every_document_and_a_clause_of_each_opens(leader):
    for document in citypack.pack().documents:
        page = leader.get(f"/plan/documents/{document}/")
        assert page.status_code == 200 and citypack.pack().documents[document].title in page.content.decode()
        first = next(c for c in citypack.pack().clauses.values() if c.document == document)
        assert first.quote[:12] in leader.get(f"/plan/documents/{document}/{first.id}/").content.decode()


def test_every_kind_of_entry_opens(leader):
    shown = {}
    for (kind, id_), entry in citypack.pack().entries.items():
        if kind not in shown and kind != "document":
            shown[kind] = leader.get(f"/plan/entries/{kind}/{id_}/").status_code
            assert entry.file
    assert set(shown.values()) == {200} and len(shown) > 6


def test_filters_of_the_clauses_narrow_and_export(leader):
    from python_calamine import CalamineWorkbook

    every = leader.get("/plan/clauses/").context["listing"].count
    some = leader.get("/plan/clauses/", module="funds").context["listing"].count
    assert 0 < some < every == 449
    sheet = leader.client.get("/plan/clauses/?module=funds&export=xlsx")
    assert (
        len(CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python())
        == some + 2
    )


def test_sorting_and_paging_keep_the_filter(leader):
    page = leader.get("/plan/clauses/", module="registry", sort="-id", page="2")
    found = page.context["listing"]
    assert found.first == 51 and [row["id"] for row in found.rows] == sorted(
        (row["id"] for row in found.rows), reverse=True
    )
    assert "module=registry" in page.content.decode()
    assert leader.get("/plan/clauses/", page="x", sort="nonsense").status_code == 200


def test_a_release_takes_two_people(log_in, leader):
    officer = log_in("fund_officer", place=None)
    assert leader.post("/plan/releases/publish/").status_code == 403, "nobody has proposed it"
    assert "等待局领导批准" in officer.post("/plan/releases/propose/", why="年度政策").content.decode()
    assert officer.post("/plan/releases/publish/").status_code == 403
    page = leader.post("/plan/releases/publish/").content.decode()
    assert "已发布" in page and "fund_officer" in page and "bureau_leader" in page
    same = leader.get("/plan/releases/", a=citypack.pack().release_hash, b="").content.decode()
    assert "两个版本内容相同" in same
    assert "没有这个发布" in leader.get("/plan/releases/", a="0000", b="").content.decode()


def test_without_a_lake_the_pages_say_what_to_do(leader, settings, tmp_path):
    settings.LAKE_FOLDER = tmp_path / "lake"
    for address in ("/indicators/", "/indicators/fund-outlay/", "/reports/"):
        page = leader.get(address)
        assert page.status_code == 200 and "数据" in page.content.decode()
    assert leader.get("/reports/fund-monthly/2024-05/").status_code == 422


def test_english_for_who_switches(leader):
    leader.client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    page = leader.get("/plan/").content.decode()
    assert "How far the plan has come" in page and "规划落实" not in page


def test_a_page_that_is_not_there_says_so():
    page = Client(raise_request_exception=False).get("/no/such/page/")
    assert page.status_code == 404 and "没有这一页" in page.content.decode()


def test_words_of_running_figures():
    assert (
        figures.figure_title("resident-inpatient-basic.deductible") == "城乡居民基本医保住院 · 已承担起付线"
    )
    assert figures.figure_title("critical-illness.paid@month").endswith("已支付（当月）")
    assert figures.figure_text("x.count", 2) == "2" and figures.figure_text("x.paid", 250) == "2.50"
    assert figures.period_text("year:2024-01-01") == "2024年"


def test_clauses_of_a_reason_are_quoted():
    (found,) = explanation.clauses("relief-2021#S3-02.14; nowhere#1")
    assert found["document"] == "2021年全市医疗卫生计生扶贫工作计划" and "大病保险" in found["quote"]


def test_codes_of_a_split_are_in_words_and_in_order():
    assert labels.label("payer", "critical") == "大病保险"
    assert labels.in_order("level", ["三级", "二级", "一级", "?"]) == ["一级", "二级", "三级", "?"]
    assert labels.label("entitlement", "kashin-beck").startswith("五补助")
