"""Who pays the year's contributions: residents by the pack's split of the premium, employees and employers from the wage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kangcheng.funds.engine import reference
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.synth.city import City
from kangcheng.synth.params import Params
from kangcheng.synth.settling import Stacks

SETTING, RESIDENT, EMPLOYEE, EMPLOYER = "enrolment", "resident", "employee", "employer"
MONTHS = 12


@dataclass(frozen=True)
class Contribution:
    """One person's year in a scheme; amounts in fen, `others` by source."""

    person: str
    scheme: str
    year: int
    own: int
    others: Mapping[str, int]
    paid_on: date


def contributions(numbers: Params, city: City, stacks: Stacks) -> list[Contribution]:
    """Of every coverage of the city in each calendar year of which a day is lived."""
    held: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in city.categories.to_pylist():
        held[row["person"]].append(row)
    split = _Split(stacks)
    found = []
    last = city.start.year + (city.start.month > 1)
    for row in city.coverage.to_pylist():
        if row["scheme"] == RESIDENT:
            year = row["valid_from"].year
            own, others = split.of(year, _held_on(held[row["person"]], date(year, 1, 1)))
            found.append(Contribution(row["person"], RESIDENT, year, own, others, row["valid_from"]))
        else:
            found += [
                _of_wage(numbers, row, year)
                for year in range(max(city.start.year, row["valid_from"].year), last + 1)
            ]
    return found


def _held_on(rows: list[dict[str, Any]], on: date) -> frozenset[str]:
    return frozenset(
        row["category"]
        for row in rows
        if row["valid_from"] <= on and (row["valid_to"] is None or on < row["valid_to"])
    )


def _of_wage(numbers: Params, row: dict[str, Any], year: int) -> Contribution:
    """Both shares of twelve months, booked in one of them."""
    rule = numbers.coverage
    own, whole = (
        round(row["wage"] * MONTHS * rule.employee_share),
        round(row["wage"] * MONTHS * rule.employer_share),
    )
    month = int(row["person"][1:]) % MONTHS + 1
    paid = max(row["valid_from"], date(year, month, 1))
    return Contribution(row["person"], EMPLOYEE, year, own, {EMPLOYER: whole}, paid)


class _Split:
    """The pack's split of the residents' premium, worked out once for each year and set of categories."""

    def __init__(self, stacks: Stacks) -> None:
        self.stacks = stacks
        self.known: dict[tuple[int, frozenset[str]], tuple[int, Mapping[str, int]]] = {}

    def of(self, year: int, categories: frozenset[str]) -> tuple[int, Mapping[str, int]]:
        """The person's own part and the parts of others."""
        key = (year, categories)
        if key not in self.known:
            self.known[key] = self._worked(year, categories)
        return self.known[key]

    def _worked(self, year: int, categories: frozenset[str]) -> tuple[int, Mapping[str, int]]:
        first = date(year, 1, 1)
        whole = int(self.stacks.pack.at(first).parameter(f"{RESIDENT}-premium"))
        stack: Stack = self.stacks.of(RESIDENT, SETTING, first)
        claim = Claim(
            id="premium",
            person="P",
            on=first,
            in_scope=whole,
            categories=categories,
            attributes={"scheme": RESIDENT, "setting": SETTING},
        )
        result = reference.settle(stack, claim, explain=False)
        return result.cash, {payer: fen for payer, fen in result.payers.items() if fen}
