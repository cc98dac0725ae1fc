"""The relief plan's inpatient stack written by hand: what a programmer who knows only this one rule would run.

It takes the same columns as the compiled engine and its figures from the same entries, and must come to the same fen.
"""

from typing import Any

import numpy as np
from numba import njit

from kangcheng.funds.engine.compiled.columns import Batch
from kangcheng.funds.engine.compiled.vocabulary import vocabulary
from kangcheng.funds.engine.definition import Stack

PAYERS = (
    "basic",
    "critical",
    "supplementary",
    "commercial",
    "assistance",
    "special_subsidy",
    "emergency",
    "charity",
)
LEVELS = ("一级", "二级", "三级")


@njit(cache=True, nogil=True, error_model="numpy")
def settle(unit, age, g, codes, jia, yi, own, fee, poor, low, disabled, insured, f, out):  # type: ignore[no-untyped-def]  # noqa: C901 - one loop is the point
    """One pass; the year of every claim is the same. `f` holds the figures in fen and ten-thousandths."""
    designated, level, place, referral, procedure, service, emergency, disease, institution = codes
    for i in range(len(unit)):
        if i == 0 or unit[i] != unit[i - 1]:
            count = basic_paid = base = taken = critical_paid = 0
            supplementary_paid = insured_taken = insured_paid = assisted = surgeries = child_paid = 0
        is_poor, is_insured = g[i] & poor != 0, g[i] & insured != 0
        waived = fee[i] if is_poor else 0
        first = (yi[i] * f[0] + 5000) // 10000
        scope = jia[i] + fee[i] - waived + yi[i] - first
        rest = first + own[i]
        # basic insurance
        ded = cop = over = basic = 0
        if designated[i] == 1:
            due = f[1 + level[i]]
            if count > 0:
                due = (due * f[4] + 5000) // 10000
            ded = min(due, scope)
            rate = f[5 + level[i]] + (f[8] if is_poor else 0)
            if place[i] == 1 and referral[i] == 1:
                rate += f[9]
            full = ((scope - ded) * min(max(rate, 0), 10000) + 5000) // 10000
            basic = min(full, max(0, f[10] - basic_paid))
            over = full - basic
            cop = scope - basic - ded - over
            count += 1
            basic_paid += basic
            scope = 0
        # critical illness, on the year to date
        b = scope + ded + cop + over
        date = base + b
        owed = min(f[12] if is_poor else f[11], date)
        x = date - owed
        more = f[18] if is_poor else 0
        full = min(x, f[13]) * (f[15] + more)
        if x > f[13]:
            full += (min(x, f[14]) - f[13]) * (f[16] + more)
            if x > f[14]:
                full += (x - f[14]) * (f[17] + more)
        full = (full + 5000) // 10000
        critical = min(max(0, full - critical_paid), b)
        base, critical_paid = base + b, critical_paid + critical
        d = min(max(0, owed - taken), b - critical)
        taken += d
        left = b - critical
        # supplementary insurance and commercial insurance; only what remains of the scope matters to those after
        supplementary = commercial = assistance = subsidy = relief = charity = 0
        if is_poor:
            full = (left * f[19] + 5000) // 10000
            supplementary = min(full, max(0, f[20] - supplementary_paid))
            supplementary_paid += supplementary
            left -= supplementary
        if is_insured:
            d = min(max(0, f[21] - insured_taken), left)
            full = ((left - d) * f[22] + 5000) // 10000
            commercial = min(full, max(0, f[23] - insured_paid))
            insured_taken, insured_paid, left = (
                insured_taken + d,
                insured_paid + commercial,
                left - commercial,
            )
        if is_poor and g[i] & low != 0 and designated[i] == 1:
            full = (left * f[24] + 5000) // 10000
            assistance = min(full, max(0, f[25] - assisted))
            assisted, left = assisted + assistance, left - assistance
        left += rest
        if procedure[i] == 1 and surgeries < 1:
            subsidy = min(left, f[26])
            surgeries, left = surgeries + 1, left - subsidy
        if is_poor and g[i] & disabled != 0 and service[i] == 1 and age[i] < 7:
            paid = min(left, max(0, f[27] - child_paid))
            child_paid, subsidy, left = child_paid + paid, subsidy + paid, left - paid
        if is_poor and emergency[i] == 1:
            relief = min(left, f[28])
            left -= relief
        if is_poor and disease[i] == 1 and institution[i] == 1 and place[i] == 0:
            charity = (left * f[29] + 5000) // 10000
            left -= charity
        out[0, i], out[1, i], out[2, i], out[3, i] = basic, critical, supplementary, commercial
        out[4, i], out[5, i], out[6, i], out[7, i] = assistance, subsidy, relief, charity
        out[8, i], out[9, i] = waived, left


def figures(stack: Stack) -> Any:
    """All amounts (fen) and rates (ten-thousandths) of the stack, in the order the loop counts them."""
    at = {position.id: position for position in stack.order}
    basic, critical, extra = at["basic"], at["critical"], at["supplementary"]
    insured, assisted, charity = at["commercial"], at["assistance"], at["charity"]
    fen = [
        *(_rate(stack.split.groups["yi"].first_pay),),
        *(int(basic.deductible.amount.rows[level].number) for level in LEVELS),
        int(basic.deductible.nth[0].times * 10_000),
        *(_rate(basic.rate.rows[level]) for level in LEVELS),
        *(_rate(one.add) for one in basic.adjust),
        _fen(basic.ceilings[0].limit),
        *(_fen(critical.deductible.amount.rows[n][1]) for n in (1, 0)),
        *(step.to for step in critical.brackets.steps[:2]),
        *(_rate(step.rate) for step in critical.brackets.steps),
        _rate(critical.adjust[0].add),
        *(_rate(extra.rate), _fen(extra.ceilings[0].limit)),
        *(_fen(insured.deductible.amount), _rate(insured.rate), _fen(insured.ceilings[0].limit)),
        *(_rate(assisted.rate), _fen(assisted.ceilings[0].limit)),
        _fen(at["echinococcosis-surgery"].subsidy.fixed),
        _fen(at["disabled-child"].subsidy.ceilings[0].limit),
        *(_fen(at["emergency"].ceilings[0].limit), _rate(charity.rate)),
    ]
    return np.array(fen, np.int64)


def _rate(value: Any) -> int:
    return int(value.number * 10_000)


def _fen(value: Any) -> int:
    return int(value.number)


def columns(batch: Batch, stack: Stack) -> tuple[Any, ...]:
    """The columns the loop wants, out of those of the batch: the same widths, attributes as small codes of its own."""
    words = vocabulary(stack)

    def coded(name: str, *texts: str) -> Any:
        """0, 1 ... for the texts, one more for any other."""
        codes = words.codes[name]
        table = np.full(words.others[name] + 1, len(texts), np.int8)
        for at, text in enumerate(texts):
            table[codes[text]] = at
        return table[batch.columns[f"attribute_{list(words.codes).index(name)}"]]

    def among(name: str, texts: Any) -> Any:
        """1 for these texts, 0 for any other."""
        mine = [words.codes[name][text] for text in texts]
        return np.isin(batch.columns[f"attribute_{list(words.codes).index(name)}"], mine).astype(np.int8)

    major = next(p for p in stack.order if p.id == "charity").when.attributes
    codes = (
        1 - among("designated", ["no"]),
        coded("level", *LEVELS),
        coded("place", "county", "away"),
        among("referral", ["none"]),
        among("procedure", ["echinococcosis_surgery"]),
        among("service", ["surgery"]),
        among("emergency_relief", ["approved"]),
        among("disease", major["disease"]),
        among("institution_type", major["institution_type"]),
    )
    cells = {
        (cell.group, bool(cell.waivers)): batch.columns[f"cell_{n}"]
        for n, cell in enumerate(batch.form.cells or ())
    }
    bits = [np.int64(1 << words.categories[name]) for name in CATEGORIES]
    bill = [cells["jia", False], cells["yi", False], cells["zifei", False], cells["jia", True]]
    return (batch.columns["unit"], batch.rows.facts["age"], batch.columns["category_0"], codes, *bill, *bits)


CATEGORIES = ("registered_poor", "low_income", "disabled", "commercial_insured")
