"""The fund's pages: overview, payouts by three people, enrolment, the ledger down to one posting."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from bench import town
from kangcheng.base.accounts.types import system_actor
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.ledger import services as booking
from kangcheng.funds.ledger.types import Booking, Line
from kangcheng.funds.payouts import selectors as payouts
from kangcheng.registry.coverage import selectors as coverage
from kangcheng.registry.coverage import services as ended

pytestmark = pytest.mark.django_db
BY = system_actor("test")


def test_the_leader_sees_outlay_by_payer_and_no_link_that_would_be_refused(log_in, settled):
    settled(0)
    leader = log_in("bureau_leader", place=None)
    page = leader.get("/fund/").content.decode()
    assert "基本医保" in page and "万元" in page and 'data-chart="trend"' in page
    assert "/claims/" not in page, "the leader may not open settlements"
    assert leader.get("/claims/").status_code == 403


def test_an_empty_fund_says_so(log_in):
    assert "这段时间没有收支" in log_in("bureau_leader", place=None).get("/fund/").content.decode()


def test_waivers_show_the_source(log_in, settled):
    settled(0)
    page = log_in("fund_auditor", place=None).get("/fund/waivers/").content.decode()
    assert "一般诊疗费" in page and "10.00" in page


def test_a_payout_needs_one_asker_and_two_others(log_in, settled):
    settled(0)
    officer = log_in("fund_officer", place=None)
    first, second = log_in("fund_auditor", place=None), log_in("fund_auditor", place=None)
    place, source, _ = payouts.owed_to_institutions()[0]
    address = officer.post("/payouts/ask/", institution=str(place), source=source).redirect_chain[-1][0]
    decide = f"{address}decide/"
    assert officer.post(decide, do="approve").status_code == 403
    assert "已批准" in first.post(decide, do="approve").content.decode()
    assert first.post(decide, do="approve").status_code == 422, "nobody approves twice"
    assert first.post(decide, do="pay").status_code == 422, "one approval is not enough"
    second.post(decide, do="approve")
    assert "已拨付" in second.post(decide, do="pay").content.decode()
    assert payouts.listed(states=("paid",))[0].payee == "测试县医院"


def test_who_may_not_ask_is_refused(log_in, settled):
    settled(0)
    place, source, _ = payouts.owed_to_institutions()[0]
    auditor = log_in("fund_auditor", place=None)
    assert auditor.post("/payouts/ask/", institution=str(place), source=source).status_code == 403
    assert "申请拨付" not in auditor.get("/payouts/").content.decode()


def test_sending_back_needs_a_reason(log_in, settled):
    settled(0)
    officer, auditor = log_in("fund_officer", place=None), log_in("fund_auditor", place=None)
    place, source, _ = payouts.owed_to_institutions()[0]
    address = officer.post("/payouts/ask/", institution=str(place), source=source).redirect_chain[-1][0]
    assert auditor.post(f"{address}decide/", do="refuse", reason=" ").status_code == 422
    assert "金额有误" in auditor.post(f"{address}decide/", do="refuse", reason="金额有误").content.decode()


def test_enrolling_shows_who_pays_and_happens_once(log_in, city):
    officer = log_in("fund_officer", place=None)
    (cover,) = coverage.rows(town.person_id(1))
    ended.end(coverage_id=cover.id, valid_to=date(2027, 1, 1), by=BY, on=timezone.localdate(), why="年度结束")
    address = f"/enrolment/{town.person_id(1)}/?year=2027"
    assert "筹资标准" in officer.get(address).content.decode()
    form = {"key": "k", "scheme": "resident", "year": "2027", "method": "bank"}
    assert "参保完成" in officer.post(f"/enrolment/{town.person_id(1)}/", **form).content.decode()
    again = officer.post(f"/enrolment/{town.person_id(1)}/", **(form | {"key": "k2"}))
    assert again.status_code == 422 and "已参加" in again.content.decode()
    assert "1" in officer.get("/enrolment/?year=2027").content.decode()


def test_the_ledger_opens_down_to_one_balanced_entry(log_in, settled):
    answer = settled(0)
    officer = log_in("fund_officer", place=None)
    assert "借贷相等" in officer.get("/ledger/").content.decode()
    year = officer.get("/ledger/accounts/fund:basic/")
    assert "基金支付·" in year.content.decode()
    day = answer.settled_on.isoformat()
    month = officer.get("/ledger/accounts/fund:basic/", month=day[:7]).content.decode()
    assert (
        f"/ledger/days/{day}/?account=fund%3Abasic" in month
        or f"/ledger/days/{day}/?account=fund:basic" in month
    )
    found = officer.get(f"/ledger/days/{day}/", account="fund:basic")
    entry = found.context["entries"][0]["entry"]
    page = officer.get(f"/ledger/entries/{entry.id}/").content.decode()
    assert "看这笔结算" in page and sum(line.amount for line in entry.lines) == 0


def test_an_auditor_closes_the_month_that_is_due_and_nobody_else(log_in, city):
    due = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
    lines = (Line("bank:basic", 5), Line("financing:own", -5))
    booking.post(Booking("financing", "test:1", due, lines), by=BY)
    officer, auditor = log_in("fund_officer", place=None), log_in("fund_auditor", place=None)
    page = officer.get("/ledger/months/").content.decode()
    assert f"{due:%Y-%m}" in page and "由基金审核人员结账" in page
    assert officer.client.post("/ledger/months/", {"month": f"{due:%Y-%m}"}).status_code == 403
    assert auditor.client.post("/ledger/months/", {"month": "nonsense"}).status_code == 422
    assert ledger.months_closed() == []
    done = auditor.post("/ledger/months/", month=f"{due:%Y-%m}").content.decode()
    assert "已结账" in done and ledger.months_closed() == [due]
    assert auditor.client.post("/ledger/months/", {"month": f"{due:%Y-%m}"}).status_code == 422
    assert f"{due:%Y-%m}" in officer.get("/ledger/months/").content.decode()
    assert officer.client.get("/ledger/months/?sheet=1").status_code == 200


def test_odd_addresses_of_the_ledger_are_not_found(log_in):
    officer = log_in("fund_officer", place=None)
    for address in ("/ledger/accounts/nothing:x/", "/ledger/days/notaday/", "/ledger/days/2024-13-45/"):
        assert officer.get(address).status_code == 404
    assert officer.get("/ledger/days/2024-05-20/").status_code == 200
    assert timezone.localdate().isoformat()[:4] in officer.get("/ledger/").content.decode()
