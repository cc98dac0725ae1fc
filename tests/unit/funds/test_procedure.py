"""Direct inpatient settlement as the seed describes it: two checks by two persons, the payee's evidence, the one-time rate."""

from fractions import Fraction

import pytest
from django.conf import settings

from bench import town as town_
from kangcheng.base import files
from kangcheng.base.files import StoredFile
from kangcheng.funds.procedure import selectors, services
from kangcheng.funds.procedure.models import ProcedureStep
from kangcheng.funds.procedure.types import DIRECT, ProcedureError
from kangcheng.funds.settlement import services as settlement
from kangcheng.kernel.errors import Faults
from kangcheng.policy.machine import Refused
from kangcheng.policy.reader import load_pack

DAY = town_.DAY
DOCTOR, CLERK = town_.staff("clinician"), town_.staff("cashier")
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def rules():
    """The seed's pack, which holds the process."""
    return load_pack("qingyuan")


@pytest.fixture
def opened(stay, rules):
    """A procedure over a discharged bill."""
    return services.open_procedure(bill_id=stay(1), pack=rules, by=CLERK, on=DAY)


@pytest.fixture(autouse=True)
def folder(tmp_path):
    """Evidence is kept in a folder of the test."""
    files.use(tmp_path)
    yield
    files.use(settings.FILES_FOLDER)


def step(found, do, by, role, **options):
    return services.step(procedure_id=found.id, do=do, role=role, by=by, on=DAY, **options)


def checked(found):
    step(found, "confirm-identity", DOCTOR, "clinician", fields={"identity_seen": "yes"})
    return step(found, "confirm-eligibility", CLERK, "cashier", fields={"coverage_seen": "yes"})


def paid(found, pack, **changes):
    answer = settlement.settle(bill_id=found.bill_id, pack=pack, by=CLERK, on=DAY, key=f"s-{found.bill_id}")
    step(found, "settle", CLERK, "cashier", fields={"settlement": str(answer.number)})
    fields = {"payee_name": "测试1", "payee_identity": town_.identity(1)}
    evidence = {
        "payee_signature": ("sign.png", "image/png", b"signature"),
        "payee_fingerprint": ("print.png", "image/png", b"fingerprint"),
    }
    return step(found, "pay", CLERK, "cashier", fields=fields, evidence={**evidence, **changes})


def test_the_whole_way(opened, pack):
    checked(opened)
    done = paid(opened, pack)
    assert (done.state, done.final, done.finished_on) == ("paid", True, DAY)
    assert "转诊手续" in done.not_asked and "复印凭证" in done.not_asked
    last = done.steps[-1]
    assert last.payee_name == "测试1" and last.fields["payee_identity"].endswith(town_.identity(1)[-4:])
    assert town_.identity(1) not in str(last)
    assert ProcedureStep.objects.get(step="pay").payee_identity == town_.identity(1)
    hashes = set(StoredFile.objects.values_list("sha256", flat=True))
    assert {one["sha256"] for one in last.evidence.values()} == hashes and len(hashes) == 2
    assert selectors.rate_of(process=DIRECT, rate_id="one-time-settlement", since=DAY, on=DAY) == 1


def test_two_different_persons(opened):
    both = town_.Actor(
        DOCTOR.user_id, "一人", frozenset({"clinician", "cashier"}), (), DOCTOR.institutions, "test", None,
        DOCTOR.permissions | CLERK.permissions,
    )  # fmt: skip
    step(opened, "confirm-identity", both, "clinician", fields={"identity_seen": "yes"})
    with pytest.raises(Refused, match="another person"):
        step(opened, "confirm-eligibility", both, "cashier", fields={"coverage_seen": "yes"})


def test_a_role_must_be_held(opened):
    with pytest.raises(ProcedureError, match="没有该角色"):
        step(opened, "confirm-identity", CLERK, "clinician", fields={"identity_seen": "yes"})


def test_the_settlement_must_be_real(opened):
    checked(opened)
    with pytest.raises(ProcedureError, match="有效结算"):
        step(opened, "settle", CLERK, "cashier", fields={"settlement": "1"})


def test_the_payees_evidence_is_complete(opened, pack):
    checked(opened)
    answer = settlement.settle(bill_id=opened.bill_id, pack=pack, by=CLERK, on=DAY, key="s")
    step(opened, "settle", CLERK, "cashier", fields={"settlement": str(answer.number)})
    with pytest.raises(Refused) as refused:
        step(opened, "pay", CLERK, "cashier", fields={"payee_name": "测试1"})
    text = str(refused.value)
    assert all(
        word in text
        for word in ("payee_signature", "payee_identity", "payee_fingerprint|payee_digital_proof")
    )
    with pytest.raises(Faults, match="身份证"):
        step(opened, "pay", CLERK, "cashier", fields={"payee_name": "测试1", "payee_identity": "123"})


def test_a_return_is_no_one_time_settlement(opened, pack, stay, rules):
    step(opened, "confirm-identity", DOCTOR, "clinician", fields={"identity_seen": "yes"})
    step(opened, "return", CLERK, "cashier", fields={"return_reason": "看不清"})
    checked(opened)
    paid(opened, pack)
    other = services.open_procedure(bill_id=stay(2), pack=rules, by=CLERK, on=DAY)
    checked(other)
    paid(other, pack)
    assert selectors.rate_of(process=DIRECT, rate_id="one-time-settlement", since=DAY, on=DAY) == Fraction(
        1, 2
    )


def test_a_rate_is_that_of_the_institutions_asked_for(opened, pack):
    checked(opened)
    paid(opened, pack)
    asked = {"process": DIRECT, "rate_id": "one-time-settlement", "since": DAY, "on": DAY}
    assert selectors.rate_of(**asked, institutions=[town_.COUNTY_HOSPITAL]) == 1
    assert selectors.rate_of(**asked, institutions=[town_.TOWNSHIP_HOSPITAL]) is None
    assert selectors.rate_of(**asked, institutions=[]) is None


def test_what_can_be_done_next(opened):
    assert [one.step for one in selectors.next_steps(opened.id, DOCTOR)] == ["confirm-identity"]
    assert selectors.next_steps(opened.id, CLERK) == []
    assert (
        services.open_procedure(bill_id=opened.bill_id, pack=load_pack("qingyuan"), by=CLERK, on=DAY)
        == opened
    )
