"""The first doctor and the clerk of a direct settlement; the village doctor who looks for a reason; who is out of scope."""

import re

import pytest

from tests.journeys.conftest import RUN
from tests.journeys.steps import fill_visit, show_card

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 200


def test_direct_settlement_asks_two_people_and_keeps_the_evidence(newcomer, city):
    """The roles clinician and cashier of one hospital; the payee signs on the screen."""
    place, person = city.facts["hospital"], city.facts["poor_others"][4]
    cashier = newcomer("cashier", login="kuaiji", institution=place)
    doctor = newcomer("clinician", login="yisheng", institution=place)
    show_card(cashier, person["identity"])
    fill_visit(cashier, [(city.facts["items"]["dearest"]["jia"]["code"], 2)])
    cashier.click("button[value=open]")
    cashier.wait_for_url(re.compile("/bills/"))
    bill = cashier.url
    cashier.click("text=办理住院直补")
    cashier.wait_for_url(re.compile("/procedures/"))
    address = cashier.url
    assert "这一步由其他岗位办理" in cashier.inner_text("main"), "the clerk cannot stand in for the doctor"
    assert "转诊手续" in cashier.inner_text("main") and "复印凭证" in cashier.inner_text("main")

    doctor.goto(address)
    doctor.check("input[name=identity_seen]")
    doctor.click("button:text-is('首诊医生认定身份')")
    assert "身份已认定" in doctor.inner_text("#messages")
    assert "这一步由其他岗位办理" in doctor.inner_text("main"), "the doctor cannot do the second check"

    cashier.reload()
    cashier.check("input[name=coverage_seen]")
    cashier.click("button:text-is('直报室审核补偿资格')")
    cashier.goto(bill)
    cashier.click("button:text-is('办理出院')")
    cashier.wait_for_selector("#messages .note")
    cashier.click("form[action$='/settle/'] button")
    cashier.wait_for_url(re.compile("/claims/"))
    cashier.goto(address)
    cashier.click("button:text-is('结算')")
    assert "已结算待领款" in cashier.inner_text("#messages")
    pay = cashier.locator("form:has(input[value=pay])")
    pay.locator("[name=payee_name]").first.fill(person["name"])
    pay.locator("input[name=payee_identity]").fill(person["identity"])
    box = pay.locator("canvas").bounding_box()
    cashier.mouse.move(box["x"] + 20, box["y"] + 60)
    cashier.mouse.down()
    for step in range(1, 12):
        cashier.mouse.move(box["x"] + 20 + 20 * step, box["y"] + 60 + (step % 3) * 20)
    cashier.mouse.up()
    pay.locator("input[name=payee_fingerprint]").set_input_files(
        {"name": "thumb.png", "mimeType": "image/png", "buffer": PICTURE}
    )
    pay.locator("button").click()
    assert "已直补" in cashier.inner_text("#messages"), cashier.inner_text("main")
    page = cashier.inner_text("main")
    assert (
        page.count("SHA-256") == 2
        and person["identity"] not in cashier.content()
        and person["masked"] in page
    )
    cashier.goto("/procedures/?state=paid")
    assert "%" in cashier.inner_text(".card.stat")


def test_a_stranger_is_not_found_and_an_emergency_is_reviewed(log_in, city):
    """clinician, then audit_admin."""
    strangers = city.facts["strangers"]
    doctor, stranger = log_in("clinician"), strangers[int(RUN, 16) % len(strangers)]
    doctor.goto(f"/people/?q={stranger['name']}")
    assert stranger["masked"] not in doctor.inner_text("main")
    answer = doctor.goto(f"/people/{stranger['id']}/")
    assert answer.status == 404 and stranger["name"] not in doctor.inner_text("main")
    doctor.fill("#reason", "车祸昏迷，需要核对过敏史")
    doctor.click("button:text-is('紧急打开')")
    assert stranger["name"] in doctor.inner_text("h1")
    audit = log_in("audit")
    audit.goto("/emergencies/")
    assert "车祸昏迷" in audit.inner_text("main")
    audit.fill("#f1", "情况属实")
    audit.click("button:text-is('正当') >> nth=0")
    assert "情况属实" in audit.inner_text("main")


def test_the_village_doctor_looks_for_a_purpose(log_in, city):
    """village_doctor: the card opens the file, the purpose is on record, the resident's own page says who looked."""
    doctor, person = log_in("village"), city.facts["resident"]
    doctor.goto("/people/?purpose=follow_up&why=季度随访")
    doctor.fill("#value", person["identity"])
    doctor.click("button:text-is('打开')")
    doctor.wait_for_url(re.compile("/people/[0-9a-f-]{36}/"))
    doctor.goto(f"/people/{person['id']}/?purpose=follow_up&why=季度随访")
    assert person["name"] in doctor.inner_text("h1") and "随访管理" in doctor.inner_text(".head")
    assert person["identity"] not in doctor.content()
    resident = log_in("resident")
    resident.goto("/own/")
    looks = resident.inner_text("main")
    assert "周守田" in looks and "季度随访" in looks
