"""The record: a village doctor reads a life, reuses the city hospital's CT and corrects the note; the resident sees who looked."""

import re
from datetime import date

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_record(doctor, person):
    """The record of somebody who shows their card."""
    doctor.goto("/people/")
    doctor.fill("#value", person["identity"])
    doctor.click("button:text-is('打开')")
    doctor.wait_for_url(re.compile("/people/[0-9a-f-]{36}/"))
    doctor.click("text=健康档案 >> nth=-1")
    doctor.wait_for_url(re.compile("/record/$"))


def repeat_with_a_reason(doctor, person):
    """The same test once more, with the reason kept in the record."""
    doctor.goto(f"/people/{person['id']}/encounter/new/")
    doctor.fill("#complaint", "头痛加重伴呕吐")
    doctor.fill("#diagnosis-0", "G43 偏头痛")
    doctor.fill("#test-0", "fee-ct CT平扫")
    doctor.click("text=签名并写入")
    doctor.check("input[name=decision-0][value=repeated]")
    doctor.fill("input[name=reason-0]", "病情明显变化")
    doctor.click("text=签名并写入")
    doctor.wait_for_url(re.compile(r"/encounter/[0-9a-f-]{36}/$"))
    assert "重做理由：病情明显变化" in doctor.inner_text("main")


def test_a_village_doctor_reuses_the_city_hospitals_result(log_in, city):
    """village_doctor, then the resident: the result is shown, reused with the visit, the note corrected, the look told."""
    doctor, person = log_in("village"), city.facts["resident"]
    open_record(doctor, person)
    assert "康城市第一人民医院" in doctor.inner_text("main") and "CT平扫" in doctor.inner_text("main")
    doctor.click("text=写病历")
    doctor.fill("#complaint", "头痛三天")
    with doctor.expect_response(re.compile("/encounter/diagnoses/")):
        doctor.locator("#diagnosis-0").press_sequentially("pt")
    doctor.wait_for_selector("#diagnoses option", state="attached")
    doctor.fill("#diagnosis-0", "G43 偏头痛")
    doctor.fill("#test-0", "fee-ct CT平扫")
    doctor.locator("select[name=medicine]").first.select_option(index=1)
    doctor.click("text=签名并写入")
    shown = doctor.inner_text("main")
    assert "没有写入任何内容" in shown and "已有可互认的结果" in shown and "康城市第一人民医院" in shown
    doctor.check("input[name=decision-0][value=repeated]")
    doctor.click("text=签名并写入")
    assert "重做未写理由" in doctor.inner_text("main")
    doctor.check("input[name=decision-0][value=reused]")
    doctor.click("text=签名并写入")
    doctor.wait_for_url(re.compile(r"/encounter/[0-9a-f-]{36}/$"))
    assert "采用 康城市第一人民医院" in doctor.inner_text("main") and "头痛三天" in doctor.inner_text("main")
    doctor.fill("#complaint", "头痛五天")
    doctor.fill("#why", "患者更正病程")
    doctor.click("text=签名更正")
    assert "头痛五天" in doctor.inner_text("main") and "头痛三天" in doctor.inner_text("main")
    doctor.click("text=去结算报销")
    doctor.wait_for_url(re.compile("/counter/"))
    repeat_with_a_reason(doctor, person)

    resident = log_in("resident", width=390)
    resident.goto("/me/record/")
    told = resident.inner_text("main")
    assert "周守田" in told and "偏头痛" in told
    resident.click("text=大字")
    assert "big=1" in resident.url
    with resident.expect_download() as download:
        resident.click("text=下载 PDF")
    assert download.value.path().read_bytes().startswith(b"%PDF")


def test_a_resident_narrows_the_own_record(log_in):
    """resident: results by kind and day, and the record as data; somebody else's is not to be had."""
    resident = log_in("resident")
    resident.goto("/me/record/?kind=DiagnosticReport")
    rows = resident.locator("section:has(#kind) tbody")
    assert "检查" in rows.inner_text() and "处方" not in rows.inner_text()
    resident.fill("#since", date(2100, 1, 1).isoformat())
    resident.click("text=筛选")
    assert "没有记录" in resident.inner_text("main")
    resident.goto("/me/record/")
    with resident.expect_download() as download:
        resident.click("text=下载数据")
    assert '"Encounter"' in download.value.path().read_text("utf-8")
