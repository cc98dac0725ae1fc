"""A year of claims through the engines, before anything is stored: most by `compiled`, and where stacks share memory by `reference`.

A person whose visits and stays go through two stacks that remember under one name (an account drawn at both) is settled
claim by claim in order of time; everybody else stack by stack. Both give the same fen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from kangcheng.funds.engine import compiled, parse, reference
from kangcheng.funds.engine.definition import Account, Stack
from kangcheng.funds.engine.facts import Claim, Line
from kangcheng.funds.engine.result import Result
from kangcheng.funds.engine.slots import slots
from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.entry import period_of
from kangcheng.policy.pack import Pack
from kangcheng.synth.city import City

HEADER = (
    "id",
    "person",
    "household",
    "on",
    "sequence",
    "admitted_on",
    "discharged_on",
    "total",
    "age",
    "categories",
)
"""Columns of the claims table that are no attributes."""


class NoStack(KangchengError):
    """The pack settles no such claim, or in two ways."""


@dataclass
class Stacks:
    """The stacks of a pack by scheme, setting and day, each parsed once for every stretch of days in which nothing changes."""

    pack: Pack
    _days: dict[int, list[Stack]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        days: set[date] = set()
        for entry in self.pack.all():
            for dated in (entry.data, *entry.get("values", ()), *entry.get("versions", ())):
                if isinstance(dated, Mapping) and ({"from", "to"} & set(dated)):
                    period = period_of(dict(dated))
                    days.update(day for day in (period.start, period.end) if day)
        self.boundaries = sorted(days)

    def of(self, scheme: str, setting: str, on: date) -> Stack:
        """The one stack meant for them on the day. Raises NoStack."""
        found = [one for one in self._on(on) if scheme in one.scheme and setting in one.setting]
        if len(found) != 1:
            raise NoStack(
                f"{len(found)} 个待遇顺序适用 (stacks that fit)",
                where=f"{scheme}，{setting}，{on}",
                rule="恰有一个 stack 的 scheme 与 setting 相符",
                todo=f"在政策包 {self.pack.name} 中补充或收窄 stack",
            )
        return found[0]

    def _on(self, on: date) -> list[Stack]:
        stretch = bisect_right(self.boundaries, on)
        if stretch not in self._days:
            at = self.pack.at(on)
            entries = [one for one in at.all("stack") if one.get("scheme")]
            self._days[stretch] = [
                parse.stack(one, at, file=one.file, release=self.pack.release_hash) for one in entries
            ]
        return self._days[stretch]


def claims(city: City, ids: Mapping[str, str] | None = None) -> list[Claim]:
    """The city's claims as the engine takes them, in the table's order; `ids` gives persons and households other names."""
    lines = _lines(city.claim_lines)
    names = ids or {}
    return [_claim(row, lines[row["id"]], names) for row in city.claims.to_pylist()]


def _claim(row: dict[str, Any], lines: list[Line], names: Mapping[str, str]) -> Claim:
    stay = max(1, (row["discharged_on"] - row["admitted_on"]).days)
    return Claim(
        id=row["id"],
        person=names.get(row["person"], row["person"]),
        household=names.get(row["household"], row["household"]),
        on=row["on"],
        sequence=row["sequence"],
        admitted_on=row["admitted_on"],
        discharged_on=row["discharged_on"],
        lines=tuple(lines),
        attributes={name: text for name, text in row.items() if name not in HEADER},
        categories=frozenset(row["categories"]),
        facts={"age": row["age"], "days": stay},
    )


def _lines(table: pa.Table) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    names = ("claim", "group", "amount", "quantity", "code", "price_limit", "first_pay_num", "first_pay_den")
    for claim, group, amount, quantity, code, limit, top, bottom in zip(
        *(table[name].to_pylist() for name in names), strict=True
    ):
        share = None if top is None else (top, bottom)
        found[claim].append(Line(group, amount, quantity, code, limit, share))
    return found


def settle(
    stacks: Stacks, given: Sequence[Claim], balances: Mapping[tuple[str, str], int] | None = None
) -> tuple[list[Stack], list[Result]]:
    """Stack and result of each claim, in the order given. `balances`: (person, account) -> fen at the start. Raises Faults."""
    chosen = [
        stacks.of(one.attributes["scheme"], one.attributes["setting"], one.discharged_on or one.on)
        for one in given
    ]
    together = _entangled(given, chosen)
    results: dict[int, Result] = {}
    state = reference.State(balances=dict(balances or {}))
    for stack, places in _by_stack(
        chosen, [row for row, one in enumerate(given) if one.person not in together]
    ):
        program = compiled.compile(stack)
        batch = compiled.from_claims([given[place] for place in places], stack, state)
        results |= dict(zip(places, program.run(batch).results(), strict=True))
    rest = [row for row, one in enumerate(given) if one.person in together]
    by_id = {given[row].id: chosen[row] for row in rest}
    settled, _ = reference.run(lambda claim: by_id[claim.id], [given[row] for row in rest], state)
    results |= dict(zip(rest, settled, strict=True))
    return chosen, [results[row] for row in range(len(given))]


def _by_stack(chosen: Sequence[Stack], rows: Iterable[int]) -> list[tuple[Stack, list[int]]]:
    found: dict[int, tuple[Stack, list[int]]] = {}
    for row in rows:
        found.setdefault(id(chosen[row]), (chosen[row], []))[1].append(row)
    return list(found.values())


def _entangled(given: Sequence[Claim], chosen: Sequence[Stack]) -> set[str]:
    """People whose claims go through stacks that remember something under the same name."""
    used: dict[str, dict[int, Stack]] = defaultdict(dict)
    for one, stack in zip(given, chosen, strict=True):
        used[one.person][id(stack)] = stack
    memory = {key: _remembers(stack) for key, stack in {id(one): one for one in chosen}.items()}
    found = set()
    for person, stacks in used.items():
        names = [memory[key] for key in stacks]
        if len(names) > 1 and sum(map(len, names)) > len(frozenset().union(*names)):
            found.add(person)
    return found


def _remembers(stack: Stack) -> frozenset[str]:
    """Names of everything the stack keeps from claim to claim."""
    accounts = [
        name for position in stack.order if isinstance(position, Account) for name in position.balances
    ]
    return frozenset([slot.name for slot in slots(stack)] + accounts)
