"""Receipts: numbers without a gap, prints counted, and a sheet on which every fen and clause can be read."""

from datetime import UTC, datetime, timedelta

import pytest

from bench import town as town_
from kangcheng.base.audit import LookLog
from kangcheng.funds.receipts import pdf, selectors, services
from kangcheng.funds.settlement import services as settlement
from kangcheng.kernel.money import in_words, show_yuan

DAY = town_.DAY
NOW = datetime(2024, 5, 20, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def printed(answer, by):
    return services.print_settlement(settlement_id=answer.id, by=by, on=DAY, now=NOW)


def test_numbers_leave_no_gap_and_are_given_once(settled, cashier):
    numbers = [printed(settled(person), cashier)[1].number for person in (1, 2, 3)]
    assert numbers == ["2024-0000001", "2024-0000002", "2024-0000003"]
    answer = settled(5)
    first = services.issue(
        kind="settlement", subject_id=answer.id, person_id=answer.person_id, institution_id=answer.institution_id,
        by=cashier, on=DAY,
    )  # fmt: skip
    assert printed(answer, cashier)[1].number == first.number == "2024-0000004"


def test_prints_are_counted_and_looks_logged(settled, cashier):
    answer = settled(1)
    assert printed(answer, cashier)[1].copies == 1
    receipt = printed(answer, town_.cashier(1))[1]
    assert [(one.copy, one.by) for one in receipt.prints] == [(1, cashier.name), (2, town_.cashier(1).name)]
    assert LookLog.objects.filter(person_id=answer.person_id, what=f"receipt:{receipt.id}").count() == 2


def test_the_sheet_says_every_amount_and_quotes_the_clauses(settled, cashier):
    answer = settled(0, A1=10, B1=2, Z1=1, FEE=1)
    services.issue(
        kind="settlement", subject_id=answer.id, person_id=answer.person_id, institution_id=answer.institution_id,
        by=cashier, on=DAY,
    )  # fmt: skip
    data = selectors.data(answer.id)
    assert data.cash_in_words == in_words(answer.cash) and data.identity_masked.count("*") == 8
    assert data.clauses["town-rules#T1"].quote.startswith("住院起付线")
    assert data.institution == "测试县医院" and len(data.lines) == 4
    sums = dict(pdf._content(data, "w", 1)["sums"])
    assert sums["总费用"] == show_yuan(answer.total) and sums["大写"] == in_words(answer.cash)
    assert sums["减免（relief_fund）"] == "10.00"


def test_the_pdf_is_made_with_the_shipped_font(settled, cashier):
    content, receipt = printed(settled(0, FEE=1, A1=3), cashier)
    assert content.startswith(b"%PDF") and receipt.copies == 1
    assert b"NotoSansSC" in content


def test_a_reversed_sheet_says_so(settled, cashier):
    answer = settled(1)
    settlement.reverse(settlement_id=answer.id, by=cashier, on=DAY + timedelta(1), why="录错", key="r")
    assert pdf._content(selectors.data(answer.id), "w", 2)["state"] == "已冲正"
    assert pdf._content(selectors.data(answer.id), "w", 2)["copy"] == "第 2 次打印"
