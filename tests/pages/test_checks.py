"""Pages of checklists, reviews and documents: forms that lose nothing, places nobody else sees."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import override_settings
from django.urls import reverse

from bench import town
from kangcheng.base import files
from kangcheng.work.checklists.models import Rectification, Round, RoundUnit
from kangcheng.work.reviews.models import Finding
from kangcheng.work.templates.models import IssuedDocument

GOOD = {
    "area": "1200", "rooms": "all", "toilets": "yes", "doctors-per-thousand": "1.5", "licensed": "yes", "training": "95%",
    "essential-medicines": "0", "records": "0", "deliveries": "yes",
}  # fmt: skip


@pytest.fixture
def stored(tmp_path):
    before = files._folder
    files.use(tmp_path / "files")
    yield
    files.use(before)


@pytest.fixture
def inspector(log_in):
    return log_in("inspector", place=None)


@pytest.fixture
def manager(log_in):
    return log_in("institution_manager", place=town.TOWNSHIP_HOSPITAL)


@pytest.fixture
def unit(inspector):
    answer = inspector.post(
        reverse("portal:round_open", args=("township-hospital-standard",)),
        title="本年评审",
        year="2026",
        due="2099-12-31",
        county="",
    )
    assert answer.status_code == 200 and Round.objects.count() == 1
    return RoundUnit.objects.get(institution_id=town.TOWNSHIP_HOSPITAL)


def typed(**answers):
    """The form of these answers."""
    return {f"a-{name.replace('_', '-')}": text for name, text in {**GOOD, **answers}.items()}


def fill(unit, stage):
    return reverse("portal:unit_fill", args=(unit.pk, stage))


def test_from_the_catalogue_to_a_closed_rectification(unit, inspector, manager, stored):
    assert "乡镇卫生院标准化建设评审" in inspector.get("/checklists/").text
    assert "一票否决" in inspector.get("/checklists/township-hospital-standard/").text
    saved = manager.post(fill(unit, "self"), do="save", seen="0", **{"a-area": "1200", "r-area": "证书"})
    assert 'value="证书"' in saved.text
    wrong = manager.post(fill(unit, "self"), do="submit", seen="1", **typed(area="很大", training=""))
    assert wrong.status_code == 422 and "未作答" in wrong.text and 'value="很大"' in wrong.text
    assert "已提交" in manager.post(fill(unit, "self"), do="submit", seen="1", **typed()).text
    assert (
        inspector.post(
            fill(unit, "on_site"), do="submit", seen="0", **typed(area="500", toilets="no")
        ).status_code
        == 200
    )
    shown = inspector.get(reverse("portal:unit", args=(unit.pk,))).text
    assert "自查与评审的差别" in shown and "签发整改通知书" in shown
    document = inspector.post(reverse("portal:unit_notify", args=(unit.pk,)))
    assert "限期整改通知书" in document.text and IssuedDocument.objects.count() == 1
    waiting = Rectification.objects.get(item="toilets")
    manager.post(reverse("portal:unit_report", args=(unit.pk, waiting.pk)), words="已建")
    inspector.post(fill(unit, "recheck"), do="submit", seen="0", **{"a-toilets": "yes", "a-area": "700"})
    assert set(Rectification.objects.values_list("state", flat=True)) == {"done"}
    for address in ("print/", ""):
        assert manager.get(f"/checklists/units/{unit.pk}/{address}").status_code == 200


def test_the_score_follows_the_form(unit, manager):
    shown = manager.post(
        reverse("portal:unit_preview", args=(unit.pk, "self")), **{"a-area": "1200", "a-toilets": "no"}
    )
    assert "项未答" in shown.text and "无障碍卫生间" in shown.text


def test_nobody_else_sees_or_fills(unit, log_in, manager):
    other = log_in("institution_manager", place=town.COUNTY_HOSPITAL)
    for address in (
        f"/checklists/units/{unit.pk}/",
        fill(unit, "self"),
        f"/checklists/rounds/{unit.round_id}/",
    ):
        assert other.get(address).status_code == 404
    assert manager.get(fill(unit, "on_site")).status_code == 404
    assert log_in("cashier").get("/checklists/").status_code == 403
    leader = log_in("bureau_leader", place=None)
    assert leader.get(f"/checklists/rounds/{unit.round_id}/").status_code == 200
    assert leader.get(fill(unit, "on_site")).status_code == 404


def test_a_round_as_a_spreadsheet(unit, inspector, manager):
    assert inspector.get(f"/checklists/rounds/{unit.round_id}/?export=xlsx")["Content-Type"].endswith("sheet")
    assert len(manager.get(f"/checklists/rounds/{unit.round_id}/blank/").content) > 3000
    assert manager.post(f"/checklists/rounds/{unit.round_id}/import/", stage="self").status_code == 422
    closed = inspector.post(f"/checklists/rounds/{unit.round_id}/close/")
    assert "已结束" in closed.text


@pytest.fixture
def lake(tmp_path, city):
    """An export with one split stay."""
    folder = tmp_path / "lake" / "one"
    folder.mkdir(parents=True)
    day = date(2024, 3, 1)
    table = pa.table(
        {
            "claim_id": ["A", "B"], "person_id": ["p", "p"], "institution_id": [str(town.TOWNSHIP_HOSPITAL)] * 2,
            "setting": ["inpatient"] * 2, "disease": ["J18"] * 2, "total": [5_000_00, 4_200_50],
            "admitted_on": [day, day.replace(day=7)], "discharged_on": [day.replace(day=6), day.replace(day=12)],
        }
    )  # fmt: skip
    pq.write_table(table, folder / "claims.parquet")
    (folder / "export.json").write_text('{"as_of": "2024-03-20T08:00:00+08:00", "rows": {}}', "utf-8")
    (folder.parent / "current").write_text("one", "utf-8")
    with override_settings(LAKE_FOLDER=folder.parent):
        yield


def test_a_finding_from_the_run_to_its_end(lake, log_in, manager, stored):
    auditor = log_in("fund_auditor", place=None)
    assert "疑点 1 个" in auditor.post("/findings/run/", review="split-stays", seed="7").text
    finding = Finding.objects.get()
    address = f"/findings/{finding.pk}/"
    assert manager.get(address).status_code == 404
    act = f"{address}act/"
    assert auditor.post(act, do="confirm", words="属实").status_code == 422
    auditor.post(act, do="ask", words="请说明")
    assert "答复" in manager.get(address).text
    assert manager.post(act, do="confirm", words="没有").status_code == 403
    manager.post(act, do="reply", words="并发症")
    auditor.post(act, do="confirm", words="病历不支持")
    auditor.post(act, do="notify", words="退回违规费用。")
    auditor.post(act, do="close", words="已退", recovered="4200.50")
    shown = manager.get(address).text
    assert "4,200.50" in shown and "康医保审" in shown and "相隔1天" in shown
    document = IssuedDocument.objects.get()
    assert manager.post(f"/documents/{document.pk}/copy/", format="docx").content.startswith(b"PK")
    assert manager.post(f"/documents/{document.pk}/revoke/", why="不服").status_code == 403
    assert "已作废" in auditor.post(f"/documents/{document.pk}/revoke/", why="单位名称有误").text
    assert auditor.get("/documents/").status_code == auditor.get("/findings/?export=xlsx").status_code == 200
