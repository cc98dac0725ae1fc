"""What a person counts as and who insures it: person categories with validity, coverage by scheme, personal accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kangcheng.synth.columns import anniversary, chosen, day, days
from kangcheng.synth.draw import Flags, Ints, Streams, some
from kangcheng.synth.params import Params, closes, opens
from kangcheng.synth.population.families import ADULT
from kangcheng.synth.population.people import People

NEVER = 1 << 40
"""A day that does not come: the end of what has no end, the start of what never was."""
SCHEMES = ("none", "resident", "employee")
NONE, RESIDENT, EMPLOYEE = 0, 1, 2
MOTHERS = (20, 40)
EXPECTING = 0.75
"""For every woman delivered this year so many more are with child at its end."""
EMPLOYED_FOR = 9
"""Years at most for which an employee's present cover is known."""
YUAN, MONTHS = 100, 12


@dataclass
class Standing:
    """Per category c and person p: `starts[c, p]` and `ends[c, p]`, the end being the first day outside."""

    codes: list[str]
    sources: list[str]
    starts: Ints
    ends: Ints
    scheme: Ints
    cover_start: Ints
    cover_end: Ints
    premium: Ints
    wage: Ints
    delivery: Ints
    """Day of a mother's delivery in the year, or -1."""

    def held(self, people: Ints, on: Ints) -> Flags:
        """Whether each category (columns) is held by each of `people` on its day."""
        return ((self.starts[:, people] <= on) & (on < self.ends[:, people])).T

    def covered(self, people: Ints, on: Ints) -> Flags:
        """Whether a scheme covers each of `people` on its day."""
        return (self.cover_start[people] <= on) & (on < self.cover_end[people])


def make(params: Params, streams: Streams, people: People) -> Standing:
    """Categories and coverage of the block's people."""
    scheme, start, end = _coverage(params, streams("coverage"), people)
    delivery = _deliveries(people)
    spans: dict[str, tuple[Ints, Ints]] = {}
    for rule in params.categories:
        spans[rule.code] = _granted(params, rule, streams(f"category {rule.code}"), people, spans)
    for rule in params.ages:
        spans[rule.code] = anniversary(people.born, rule.age_from), anniversary(people.born, rule.age_to + 1)
    spans[params.retirement.code] = _retired(params, people, scheme)
    spans[params.pregnancy.code] = _pregnant(params, streams("expecting"), people, delivery)
    rules = [*params.categories, *params.ages, params.retirement, params.pregnancy]
    helped = (spans["registered_poor"][0] < NEVER) | (spans["low_income"][0] < NEVER)
    premium, wage = _money(params, streams("wages"), scheme, helped, people.age)
    return Standing(
        codes=[rule.code for rule in rules],
        sources=[rule.source for rule in rules],
        starts=np.array([spans[rule.code][0] for rule in rules]),
        ends=np.array([spans[rule.code][1] for rule in rules]),
        scheme=scheme,
        cover_start=start,
        cover_end=end,
        premium=premium,
        wage=wage,
        delivery=delivery,
    )


def _granted(
    params: Params,
    rule: Params,
    rng: np.random.Generator,
    people: People,
    spans: dict[str, tuple[Ints, Ints]],
) -> tuple[Ints, Ints]:
    """Who holds a category, from when to when. A household holds it as one."""
    count = len(people)
    chance = np.where(people.rural, rule.rural, rule.urban)
    draw, leaves, gone = rng.random(count), rng.random(count), rng.random(count)
    if rule.scope == "household":
        draw, leaves, gone = draw[people.home], leaves[people.home], gone[people.home]
    if rule.given:
        chance = np.where(spans[rule.given][0] < NEVER, rule.given_share, chance)
    may = (people.age >= (rule.age_from or 0)) & (people.age <= (rule.age_to or NEVER))
    if rule.alone:
        may &= people.size == 1
    holds = may & (draw < chance)
    first, last = opens(params), closes(params)
    since = day(rule.start.year, rule.start.month, rule.start.day)
    start = np.where(holds, np.maximum(since, people.born), NEVER)
    ends = holds & (leaves < rule.lapse)
    # Never on the first day: it would be nobody's category in the year.
    end = np.where(
        ends, np.maximum(start + 1, first + 1 + (gone * (last - first - 1)).astype(np.int64)), NEVER
    )
    return start, end


def _deliveries(people: People) -> Ints:
    """Mothers of those born in the year; the second of twins changes nothing."""
    found = np.full(len(people), -1)
    babies = np.flatnonzero((people.age == 0) & (people.mother >= 0))
    found[people.mother[babies]] = people.born[babies]
    return found


def _pregnant(params: Params, rng: np.random.Generator, people: People, delivery: Ints) -> tuple[Ints, Ints]:
    rule = params.pregnancy
    wives = np.flatnonzero(
        ~people.male
        & (people.spouse >= 0)
        & (people.age >= MOTHERS[0])
        & (people.age < MOTHERS[1])
        & (delivery < 0)
    )
    expecting = some(rng, wives, EXPECTING * (delivery >= 0).sum() / max(1, len(wives)))
    due = delivery.copy()
    last = closes(params)
    due[expecting] = last + (rng.random(len(expecting)) * (rule.days_before - 60)).astype(np.int64)
    return np.where(due >= 0, due - rule.days_before, NEVER), np.where(due >= 0, due + rule.days_after, NEVER)


def _retired(params: Params, people: People, scheme: Ints) -> tuple[Ints, Ints]:
    rule = params.retirement
    at = np.where(people.male, anniversary(people.born, rule.male), anniversary(people.born, rule.female))
    return np.where(scheme == EMPLOYEE, at, NEVER), np.full(len(at), NEVER)


def _coverage(params: Params, rng: np.random.Generator, people: People) -> tuple[Ints, Ints, Ints]:
    """Scheme, first day and first day after. The scheme of residents is joined for calendar years, at birth from birth."""
    rule, count = params.coverage, len(people)
    works = rng.random(count) < np.where(people.rural, rule.employee_rural, rule.employee_urban)
    scheme = np.where(works & (people.age >= ADULT), EMPLOYEE, RESIDENT)
    scheme = np.where(rng.random(count) < rule.uninsured, NONE, scheme)
    first, last = opens(params), closes(params)
    late = rng.random(count) < rule.joined_in_year
    joined = first + (rng.random(count) * (last - first)).astype(np.int64)
    worked = np.maximum(anniversary(people.born, ADULT), day(params.year - EMPLOYED_FOR))
    earlier = np.where(scheme == EMPLOYEE, np.minimum(worked, last - 1), day(params.year))
    start = np.maximum(np.where(late, joined, earlier), people.born)
    end = np.where(scheme == EMPLOYEE, NEVER, day(_last_year(params) + 1))
    return scheme, np.where(scheme == NONE, NEVER, start), np.where(scheme == NONE, NEVER, end)


def _last_year(params: Params) -> int:
    """The last calendar year of which a day is lived."""
    return params.year + (params.month > 1)


def _money(
    params: Params, rng: np.random.Generator, scheme: Ints, helped: Flags, age: Ints
) -> tuple[Ints, Ints]:
    """The year's premium of residents and the monthly base of employees, fen; whole yuan."""
    rule = params.coverage
    wage = (
        np.rint(rule.wage / YUAN * np.exp(rng.normal(0, rule.wage_spread, len(age)))).astype(np.int64) * YUAN
    )
    premium = np.where(helped, rule.premium_helped, rule.premium_resident)
    return np.where(scheme == RESIDENT, premium, 0), np.where(scheme == EMPLOYEE, wage, 0)


def categories(params: Params, people: People, standing: Standing) -> pa.Table:
    """A row for each category a person holds on some day of the year."""
    first, last = opens(params), closes(params)
    held = (standing.starts < last) & (standing.ends > first)
    person, row = np.nonzero(held.T)
    end = standing.ends[row, person]
    return pa.table(
        {
            "person": people.ids(person),
            "category": chosen(standing.codes, row),
            "valid_from": days(standing.starts[row, person]),
            "valid_to": days(end, end >= NEVER),
            "source": chosen(standing.sources, row),
        }
    )


def coverage(params: Params, people: People, standing: Standing) -> pa.Table:
    """What covers each person: a row for each calendar year in the scheme of residents, one open row for employees."""
    parts = [_rows(people, standing, np.flatnonzero(standing.scheme == EMPLOYEE), 0, NEVER)]
    for year in range(params.year, _last_year(params) + 1):
        covered = (standing.scheme == RESIDENT) & (standing.cover_start < day(year + 1))
        parts.append(_rows(people, standing, np.flatnonzero(covered), day(year), day(year + 1)))
    return pa.concat_tables(parts)


def _rows(people: People, standing: Standing, person: Ints, first: int, after: int) -> pa.Table:
    end = np.minimum(standing.cover_end[person], after)
    return pa.table(
        {
            "person": people.ids(person),
            "scheme": chosen(SCHEMES, standing.scheme[person]),
            "valid_from": days(np.maximum(standing.cover_start[person], first)),
            "valid_to": days(end, end >= NEVER),
            "premium": pa.array(standing.premium[person]),
            "wage": pa.array(standing.wage[person]),
        }
    )


def accounts(params: Params, people: People, standing: Standing) -> pa.Table:
    """Balances at new year of the personal accounts of employees: this year's part and what earlier years left, fen."""
    rule = params.coverage
    person = np.flatnonzero(standing.scheme == EMPLOYEE)
    year = standing.wage[person] * MONTHS * rule.employee_share
    current = (year * rule.account_current).astype(np.int64)
    return pa.table(
        {
            "person": people.ids(np.repeat(person, 2)),
            "account": pa.array(["current", "history"] * len(person), pa.string()),
            "amount": pa.array(
                np.column_stack([current, (current * rule.account_history).astype(np.int64)]).ravel()
            ),
        }
    )
