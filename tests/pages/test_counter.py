"""The counter: find, quote while typing, settle once, read why, receive, reverse."""

import uuid
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from bench import town
from kangcheng.funds.billing import selectors as billing
from kangcheng.funds.settlement import selectors as settlements

pytestmark = pytest.mark.django_db


def typed(**changes):
    """The form of a visit with three lines."""
    today = timezone.localdate().isoformat()
    form = {
        "key": str(uuid.uuid4()), "institution": str(town.COUNTY_HOSPITAL), "setting": "inpatient", "admitted_on": today,
        "discharged_on": today, "diagnosis": "C34.9", "referral": "given", "code": ["A1", "B1", "FEE 一般诊疗费"],
        "quantity": ["400", "10", "1"],
    }  # fmt: skip
    return form | changes


@pytest.fixture
def cashier(log_in):
    return log_in("cashier")


@pytest.fixture
def visit(cashier, city):
    """The address of a registered-poor resident's visit, the card shown."""
    answer = cashier.post("/counter/", kind="identity", value=town.identity(0))
    assert answer.redirect_chain, "one hit opens the visit"
    return answer.redirect_chain[-1][0]


def test_a_card_opens_the_visit_with_the_poverty_mark(cashier, city):
    page = cashier.post("/counter/", kind="identity", value=town.identity(0)).content.decode()
    assert "建档立卡" in page and "测试0" in page
    assert town.identity(0) not in page, "the identity number is masked"


def test_a_wrong_number_is_named_and_nothing_is_lost(cashier):
    answer = cashier.post("/counter/", kind="identity", value=town.identity(0)[:-1] + "Z")
    assert answer.status_code == 422 and "身份证号" in answer.content.decode()


def test_the_quote_shows_every_payer_and_writes_nothing(cashier, visit):
    page = cashier.post(f"{visit}quote/", **typed()).content.decode()
    assert "基本医保" in page and "大病保险" in page and 'id="cash"' in page
    assert (
        settlements.total_of(settlements.Filters()) == 0
        and billing.waiting(institution_ids=[town.COUNTY_HOSPITAL]) == []
    )


def test_a_bad_line_is_named_in_place_of_the_quote(cashier, visit):
    page = cashier.post(f"{visit}quote/", **typed(code=["A1", "NOPE"], quantity=["x", "1"])).content.decode()
    assert "第1行" in page and "数量" in page
    page = cashier.post(f"{visit}quote/", **typed(code=["NOPE"], quantity=["1"])).content.decode()
    assert "NOPE" in page and "未对照" in page


def test_settling_twice_by_the_same_form_settles_once(cashier, visit):
    form = typed(do="settle")
    first = cashier.post(visit, **form)
    second = cashier.post(visit, **form)
    assert "已结算" in first.content.decode()
    assert first.redirect_chain[-1][0] == second.redirect_chain[-1][0]
    assert settlements.total_of(settlements.Filters()) == 1


def test_the_explanation_gives_clause_formula_and_result(cashier, settled):
    answer = settled(0)
    page = cashier.get(f"/claims/{answer.id}/").content.decode()
    assert "relief-2021#S3-02.14" in page and "起付标准" in page and "逐步提高" in page
    assert "不符合适用条件" in page, "layers that did not apply say why"


def test_a_claim_of_another_institution_is_as_if_it_were_not_there(log_in, settled):
    answer = settled(0)
    other = log_in("cashier", place=town.TOWNSHIP_HOSPITAL)
    assert other.get(f"/claims/{answer.id}/").status_code == 404
    assert "没有符合条件的结算" in other.get("/claims/").content.decode()


def test_every_print_is_counted(cashier, settled):
    answer = settled(0)
    for _ in range(2):
        assert cashier.client.get(f"/claims/{answer.id}/receipt.pdf").status_code == 405, (
            "a link counts nothing"
        )
        pdf = cashier.client.post(f"/claims/{answer.id}/receipt.pdf")
        assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
    page = cashier.get(f"/claims/{answer.id}/receipt/").content.decode()
    assert "已打印 2 次" in page.replace("\n", " ") and "整" in page, "amount in capital numerals"


def test_pay_and_reverse(cashier, settled):
    answer = settled(0)
    bill = f"/bills/{answer.bill_id}/"
    page = cashier.post(f"{bill}pay/", key="p1", method="cash").content.decode()
    assert "已收款" in page
    refused = cashier.post(f"/claims/{answer.id}/reverse/", key="r1", why=" ")
    assert refused.status_code == 422 and "原因" in refused.content.decode()
    done = cashier.post(f"/claims/{answer.id}/reverse/", key="r2", why="录错项目").content.decode()
    assert "已冲正" in done and "退款结清" in done, "what was paid is owed back"
    owed = f"{answer.cash / 100:.2f}"
    assert (
        "已退款"
        in cashier.post(f"{bill}refund/", key="b1", method="cash", amount=owed, why="冲正").content.decode()
    )
    again = cashier.post(f"{bill}refund/", key="b2", method="cash", amount=owed, why="冲正")
    assert again.status_code == 422, "nothing is given back twice"


def test_a_reversal_lists_what_later_settlements_become(cashier, settled):
    first = settled(0, days_ago=9)
    later = settled(0, days_ago=1)
    page = cashier.get(f"/claims/{first.id}/reverse/").content.decode()
    assert str(later.number) in page and "较晚的结算" in page


def test_deposit_is_not_asked_of_the_registered_poor(cashier, visit):
    page = cashier.post(visit, **typed(do="open")).content.decode()
    assert "先诊疗后结算" in page


def test_the_day_is_closed_with_what_was_counted(cashier, settled):
    answer = settled(4, A1=10)
    cashier.post(f"/bills/{answer.bill_id}/pay/", key="p", method="cash")
    page = cashier.post(
        "/cash/close/", institution=str(town.COUNTY_HOSPITAL), cash="0", card="0", mobile="0"
    ).content.decode()
    assert "已日结" in page and "长短款" in page


def test_a_bad_page_mark_or_filter_is_no_server_error(cashier, settled):
    settled(0)
    for query in (
        {"after": "x~y"},
        {"since": "99"},
        {"number": "abc"},
        {"sort": "nothing"},
        {"state": "x" * 100},
    ):
        assert cashier.client.get(f"/claims/?{urlencode(query)}").status_code in (200, 422)


def test_the_export_of_settlements_names_nobody(cashier, settled):
    import io

    from python_calamine import CalamineWorkbook

    settled(0)
    answer = cashier.client.get("/claims/?export=xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    text = str(rows)
    assert "测试0" not in text and "测*" not in text
    assert "cashier" in text, "who took it stands in the file"
