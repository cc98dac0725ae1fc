"""The bill before and after the layers: waivers, caps, the rounding of the patient's cash."""

from __future__ import annotations

from kangcheng.funds.engine.compiled import exact
from kangcheng.funds.engine.compiled.applying import entitled
from kangcheng.funds.engine.compiled.draft import Draft
from kangcheng.funds.engine.compiled.exact import Num
from kangcheng.funds.engine.compiled.values import money, share
from kangcheng.funds.engine.definition import (
    COPAY,
    DEDUCTIBLE,
    IN_SCOPE,
    ITEM_FIRST_PAY,
    OUT_OF_SCOPE,
    OVER_CEILING,
    OVER_LIMIT,
    PLACE_FIRST_PAY,
    Cap,
    Constant,
    Entitlement,
    Stack,
)

CUT_ORDER = (
    *(COPAY, DEDUCTIBLE, OVER_CEILING, IN_SCOPE),
    *(ITEM_FIRST_PAY, PLACE_FIRST_PAY, OVER_LIMIT, OUT_OF_SCOPE),
)


def waivers(stack: Stack) -> list[Entitlement]:
    """The waivers of a stack, in order; their places are the numbers that cells and lines name them by."""
    return [p for p in stack.order if isinstance(p, Entitlement) and p.waive is not None]


def covers(entitlement: Entitlement, group: str, code: str) -> bool:
    """Whether a waiver takes from a line of this group and item code."""
    rule = entitlement.waive
    return rule is not None and (
        (not rule.groups and not rule.items) or group in rule.groups or code in rule.items
    )


def _one(value: object) -> bool:
    return isinstance(value, Constant) and value.number == 1


def write_waiver_tests(draft: Draft) -> None:
    """For each waiver whether it applies, `w_n`, and with which share, `ws_n` over its own denominator."""
    for number, entitlement in enumerate(waivers(draft.stack)):
        source = draft.source
        source.place = entitlement.id
        source.put(f"# {entitlement.id}: waiver, borne by {entitlement.source}")
        source.put(f"w_{number} = False")
        source.put(f"off_{number} = 0")
        if not _one(entitlement.waive.share):  # type: ignore[union-attr]
            source.put(f"ws_{number} = 0")
        with entitled(draft, entitlement):
            source.put(f"w_{number} = True")
            if not _one(entitlement.waive.share):  # type: ignore[union-attr]
                draft.waiver_shares[number] = _share(draft, entitlement, number)


def _share(draft: Draft, entitlement: Entitlement, number: int) -> Num:
    num = share(draft, entitlement.waive.share)  # type: ignore[union-attr]
    draft.source.put(f"ws_{number} = {num.text}")
    return Num(f"ws_{number}", num.den, 0, num.den)


def write_waived(draft: Draft, number: int, amount: str) -> None:
    """Take a waiver's share off the amount under a local name."""
    source = draft.source
    with source.block(f"if w_{number}"):
        ratio = draft.waiver_shares.get(number)
        if ratio is None:
            source.put(f"off_{number} += {amount}")
            source.put(f"{amount} = 0")
            return
        whole = Num(amount, 1, 0, draft.bounds.amount)
        text, _ = exact.rounded(exact.times(whole, ratio, draft.place), 1, "half_up", draft.place)
        source.put(f"off = {text}")
        source.put(f"off_{number} += off")
        source.put(f"{amount} -= off")


def write_waiver_ends(draft: Draft) -> None:
    """What each waiver took goes to its source; one that took something counts."""
    for number, entitlement in enumerate(waivers(draft.stack)):
        draft.source.put(f"{draft.waived(entitlement.source)} += off_{number}")
        if entitlement.frequency and draft.memory.named(f"{entitlement.id}.count"):
            with draft.source.block(f"if off_{number} > 0"):
                draft.remember(f"{entitlement.id}.count", "1")


def write_caps(draft: Draft) -> None:
    """Price caps in order; beside them the entitlements that spare the deposit."""
    for entitlement in draft.stack.order:
        if not isinstance(entitlement, Entitlement) or not (entitlement.cap or entitlement.no_deposit):
            continue
        draft.source.place = entitlement.id
        draft.source.put(f"# {entitlement.id}")
        if entitlement.no_deposit:
            _no_deposit(draft, entitlement)
        elif entitlement.cap:
            with entitled(draft, entitlement):
                _cut(draft, entitlement, entitlement.cap)


def _no_deposit(draft: Draft, entitlement: Entitlement) -> None:
    """Tested even when nobody asks for the answer: a test can give the claim up."""
    free = draft.source.name("free")
    draft.free[entitlement.id] = free
    draft.source.put(f"{free} = 0")
    with entitled(draft, entitlement):
        draft.source.put(f"{free} = 1")


def _cut(draft: Draft, entitlement: Entitlement, rule: Cap) -> None:
    source = draft.source
    excess = source.name("excess")
    limit = money(draft, rule.limit)
    charged = " + ".join(draft.part(part) for part in draft.plan.parts)
    source.put(f"{excess} = max(0, {charged} - ({limit}))")
    with source.block(f"if {excess} > 0"):
        source.put(f"institution += {excess}")
        if entitlement.frequency:
            draft.remember(f"{entitlement.id}.count", "1")
        write_taken(draft, excess, tuple(dict.fromkeys((*rule.take, *Cap.take, *draft.plan.parts))))


def write_taken(draft: Draft, left: str, parts: tuple[str, ...]) -> None:
    """Take `left` out of the parts, in order."""
    for part in parts:
        name = draft.part(part)
        draft.source.put(f"off = min({left}, {name})")
        draft.source.put(f"{name} -= off")
        draft.source.put(f"{left} -= off")


def write_total_rounding(draft: Draft) -> None:
    """The patient's cash is cut down to a multiple of the unit."""
    rule = draft.stack.total_rounding
    if rule is None:
        return
    source = draft.source
    source.put(f"# the patient's cash, a multiple of {rule.unit} fen")
    cash = " + ".join(draft.part(part) for part in draft.plan.parts)
    source.put(f"left = ({cash}) % {rule.unit}")
    bearer = "institution" if rule.borne_by == "institution" else draft.payer(rule.borne_by)
    source.put(f"{bearer} += left")
    write_taken(draft, "left", (*CUT_ORDER, *draft.plan.parts[8:]))
