"""Pages of forms: the list, trying one out, filling one in for a resident."""

import re

import pytest

from bench import town
from kangcheng.base.audit import LookLog
from kangcheng.portal import citypack
from kangcheng.records.store.models import Resource

pytestmark = pytest.mark.django_db


def visit():
    """What a worked case of the form fills in."""
    cases = citypack.pack().entries["form", "hypertension-follow-up"].cases
    answers = next(case for case in cases if case.name == "收缩压180").data["answers"]
    return {f"a_{name}": value for name, value in answers.items()}


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def doctor(log_in):
    return log_in("clinician")


def test_forms_are_listed(doctor):
    assert "中医体质判定（60 条目）" in text(doctor.client.get("/forms/?title=60"))


def test_a_question_appears_when_its_condition_holds_and_scores_follow(doctor):
    page = doctor.client.post("/forms/tcm-constitution-60/", {"a_sex": "1"}, HTTP_HX_REQUEST="true")
    assert "阴囊" in text(page) and "带下" not in text(page)
    assert "请填写" not in text(page)
    filled = {f"a_{name}": "3" for name in re.findall(r'name="a_([a-z]\d)"', page.content.decode())}
    done = doctor.client.post("/forms/tcm-constitution-60/", {"a_sex": "1", **filled})
    assert done.status_code == 200
    assert "填写无误" in text(done) and "50" in text(done)
    assert Resource.objects.count() == 0


def test_every_fault_is_marked_at_its_question(doctor):
    page = doctor.client.post("/forms/hypertension-follow-up/", {"a_sbp": "9999"})
    assert page.status_code == 422
    assert "不应大于 300" in text(page) and "请填写：舒张压" in text(page)
    assert doctor.client.get("/forms/nosuch/").status_code == 404


def test_a_form_filled_in_for_a_resident_is_kept_and_the_look_is_logged(city, log_in):
    doctor = log_in("clinician")
    doctor.post("/people/find/", kind="identity", value=town.identity(0))
    address = f"/people/{city.people[0]}/forms/hypertension-follow-up/"
    page = doctor.client.get(address)
    assert page.status_code == 200
    assert LookLog.objects.filter(person_id=city.people[0], what="form").count() == 1
    wrong = doctor.client.post(address, {**visit(), "a_dbp": ""})
    assert wrong.status_code == 422 and Resource.objects.count() == 0
    done = doctor.client.post(address, visit(), follow=True)
    assert "已写入健康档案" in text(done)
    kept = Resource.objects.filter(subject_id=city.people[0])
    assert kept.filter(type="QuestionnaireResponse").count() == 1
    assert kept.filter(type="Observation").count() >= 5


def test_who_may_not_write_the_record_fills_in_nothing(city, log_in):
    cashier = log_in("cashier")
    assert cashier.client.get(f"/people/{city.people[0]}/forms/barthel/").status_code == 403
