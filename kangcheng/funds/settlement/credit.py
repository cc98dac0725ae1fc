"""Money into personal and family accounts."""

from datetime import date
from uuid import UUID

from django.db import connection

from kangcheng.base import audit
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.ledger import services as ledger
from kangcheng.funds.ledger.types import Booking, Line
from kangcheng.funds.permission import require
from kangcheng.funds.settlement import requests, rulebook
from kangcheng.funds.settlement.types import SettlementError
from kangcheng.kernel.ids import new_id

ADD = """
    INSERT INTO funds_balance (id, created_at, owner_id, name, amount)
    VALUES (gen_random_uuid(), now(), %(owner)s, %(name)s, %(amount)s)
    ON CONFLICT (owner_id, name) DO UPDATE SET amount = funds_balance.amount + excluded.amount
    RETURNING amount
"""


def credit(
    *,
    owner_id: UUID,
    owner: str,
    account: str,
    amount: int,
    source: str,
    by: Actor,
    on: date,
    why: str,
    key: str,
) -> int:
    """Put `amount` fen into an account of a person or household; returns the balance after. Idempotent by `key`.

    `owner` is "person" or "household"; `source` the fund that pays, e.g. "basic" or "own".
    """
    if amount <= 0 or owner not in ("person", "household"):
        raise SettlementError(
            "划入金额须大于零，账户归属须为个人或家庭 (bad credit)",
            where=f"{account}: {amount}",
            todo="核对金额",
        )
    require(by, "claim.settle")
    print_ = requests.fingerprint("credit", owner=owner_id, account=account, amount=amount, source=source)
    with audit.acting(by=by, on=on, why=why, action="account.credit"):
        if requests.answered(requests.find(key), key=key, print_=print_) is not None:
            return int(requests.answer(key))
        with connection.cursor() as sql:
            sql.execute("SELECT pg_advisory_xact_lock(%s)", [rulebook.lock_number(owner, owner_id)])
            sql.execute(ADD, {"owner": owner_id, "name": account, "amount": amount})
            after = int(sql.fetchone()[0])
        subject = new_id()
        lines = (Line(f"bank:{source}", amount), Line(f"account:{account}", -amount, owner_id))
        ledger.post(Booking("credit", f"credit:{subject}", on, lines, why), by=by)
        requests.write(key=key, verb="credit", print_=print_, subject=subject, answer=after)
        audit.record(action="account.credit", subject=f"{owner}:{owner_id}", by=by, on=on, why=why)
    return after
