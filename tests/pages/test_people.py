"""Residents' pages: scope, purpose, masks, own page, exports, imports, catalogues."""

import io
import re
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from bench import town
from kangcheng.base import sheets
from kangcheng.base.audit import AuditEvent, LookLog
from kangcheng.registry.categories import selectors as categories

pytestmark = pytest.mark.django_db


def rows_of(content):
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_a_stranger_to_the_institution_is_not_found_until_a_card_is_shown(log_in, city):
    doctor = log_in("clinician")
    address = f"/people/{city.people[0]}/"
    assert doctor.get(address).status_code == 404
    assert "没有找到居民" in doctor.get("/people/", q="测试0").content.decode()
    shown = doctor.post("/people/find/", kind="identity", value=town.identity(0)).content.decode()
    assert "测试0" in shown and town.identity(0) not in shown
    assert doctor.get(address).status_code == 200


def test_the_purpose_goes_into_the_look(log_in, city):
    officer = log_in("fund_officer", place=None)
    page = officer.get(f"/people/{city.people[0]}/", purpose="follow_up", why="季度随访").content.decode()
    assert "随访管理" in page and "季度随访" in page
    look = LookLog.objects.get(person_id=city.people[0], what="person")
    assert (look.purpose, look.why) == ("follow_up", "季度随访")
    assert officer.get(f"/people/{city.people[0]}/", purpose="statistics").status_code == 404, (
        "only by consent"
    )


def test_the_reason_is_sealed_wherever_it_stands_in_an_address(log_in, city):
    """What was typed as a reason may tell about a person's health: no address, link or redirect shows it."""
    officer = log_in("fund_officer", place=None)
    clear = ("季度随访", quote("季度随访"))
    asked = [
        officer.client.post("/people/", {"q": "测试", "why": "季度随访"}),
        officer.client.get("/people/", {"why": "季度随访"}),
        officer.client.get(f"/people/{city.people[0]}/", {"why": "季度随访", "purpose": "follow_up"}),
    ]
    for answer in asked:
        assert answer.status_code == 302 and not [word for word in clear if word in answer["Location"]]
        assert "said=" in answer["Location"]
    page = officer.client.get(asked[0]["Location"]).content.decode()
    links = re.findall(r'href="([^"]+)"', page)
    assert any("said=" in link for link in links) and not [w for w in clear for link in links if w in link]
    assert officer.client.get(f"/people/{city.people[0]}/", {"said": "nonsense"}).status_code == 200


def test_a_file_opened_in_an_emergency_is_reviewed(log_in, city):
    doctor, audit = log_in("clinician"), log_in("audit_admin", place=None)
    address = f"/people/{city.people[3]}/"
    assert "紧急查看" in doctor.get(address).content.decode()
    assert doctor.post(f"{address}emergency/", reason="急").status_code == 422, "the reason says nothing"
    assert doctor.post(f"{address}emergency/", reason="车祸昏迷，需查过敏史").status_code == 200
    page = audit.get("/emergencies/")
    waiting = page.context["waiting"][0]
    assert "车祸昏迷" in page.content.decode()
    done = audit.post(f"/emergencies/{waiting.id}/review/", do="justified", finding="属实").content.decode()
    assert "没有待复核" in done and "属实" in done


def test_a_resident_sees_own_bills_and_who_looked(log_in, city, settled):
    answer, other = settled(0), settled(4)
    log_in("fund_officer", place=None).get(f"/people/{city.people[0]}/")
    resident = log_in("resident", place=None, person=city.people[0])
    page = resident.get("/own/").content.decode()
    assert str(answer.number) in page and "fund_officer" in page
    assert resident.get(f"/claims/{answer.id}/").status_code == 200
    assert resident.get(f"/claims/{other.id}/").status_code == 404
    assert resident.get(f"/people/{city.people[4]}/").status_code == 403


def test_an_export_is_asked_decided_by_another_and_fetched_with_a_watermark(log_in, city):
    officer, leader = log_in("fund_officer", place=None), log_in("bureau_leader", place=None)
    form = {
        "columns": ["name", "identity_masked", "age"],
        "reason": "核对建档立卡名单",
        "category": "registered_poor",
    }
    assert officer.post("/exports/new/", **(form | {"reason": "看"})).status_code == 422
    officer.post("/exports/new/", **form)
    asked = leader.get("/exports/").context["to_decide"][0]["request"]
    assert officer.post(f"/exports/{asked.id}/file/").status_code == 422, "not before approval"
    assert officer.post(f"/exports/{asked.id}/decide/", do="approve").status_code == 403
    leader.post(f"/exports/{asked.id}/decide/", do="approve", why="同意")
    answer = officer.client.post(f"/exports/{asked.id}/file/")
    rows = rows_of(answer.content)
    assert len(rows) == 1 + 3 + 1 and rows[0] == ["姓名", "证号（脱敏）", "年龄"]
    assert "fund_officer" in rows[-1][0] and asked.number in rows[-1][0]
    assert AuditEvent.objects.filter(action="export.fetch").count() == 1
    other = log_in("fund_officer", place=None)
    assert other.post(f"/exports/{asked.id}/file/").status_code == 404, "only the asker takes it"


def list_of(*rows):
    """An .xlsx of the template's headings with these rows (dictionaries by heading)."""
    from kangcheng.registry.imports import selectors

    heads = [head for head, *_ in selectors.help_rows("categories", timezone.localdate())]
    content = sheets.write_sheet([[row.get(head, "") for head in heads] for row in rows], heads)
    return SimpleUploadedFile("名单.xlsx", content)


def poor(number, **changes):
    from kangcheng.registry.imports import selectors

    example = {head: sample for head, _, _, sample in selectors.help_rows("categories", timezone.localdate())}
    heads = {
        key: head for head in example for key in ("身份证", "姓名", "类别", "村", "起", "止") if key in head
    }
    row = example | {heads["身份证"]: town.identity(number), heads["姓名"]: f"测试{number}"}
    return row | {heads[key]: value for key, value in changes.items()}


def test_a_list_with_a_fault_writes_nothing_and_names_the_row(log_in, city):
    officer = log_in("fund_officer", place=None)
    bad = poor(1, 身份证="123")
    answer = officer.post("/imports/check/", kind="categories", file=list_of(poor(2), bad), do="apply")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "没有写入任何数据" in page and "身份证" in page and ">3<" in page, "row 3 of the sheet"
    sheet = officer.client.post(
        "/imports/check/", {"kind": "categories", "file": list_of(poor(2), bad), "do": "errors"}
    )
    assert rows_of(sheet.content)[1][0] == 3


def test_a_clean_list_is_tried_written_and_undone(log_in, city):
    officer = log_in("fund_officer", place=None)
    person = city.people[1]
    tried = officer.post(
        "/imports/check/", kind="categories", file=list_of(poor(1)), do="check"
    ).content.decode()
    assert "试导入通过" in tried
    before = categories.rows(person)
    done = officer.post(
        "/imports/check/", kind="categories", file=list_of(poor(1)), do="apply", source="测试"
    ).content.decode()
    assert "已写入" in done and len(categories.rows(person)) == len(before) + 1
    batch = officer.get("/imports/").context["batches"][0]
    assert "已撤销" in officer.post(f"/imports/{batch.id}/undo/", why="名单有误").content.decode()
    assert categories.rows(person) == before


def test_a_mapping_is_approved_by_another_person_only(log_in, city):
    manager = log_in("institution_manager")
    officer = log_in("fund_officer", place=None)
    assert "X1" in manager.get("/catalogues/unmapped/").content.decode()
    manager.post(
        "/catalogues/mappings/",
        institution=str(town.COUNTY_HOSPITAL),
        hospital_code="X1",
        national_code="N-A1",
    )
    proposed = next(m for m in officer.get("/catalogues/mappings/").context["listing"].rows)
    assert manager.post(proposed["url"], do="approve").status_code in (403, 422)
    assert "已通过" in officer.post(proposed["url"], do="approve").content.decode()
    assert "X1" not in manager.get("/catalogues/unmapped/").content.decode()


def test_institutions_as_of_a_day(log_in, city):
    officer = log_in("fund_officer", place=None)
    assert "测试县医院" in officer.get("/institutions/").content.decode()
    assert "测试县医院" not in officer.get("/institutions/", on="2019-01-01").content.decode()
    assert "测试镇卫生院" in officer.get(f"/institutions/{town.TOWNSHIP_HOSPITAL}/").content.decode()
