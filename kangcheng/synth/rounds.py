"""A round of each checklist that has begun: some units have checked themselves, some are judged, one draft lies open.

Answers are drawn from what each item allows, so that any checklist of a pack can be shown filled.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any

from kangcheng.base.accounts.types import system_actor
from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.units import unit as unit_of
from kangcheng.policy.pack import Pack
from kangcheng.work.checklists import selectors, services
from kangcheng.work.checklists.types import ON_SITE, SELF, Item, Standard, Unit

MOST = 9  # units of a round: enough to see progress, few enough to keep the city quick to make
GOOD = 0.85  # chance that an item is answered well
BEGUN = timedelta(days=40)  # how long ago a round was opened
OPEN_FOR = timedelta(days=60)


def write(pack: Pack, act: Mapping[str, Any], *, seed: int) -> int:
    """Open a round of every checklist for institutions and fill part of it; returns how many sheets were submitted."""
    on = act["on"] - BEGUN
    done = 0
    for standard in selectors.standards(pack, on):
        units = selectors.units_for(standard, on)[:MOST] if standard.types else []
        if units:
            done += _round(
                standard, units, pack, {"by": act["by"], "on": on}, random.Random(f"{seed}:{standard.id}")
            )
    return done


def _round(
    standard: Standard, units: list[Unit], pack: Pack, act: dict[str, Any], dice: random.Random
) -> int:
    on = act["on"]
    round_id = services.open_round(
        checklist=standard.id, title=f"{on.year}年{standard.title}"[:100], year=on.year, due_on=on + OPEN_FOR, units=units,
        pack=pack, **act,
    )  # fmt: skip
    judge = replace(system_actor("synth-verdict"), name="评审组")
    done = 0
    for place, row in enumerate(selectors.units(round_id, act["by"])):
        unit = selectors.as_unit(row)
        if place % 3 == 2:
            services.save_draft(
                unit_id=row.pk,
                stage=SELF,
                answers=_answers(standard, unit, dice, 0.6),
                remarks={},
                seen=0,
                **act,
            )
            continue
        done += _submit(row.pk, SELF, standard, unit, pack, dice, act)
        if place % 3 == 0:
            later = {"by": judge, "on": on + timedelta(days=20)}
            done += _submit(row.pk, ON_SITE, standard, unit, pack, dice, later)
    return done


def _submit(
    unit_id: Any,
    stage: str,
    standard: Standard,
    unit: Unit,
    pack: Pack,
    dice: random.Random,
    act: dict[str, Any],
) -> int:
    answers = _answers(standard, unit, dice, 1.0)
    try:
        services.submit(
            unit_id=unit_id, stage=stage, answers=answers, remarks=dict.fromkeys(answers, "见台账") if stage == SELF else {},
            pack=pack, at=datetime.combine(act["on"], time(10), CHINA_TZ), **act,
        )  # fmt: skip
    except KangchengError:
        return 0  # an item with conditions of its own that a drawn answer does not meet: the unit stays as it was
    return 1


def _answers(standard: Standard, unit: Unit, dice: random.Random, share: float) -> dict[str, str]:
    """Answers to the items that apply to the unit; `share` of them."""
    items = selectors.applicable(standard, unit.attributes)
    return {item.id: _answer(item, dice) for item in items if dice.random() < share}


def _answer(item: Item, dice: random.Random) -> str:
    """The best answer mostly, else one that costs points."""
    well = item.veto or dice.random() < GOOD
    if item.how == "yes_no":
        return "yes" if well else "no"
    if item.how == "levels":
        best = max(item.levels, key=lambda level: level.points)
        return best.id if well else dice.choice(item.levels).id
    if item.how == "deduct":
        return "0" if well else str(dice.randint(1, 4))
    return _value(item, well)


def _value(item: Item, well: bool) -> str:
    """A measured value: the bound of full points, or a tenth off it."""
    measure = item.measure
    assert measure is not None
    bounds = [step.at_least if step.at_least is not None else step.at_most for step in measure.steps[:1]]
    bounds += [measure.linear[1]] if measure.linear else []
    bounds += [measure.at_least, measure.at_most]
    bound = Fraction(next((one for one in bounds if one is not None), 0))
    return _written(bound if well else bound * Fraction(9, 10), measure.unit)


def _written(value: Fraction, code: str) -> str:
    kind = unit_of(code).dimension
    if kind == "rate":
        return f"{float(value * 100):.4g}%"
    if kind == "money":
        return f"{float(value / 100):.2f}"
    return str(int(value)) if kind == "count" or value.denominator == 1 else f"{float(value):.4g}"
