"""An account of the patient pays at its place in the stack; what it does not pay stays where it was."""

from __future__ import annotations

from kangcheng.funds.engine.definition import Account
from kangcheng.funds.engine.reference.bill import Bill
from kangcheng.funds.engine.reference.layer import carve, lay
from kangcheng.funds.engine.reference.outcome import Outcome
from kangcheng.funds.engine.reference.values import holds
from kangcheng.funds.engine.result import LayerResult


def run_account(bill: Bill, account: Account) -> None:
    """Balances pay in their order until the base or the money is used up."""
    if not holds(account.when, bill.claim):
        bill.layers.append(LayerResult(account.id, "", skipped="when"))
        bill.notes.say(account.id, "不适用: 不符合适用条件", 0, clause=account.clause)
        return
    carved = carve(bill, account.id, account.base, account.clause)
    base = left = sum(carved)
    owner = bill.memory.owner(account.owner)
    for name in account.balances:
        balance = bill.memory.balance(owner, name)
        paid = min(left, balance)
        left -= paid
        bill.memory.balances[owner, name] = balance - paid
        bill.accounts[name] += paid
        bill.notes.say(
            account.id,
            "账户支付 = min(待付, 账户余额)",
            paid,
            clause=account.clause,
            账户=name,
            待付=left + paid,
            账户余额=balance,
        )
    lay(bill, account.base, carved, Outcome(0, 0, 0, base - left), back=True)
    bill.layers.append(LayerResult(account.id, "", base=base, copay=left, paid=base - left))
