"""Direct inpatient settlement: two different persons check, the payee signs, the evidence is kept."""

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bench import town
from kangcheng.base.audit import LookLog
from kangcheng.funds.procedure.models import ProcedureStep

pytestmark = pytest.mark.django_db
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DRAWN = "data:image/png;base64," + base64.b64encode(PNG + b"0" * 120).decode()


@pytest.fixture(autouse=True)
def kept(tmp_path):
    """Evidence goes into a folder of the test."""
    from kangcheng.base import files

    files.use(tmp_path)


@pytest.fixture
def opened(log_in, discharged):
    """(cashier, address of the procedure) over a discharged bill."""
    cashier, bill = log_in("cashier"), discharged(0)
    answer = cashier.post(f"/bills/{bill.id}/procedure/")
    return cashier, answer.redirect_chain[-1][0], bill


def step(reader, address, do, role, **fields):
    return reader.post(f"{address}step/", do=do, role=role, **fields)


def picture():
    return SimpleUploadedFile("thumb.png", PNG, "image/png")


def test_the_whole_way_is_on_record(opened, log_in):
    cashier, address, bill = opened
    doctor = log_in("clinician")
    assert "首诊医生认定身份" in doctor.get(address).content.decode()
    step(doctor, address, "confirm-identity", "clinician", identity_seen="yes")
    step(cashier, address, "confirm-eligibility", "cashier", coverage_seen="yes")
    settled = cashier.post(f"/bills/{bill.id}/settle/", key="s").context["answer"]
    step(cashier, address, "settle", "cashier", settlement=str(settled.number))
    page = step(
        cashier, address, "pay", "cashier", payee_name="测试0", payee_identity=town.identity(0), payee_signature=DRAWN,
        payee_fingerprint=picture(),
    ).content.decode()  # fmt: skip
    assert "已直补" in page and "SHA-256" in page
    assert town.identity(0) not in page and "********" in page, "the payee's number is masked"
    assert ProcedureStep.objects.count() == 4
    assert cashier.client.get(f"{address}evidence/payee_fingerprint/").content == PNG
    assert LookLog.objects.filter(what="evidence").exists()
    assert "100.0%" in cashier.get("/procedures/?state=paid").content.decode(), "one-time settlement rate"
    elsewhere = log_in("cashier", place=town.TOWNSHIP_HOSPITAL)
    assert "100.0%" not in elsewhere.get("/procedures/?state=paid").content.decode(), (
        "another hospital's rate"
    )


def test_one_person_cannot_do_both_checks(opened, log_in, system):
    from django.utils import timezone

    from kangcheng.base.accounts.services import grant_role

    _, address, _ = opened
    both = log_in("clinician")
    grant_role(
        user=both.user,
        role="cashier",
        institution_id=town.COUNTY_HOSPITAL,
        by=system,
        on=timezone.localdate(),
    )
    step(both, address, "confirm-identity", "clinician", identity_seen="yes")
    answer = step(both, address, "confirm-eligibility", "cashier", coverage_seen="yes")
    assert answer.status_code == 422 and "不同" in answer.content.decode()


def test_a_clerk_cannot_stand_in_for_the_doctor(opened):
    cashier, address, _ = opened
    assert "这一步由其他岗位办理" in cashier.get(address).content.decode()
    assert step(cashier, address, "confirm-identity", "clinician", identity_seen="yes").status_code == 422


def test_evidence_of_a_wrong_kind_is_refused_by_name(opened, log_in):
    cashier, address, _ = opened
    bad = SimpleUploadedFile("a.exe", b"MZ", "application/x-msdownload")
    answer = step(cashier, address, "pay", "cashier", payee_name="x", payee_signature=bad)
    assert answer.status_code == 422 and "payee_signature" in answer.content.decode()
    answer = step(cashier, address, "pay", "cashier", payee_signature="data:image/png;base64,!!!")
    assert answer.status_code == 422


def test_another_institution_does_not_see_it(opened, log_in):
    _, address, _ = opened
    other = log_in("cashier", place=town.TOWNSHIP_HOSPITAL)
    assert other.get(address).status_code == 404
    assert "没有在办的直补" in other.get("/procedures/").content.decode()
