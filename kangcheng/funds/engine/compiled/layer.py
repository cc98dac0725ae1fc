"""One layer of one payer as code: the parts it takes, what it pays, where the rest is laid, what is remembered."""

from __future__ import annotations

from dataclasses import dataclass

from kangcheng.funds.engine.compiled import cumulative, exact, limits
from kangcheng.funds.engine.compiled.applying import applying
from kangcheng.funds.engine.compiled.deductible import begins, write_due
from kangcheng.funds.engine.compiled.draft import Draft
from kangcheng.funds.engine.compiled.exact import Num
from kangcheng.funds.engine.compiled.pay import lump, write_pay
from kangcheng.funds.engine.definition import (
    CLASSIFIED,
    COPAY,
    DEDUCTIBLE,
    OVER_CEILING,
    Account,
    BasePart,
    Benefit,
)
from kangcheng.funds.engine.slots import name_of

FIELDS = ("base", "deductible", "expense", "over_ceiling", "copay", "paid", "given", "skipped")


@dataclass(frozen=True)
class Names:
    """Local names of one layer's amounts."""

    base: str
    deductible: str
    expense: str
    over: str
    paid: str
    skipped: str
    given: str


def names_of(number: int) -> Names:
    """The names of the layer at this position of the stack."""
    stems = ("base", "deductible", "expense", "over", "paid", "skipped", "given")
    return Names(*(f"{stem}{number}" for stem in stems))


def write_layer(draft: Draft, number: int, benefit: Benefit) -> None:
    """The whole layer. Its amounts are 0 when it does not apply."""
    source, names = draft.source, names_of(number)
    source.place = benefit.id
    source.put(f"# --- {benefit.id}: {benefit.payer} {benefit.clause}".rstrip())
    shown = "layers" in draft.want
    source.put(f"{names.base} = {names.deductible} = {names.expense} = {names.over} = {names.paid} = 0")
    if shown:
        source.put(f"{names.given} = 0")
    count = name_of(benefit, "count")
    why = names.skipped if shown else ""
    with applying(draft, benefit.when, benefit.unless, benefit.frequency, count, why):
        if benefit.cash:
            _cash(draft, benefit, names)
        else:
            _against_bill(draft, benefit, names, shown)


def _against_bill(draft: Draft, benefit: Benefit, names: Names, shown: bool) -> None:
    source = draft.source
    carved = carve(draft, benefit.base, names.base)
    if benefit.payer in draft.form.given:
        given = f"given_{draft.plan.payers.index(benefit.payer)}"
        with source.block(f"if {given} >= 0"):
            source.put(f"{names.paid} = min({given}, {names.base})")
            source.put(f"{given} -= {names.paid}")
            source.put(f"{names.expense} = {names.base}")
            if shown:
                source.put(f"{names.given} = 1")
        with source.block("else"):
            _computed(draft, benefit, names, carved)
    else:
        _computed(draft, benefit, names, carved)
    source.put(f"{draft.payer(benefit.payer)} += {names.paid}")
    lay(draft, benefit.base, carved, names, back=benefit.rest == "back")
    _remember(draft, benefit, names)


def _computed(draft: Draft, benefit: Benefit, names: Names, carved: list[str]) -> None:
    if benefit.accumulate.mode == "cumulative":
        cumulative.write_outcome(draft, benefit, names)
        return
    source = draft.source
    own_rates = any(part.rate is not None for part in benefit.base)
    if benefit.deductible is not None:
        entering = [one for one, part in zip(carved, benefit.base, strict=True) if part.deductible]
        due = write_due(draft, benefit, benefit.deductible)
        source.put(f"{names.deductible} = min({due}, {' + '.join(entering) or '0'})")
    rest = _after_deductible(draft, benefit, names, carved) if own_rates else []
    source.put(f"{names.expense} = {names.base} - {names.deductible}")
    limits.write_expense_ceilings(draft, benefit, names, rest)
    write_pay(draft, benefit, names.paid, names.expense, names.deductible, rest)
    limits.write_minimum(draft, benefit, names.paid, names.base)
    limits.write_payment_ceilings(draft, benefit, names)
    limits.write_pool(draft, benefit, names.paid)


def _after_deductible(draft: Draft, benefit: Benefit, names: Names, carved: list[str]) -> list[str]:
    """What each part still has after the deductible, filled in listed order."""
    source = draft.source
    rest = [f"rest_{one}" for one in carved]
    if benefit.deductible is not None:
        source.put(f"left = {names.deductible}")
    for one, left, part in zip(carved, rest, benefit.base, strict=True):
        source.put(f"{left} = {one}")
        if benefit.deductible is not None and part.deductible:
            source.put(f"off = min(left, {one})")
            source.put("left -= off")
            source.put(f"{left} -= off")
    return rest


def carve(draft: Draft, base: tuple[BasePart, ...], total: str) -> list[str]:
    """Local names of the weighted share of each part; their sum under `total`."""
    carved = []
    for at, part in enumerate(base):
        name = f"{total}_{at}"
        whole = Num(draft.part(part.part), 1, 0, draft.bounds.amount)
        text = whole.text
        if part.weight != 1:
            den = exact.grid(part.weight.denominator, 10_000)
            top = exact.numerator(part.weight, den)
            weight = Num(draft.source.const(top), den, top, top)
            text, _ = exact.rounded(exact.times(whole, weight, draft.place), 1, "half_up", draft.place)
        draft.source.put(f"{name} = {text}")
        carved.append(name)
    draft.source.put(f"{total} = {' + '.join(carved)}")
    return carved


def lay(draft: Draft, base: tuple[BasePart, ...], carved: list[str], names: Names, *, back: bool) -> None:
    """The payment leaves the parts in listed order; what is unpaid becomes the patient's or goes back."""
    source = draft.source
    source.put(f"left = {names.paid}")
    source.put("unpaid = 0")
    laid = False
    for part, amount in zip(base, carved, strict=True):
        source.put(f"off = min(left, {amount})")
        source.put("left -= off")
        if back or part.part in CLASSIFIED:
            source.put(f"{draft.part(part.part)} -= off")
        else:
            laid = True
            source.put(f"{draft.part(part.part)} -= {amount}")
            source.put(f"unpaid += {amount} - off")
    if laid:
        _lay_unpaid(draft, names)


def _lay_unpaid(draft: Draft, names: Names) -> None:
    source = draft.source
    source.put(f"off = min({names.deductible}, unpaid)")
    source.put(f"{draft.part(DEDUCTIBLE)} += off")
    source.put("unpaid -= off")
    source.put(f"off = min({names.over}, unpaid)")
    source.put(f"{draft.part(OVER_CEILING)} += off")
    source.put(f"{draft.part(COPAY)} += unpaid - off")


def _cash(draft: Draft, benefit: Benefit, names: Names) -> None:
    """An allowance paid to the person; the bill is untouched."""
    draft.source.put(f"{names.paid} = {lump(draft, benefit)}")
    limits.write_payment_ceilings(draft, benefit, names, cash=True)
    limits.write_pool(draft, benefit, names.paid)
    draft.source.put(f"allowance_{draft.plan.allowances.index(benefit.payer)} += {names.paid}")
    _remember(draft, benefit, names)


def _remember(draft: Draft, benefit: Benefit, names: Names) -> None:
    """The layer's remembered numbers; without the attribute they are split by, the claim is given up."""
    key = limits.year_key(benefit)
    if key.may_lack:
        with draft.source.block(f"if k_{draft.memory.group(key).number} < 0"):
            draft.lack(key)
    amounts = {
        "base": names.base,
        "deductible": names.deductible,
        "expense": names.expense,
        "over": names.over,
        "paid": names.paid,
        "count": _count(draft, benefit),
    }
    for what, amount in amounts.items():
        draft.remember(name_of(benefit, what), amount)


def _count(draft: Draft, benefit: Benefit) -> str:
    """By how much the count grows; worked out before any of its periods is added to."""
    text = begins(draft, benefit)
    if text != "1":
        draft.source.put(f"once = {text}")
        text = "once"
    return text


def write_account(draft: Draft, number: int, account: Account) -> None:
    """Balances pay in their order; what they do not pay stays where it was."""
    source, names = draft.source, names_of(number)
    source.place = account.id
    source.put(f"# --- {account.id}: account {account.clause}".rstrip())
    shown = "layers" in draft.want
    source.put(f"{names.base} = {names.paid} = 0")
    with applying(draft, account.when, None, None, "", names.skipped if shown else ""):
        carved = carve(draft, account.base, names.base)
        if draft.memory.households and account.owner == "household":
            group, _ = draft.memory.balances[account.balances[0]]
            with source.block(f"if k_{group.number} < 0"):
                source.fault("household", "单据缺少家庭编号 (household missing)")
        source.put(f"unpaid = {names.base}")
        for name in account.balances:
            group, at = draft.memory.balances[name]
            balance = f"m[r_{group.number} + {at}]"
            source.put(f"off = min(unpaid, {balance})  # {name}")
            source.put("unpaid -= off")
            source.put(f"{balance} -= off")
            source.put(f"account_{list(draft.plan.balances).index(name)} += off")
        source.put(f"{names.paid} = {names.base} - unpaid")
        lay(draft, account.base, carved, names, back=True)
