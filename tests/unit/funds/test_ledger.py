"""The ledger: what it books, and what the database itself refuses."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangcheng.funds.ledger import selectors, services
from kangcheng.funds.ledger.types import Booking, LedgerError, Line
from kangcheng.funds.permission import NotPermitted
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.ids import new_id

DAY = date(2024, 5, 20)
pytestmark = pytest.mark.django_db


def book(*lines, on=DAY, subject="test:1", business="payment"):
    return Booking(business, subject, on, tuple(lines))


def test_balances_by_account_party_and_day(system):
    person, other = new_id(), new_id()
    services.post(book(Line("cash:cash", 700, person), Line("receivable:patient", -700, person)), by=system)
    services.post(
        book(Line("cash:cash", 50, other), Line("receivable:patient", -50, other), on=DAY + timedelta(1)),
        by=system,
    )
    assert selectors.balance("cash:cash") == 750
    assert selectors.balance("cash:cash", on=DAY) == 700
    assert selectors.balance("receivable:patient", party=other) == -50
    assert selectors.party_balances("receivable:patient") == {person: -700, other: -50}
    assert selectors.balances("cash", since=DAY + timedelta(1)) == {"cash:cash": 50}
    trial = selectors.trial_balance(on=DAY + timedelta(1))
    assert trial.balanced and trial.debit == 750
    assert [(row.account, row.debit, row.credit) for row in trial.rows] == [
        ("cash:cash", 750, 0),
        ("receivable:patient", 0, 750),
    ]


def test_lines_of_one_account_are_added_up_and_zeros_left_out(system):
    entry = services.post(
        book(Line("bank:basic", 300), Line("bank:basic", -100), Line("bank:x", 5), Line("bank:x", -5), Line("financing:own", -200)),
        by=system,
    )  # fmt: skip
    assert set(selectors.entry(entry).lines) == {Line("bank:basic", 200), Line("financing:own", -200)}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([Line("bank:basic", 5), Line("financing:own", -4)], "差 1 分"),
        ([Line("bank:basic", 0), Line("financing:own", 0)], "没有内容"),
        ([Line("pocket:mine", 5), Line("bank:basic", -5)], "科目"),
        ([Line("bank", 5), Line("bank:basic", -5)], "科目"),
    ],
)
def test_refusals(system, lines, words):
    with pytest.raises(LedgerError, match=words):
        services.post(book(*lines), by=system)
    assert selectors.trial_balance(on=DAY).rows == ()


def test_a_reversal_is_the_mirror_image_and_happens_once(system):
    entry = services.post(book(Line("bank:basic", 5), Line("financing:own", -5)), by=system)
    services.reverse(entry_id=entry, by=system, on=DAY, memo="错账")
    assert selectors.balance("bank:basic") == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        services.reverse(entry_id=entry, by=system, on=DAY, memo="错账")


def test_a_closed_month_takes_no_entry(system):
    services.post(book(Line("bank:basic", 5), Line("financing:own", -5)), by=system)
    with pytest.raises(LedgerError, match="尚未结束"):
        services.close_month(month=DAY, by=system, on=DAY)
    services.close_month(month=DAY, by=system, on=date(2024, 6, 1))
    assert selectors.months_closed() == [date(2024, 5, 1)]
    with pytest.raises(LedgerError, match="已结账"), transaction.atomic():
        services.post(book(Line("bank:basic", 5), Line("financing:own", -5)), by=system)
    services.post(book(Line("bank:basic", 5), Line("financing:own", -5), on=date(2024, 6, 1)), by=system)


def test_months_are_closed_in_order_by_who_may(system, actor):
    for day in (date(2024, 4, 2), DAY):
        services.post(book(Line("bank:basic", 5), Line("financing:own", -5), on=day), by=system)
    later = date(2024, 7, 1)
    for role in ("fund_officer", "bureau_leader", "cashier"):
        with pytest.raises(NotPermitted):
            services.close_month(month=DAY, by=actor(role, areas=[""]), on=later)
    auditor = actor("fund_auditor", areas=[""])
    with pytest.raises(LedgerError, match="依次"):
        services.close_month(month=DAY, by=auditor, on=later)
    assert selectors.month_due() == date(2024, 4, 1)
    for month in (date(2024, 4, 1), date(2024, 5, 1)):
        services.close_month(month=month, by=auditor, on=later)
        with pytest.raises(LedgerError, match="已结账"):
            services.close_month(month=month, by=auditor, on=later)
    first = selectors.closings()[-1]
    assert (first.month, first.by, first.debit) == (date(2024, 4, 1), auditor.user_id, 5)
    assert selectors.month_due() == date(2024, 6, 1)


INSERT_POSTING = """
    INSERT INTO funds_posting (id, created_at, entry_id, account, amount, happened_on)
    SELECT gen_random_uuid(), now(), %s, 'bank:basic', unnest(%s::bigint[]), %s
"""
INSERT_ENTRY = """
    INSERT INTO funds_entry (id, created_at, business, subject, happened_on, memo, actor_id, actor_name)
    VALUES (%s, now(), 'payment', 'x', %s, '', %s, '')
"""


@pytest.mark.parametrize(
    "attack",
    [
        ("UPDATE funds_posting SET amount = amount + 1", []),
        ("DELETE FROM funds_posting", []),
        ("UPDATE funds_entry SET memo = 'x'", []),
        ("DELETE FROM funds_entry", []),
        ("UPDATE funds_account SET kind = 'memo'", []),
    ],
)
def test_the_database_refuses_changes(system, attack):
    services.post(book(Line("bank:basic", 5), Line("financing:own", -5)), by=system)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as sql:
        sql.execute(*attack)


@pytest.mark.parametrize(
    ("amounts", "day"),
    [
        ([1, 2], DAY),  # does not come to zero
        ([0, 0], DAY),  # says nothing
        ([], DAY),  # no posting
        ([5, -5], DAY + timedelta(1)),  # of another day than its entry
    ],
)
def test_the_database_refuses_entries_that_are_not_whole(system, amounts, day):
    services.post(book(Line("bank:basic", 5), Line("financing:own", -5)), by=system)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as sql:
        entry = new_id()
        sql.execute(INSERT_ENTRY, [entry, DAY, entry])
        sql.execute(INSERT_POSTING, [entry, amounts, day])
        sql.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_an_unknown_account(system):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as sql:
        entry = new_id()
        sql.execute(INSERT_ENTRY, [entry, DAY, entry])
        sql.execute(INSERT_POSTING, [entry, [5, -5], DAY])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(
                ["cash:cash", "bank:basic", "fund:basic", "financing:own", "payable:institution"]
            ),
            st.integers(-(10**14), 10**14),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_is_booked_the_trial_balance_balances(system, rows):
    lines = [Line(account, amount) for account, amount in rows]
    lines.append(Line("receivable:patient", -sum(line.amount for line in lines)))
    if len(services.merged(lines)) >= 2:
        services.post(book(*lines), by=system)
    assert selectors.trial_balance(on=DAY).balanced
    assert selectors.unbalanced() == []


def test_the_end_of_the_calendar_is_refused(system):
    with pytest.raises(KangchengError):
        services.close_month(month=date(9999, 12, 31), by=system, on=DAY)


@pytest.mark.django_db(transaction=True)
def test_an_entry_not_yet_committed_is_in_the_digest_or_refused(system):
    """Two connections: the closing waits for an open entry of the month, and what comes while it closes is refused."""
    late, closing, over = threading.Event(), threading.Event(), date(2024, 6, 1)
    lines = Line("bank:basic", 5), Line("financing:own", -5)
    services.post(book(*lines), by=system)

    def write():
        try:
            with transaction.atomic():
                services.post(book(*lines), by=system)
                late.set()
                closing.wait(10)
                time.sleep(0.3)  # longer than a closing that does not wait
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        assert late.wait(10)
        closing.set()
        closed = services.close_month(month=DAY, by=system, on=over)
        written.result()
    assert closed.debit == 10 == selectors.trial_balance(on=date(2024, 5, 31)).debit

    june, refused = date(2024, 6, 3), []
    services.post(book(*lines, on=june), by=system)

    def write_late():
        try:
            services.post(book(*lines, on=june), by=system)
        except LedgerError as error:
            refused.append(error.what)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            closed = services.close_month(month=june, by=system, on=date(2024, 7, 1))
            written = pool.submit(write_late)
            time.sleep(0.3)
            assert not written.done(), "waits for the closing"
        written.result()
    assert refused and closed.debit == 15 == selectors.trial_balance(on=date(2024, 6, 30)).debit
