"""The city into the database, through the same `bulk` verbs as any other load. The only part of synth that knows Django."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kangcheng.base.accounts.types import Actor, system_actor
from kangcheng.funds.billing import services as billing
from kangcheng.funds.billing.types import NewLine
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.result import Result
from kangcheng.funds.enrolment import services as enrolment
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.settlement import services as settlement
from kangcheng.funds.settlement.types import Answer
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack
from kangcheng.registry.areas import services as areas
from kangcheng.registry.cards import services as cards
from kangcheng.registry.catalogues import services as catalogues
from kangcheng.registry.categories import services as categories
from kangcheng.registry.coverage import services as coverage
from kangcheng.registry.households import services as households
from kangcheng.registry.institutions import services as institutions
from kangcheng.registry.matching import services as matching
from kangcheng.registry.people import services as people
from kangcheng.registry.relations import services as relations
from kangcheng.registry.staff import services as staff
from kangcheng.synth import city as city_
from kangcheng.synth import clinical_load, lived, params, records_of_sources, reference, registers, rows
from kangcheng.synth.city import City
from kangcheng.synth.enrolling import contributions
from kangcheng.synth.params import Params
from kangcheng.synth.rounds import write as write_rounds
from kangcheng.synth.settling import Stacks, claims, settle
from kangcheng.work.registers import services as register_services

COMPARED = 500
"""Claims settled once more, one by one, at the counter: from admission to posting, then taken back."""
RECORDED, RECORDED_SHARE = 200, 0.5
"""People of whom two hospitals have records of their own, and the share each has: written one by one."""
CREDITED = 60
"""People whose personal accounts are filled: each credit is a booking of its own."""
LONG_AGO = 10
LEVELS = ("province", "city", "county", "street", "village")
REGISTERED = frozenset(
    ("scheme", "setting", "level", "place", "institution", "institution_type", "designated", "disease")
)
"""Attributes that a bill does not state: the registry or another field of the bill says them."""
WHY = "演示城市"
Postings = Counter[str]


class Mismatch(KangchengError):
    """The counter and the load settled one claim differently."""


class _Undo(Exception):
    """Takes back what the comparison wrote."""


@dataclass
class Load:
    """What is being loaded, by whom, and the database's ids of what is in."""

    city: City
    numbers: Params
    pack: Pack
    by: Actor
    on: date
    people: dict[str, UUID] = field(default_factory=dict)
    households: dict[str, UUID] = field(default_factory=dict)
    institutions: dict[str, UUID] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    stacks: list[Stack] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    seen: dict[int, tuple[Answer, Postings]] = field(default_factory=dict)
    """Place of a claim that the counter settled as well -> what it answered and posted."""

    @cached_property
    def areas(self) -> dict[str, str]:
        """Area of each institution."""
        names = ("code", "area_code")
        return dict(zip(*(self.city.institutions[name].to_pylist() for name in names), strict=True))

    @property
    def act(self) -> dict[str, Any]:
        """The keywords every verb wants."""
        return {"by": self.by, "on": self.on, "why": WHY}

    @property
    def since(self) -> date:
        """From when what was always there is registered."""
        return date(self.city.start.year - LONG_AGO, 1, 1)


def load_city(
    *,
    residents: int,
    seed: int,
    pack: Pack | str,
    by: Actor,
    on: date,
    progress: Callable[[str, float], None] = lambda title, share: None,
    compared: int = COMPARED,
) -> City:
    """Make the city of the twelve months before the month of `on` and write all of it, or nothing.

    At least `compared` claims are settled once more at the counter; raises Mismatch when a fen or a posting differs.
    `progress` hears what is being done and the share that is.
    """
    numbers = params.of_year(params.read(), on.year - 1, on.month)
    progress("生成城市 (city)", 0.0)
    city = city_.make(residents, seed, numbers)
    load = Load(city, numbers, load_pack(pack) if isinstance(pack, str) else pack, by, on)
    steps: list[tuple[str, Callable[[], object]]] = [
        ("区划 (areas)", lambda: _areas(load)),
        ("机构与人员 (institutions)", lambda: _institutions(load)),
        ("目录与对照 (catalogues)", lambda: _catalogues(load)),
        ("居民 (people)", lambda: _people(load)),
        ("家庭、凭证 (households, cards)", lambda: _households(load)),
        ("机构来源记录 (records of institutions)", lambda: _records(load)),
        ("人员类别 (categories)", lambda: categories.bulk(rows.categories(city, load.people), **load.act)),
        ("参保筹资 (coverage, contributions)", lambda: _money(load)),
        ("台账 (registers)", lambda: _registers(load)),
        ("检查表各轮 (rounds of checklists)", lambda: write_rounds(load.pack, load.act, seed=city.seed)),
        ("一年的结算 (settling)", lambda: _settle(load)),
        ("柜台逐笔核对 (the counter, one by one)", lambda: _compare(load, compared)),
        ("写入结算 (writing settlements)", lambda: _write(load)),
        ("健康档案 (health records)", lambda: clinical_load.write(load)),
        ("机构沿革、多点执业、可达 (what happened of late)", lambda: lived.write(load.city, load.act)),
    ]
    with transaction.atomic():
        for number, (title, step) in enumerate(steps, 1):
            progress(title, number / (len(steps) + 1))
            step()
    progress("完成 (done)", 1.0)
    return city


def _areas(load: Load) -> None:
    """The published divisions, then the invented ones, as the same five files."""
    areas.load(folder=reference.DATA / "divisions", **load.act)
    known = load.city.areas.to_pylist()
    with tempfile.TemporaryDirectory() as folder:
        for level, name in zip(LEVELS, areas.FILES, strict=True):
            with (Path(folder) / name).open("w", encoding="utf-8", newline="") as file:
                table = csv.writer(file)
                table.writerow(("code", "name"))
                table.writerows((row["code"], row["name"]) for row in known if row["level"] == level)
        areas.load(folder=Path(folder), **load.act)


def _institutions(load: Load) -> None:
    keys = institutions.bulk(rows.institutions(load.city, load.since), **load.act)
    load.institutions = dict(zip(load.city.institutions["code"].to_pylist(), keys, strict=True))
    staff.bulk(rows.staff(load.city, load.institutions, load.since), **load.act)


def _catalogues(load: Load) -> None:
    since = date(load.city.start.year - 1, 1, 1)
    catalogues.bulk_items(rows.items(load.city, since), **load.act)
    catalogues.bulk_hospital_items(rows.hospital_items(load.city, load.institutions), **load.act)
    mapped = rows.mappings(load.city, load.institutions)
    catalogues.bulk_mappings(mapped, proposed_by=system_actor("hospitals"), **load.act)


def _people(load: Load) -> None:
    keys = people.bulk(rows.people(load.city), **load.act)
    load.people = dict(zip(load.city.people["person"].to_pylist(), keys, strict=True))


def _households(load: Load) -> None:
    load.households = {name: new_id() for name in load.city.households["household"].to_pylist()}
    households.bulk(
        rows.households(load.city, load.households),
        rows.members(load.city, load.people, load.households, load.since),
        **load.act,
    )
    relations.bulk(rows.guardians(load.city, load.people), **load.act)
    cards.bulk(rows.cards(load.city, load.people, load.since), **load.act)


def _registers(load: Load) -> None:
    """Rows in every register of the pack."""
    kinds = dict(zip(*(load.city.institutions[name].to_pylist() for name in ("code", "type")), strict=True))
    places = [
        registers.Place(str(id_), kinds[code], load.areas[code]) for code, id_ in load.institutions.items()
    ]
    world = registers.World(
        places, load.city.areas["code"].to_pylist(), [str(id_) for id_ in load.people.values()]
    )
    for one in registers.in_order({one.id: one for one in register_services.defined(load.pack)}):
        made = registers.made(
            one, world, seed=load.city.seed, on=load.on,
            row_faults=register_services.row_faults, same_faults=register_services.same_faults,
        )  # fmt: skip
        world.rows[one.id] = [str(id_) for id_ in register_services.bulk(register=one, rows=made, **load.act)]


def _records(load: Load) -> None:
    """What two hospitals wrote down about some of the people: most finds its person, some waits to be looked at."""
    writers = [one.code for one in rows.institutions(load.city, load.since) if one.type == "county_hospital"][
        :2
    ]
    some = load.city.people.slice(0, RECORDED)
    for seed, code in enumerate(writers, 1):
        written = records_of_sources.make(some, seed=load.city.seed + seed, share=RECORDED_SHARE)
        matching.receive_many(rows=rows.records(written, code, load.institutions), **load.act)


def _money(load: Load) -> None:
    """Coverage with who paid for it, the enrolments, what treasury and employers owed, some personal accounts."""
    paid = contributions(load.numbers, load.city, Stacks(load.pack))
    coverage.bulk(rows.coverage(load.city, load.people, paid), **load.act)
    enrolment.bulk(rows.enrolments(load.people, paid), pack=load.pack, **load.act)
    owed: Counter[tuple[str, str, date]] = Counter()
    for one in paid:
        for source, fen in one.others.items():
            owed[one.scheme, source, one.paid_on.replace(day=1)] += fen
    for (scheme, source, month), fen in sorted(owed.items()):
        act = load.act | {"on": month + timedelta(days=27)}
        key = f"synth:{scheme}:{source}:{month}"
        enrolment.receive(source=source, scheme=scheme, amount=fen, key=key, **act)
    for row in _accounts(load):
        settlement.credit(
            owner_id=load.people[row["person"]],
            owner="person",
            account=row["account"],
            amount=row["amount"],
            source="employee",
            key=f"synth:{row['person']}:{row['account']}",
            **load.act | {"on": load.city.start},
        )


def _accounts(load: Load) -> list[dict[str, Any]]:
    """Balances of the first employees who have claims; the accounts of the others are empty."""
    asks = set(load.city.claims["person"].to_pylist())
    held = [row for row in load.city.accounts.to_pylist() if row["person"] in asks and row["amount"] > 0]
    return held[: 2 * CREDITED]


def _settle(load: Load) -> None:
    """The year through the engines."""
    names = {name: str(key) for name, key in (load.people | load.households).items()}
    load.claims = claims(load.city, names)
    balances = {(names[row["person"]], row["account"]): row["amount"] for row in _accounts(load)}
    load.stacks, load.results = settle(Stacks(load.pack), load.claims, balances)


def _compare(load: Load, compared: int) -> None:
    """Some claims at the counter: the same fen, or Mismatch."""
    with connection.cursor() as sql:
        sql.execute("ANALYZE")  # all came in by COPY: without figures of it every query is planned blindly
    load.seen = _at_counter(load, _sample(load, compared))
    for row, (answer, _) in load.seen.items():
        _same(load.claims[row].id, load.results[row], answer)


def _write(load: Load) -> None:
    """All claims; those the counter settled must have come to the same postings."""
    given = load.claims
    order = sorted(range(len(given)), key=lambda row: (given[row].person, given[row].on, given[row].sequence))
    loaded = [_loaded(load, given[row], load.stacks[row], load.results[row]) for row in order]
    ids = settlement.bulk(loaded, pack=load.pack, **load.act)
    keys = dict(zip(order, ids, strict=True))
    for row, (_, postings) in load.seen.items():
        _equal(given[row].id, "postings", _postings(keys[row]), postings)


def _loaded(load: Load, claim: Claim, stack: Stack, result: Result) -> settlement.Loaded:
    code = claim.attributes["institution"]
    return settlement.Loaded(
        claim=claim,
        result=result,
        stack=stack.id,
        institution_id=load.institutions[code],
        area_code=load.areas[code],
        level=claim.attributes["level"],
    )


def _sample(load: Load, wanted: int) -> list[int]:
    """Rows to settle at the counter: all claims of each person taken; half of them of people who lay in, the rest of any.

    Nobody with a defect: the counter would refuse it.
    """
    marked = {one.partition("-")[0][1:] for ids in load.city.truth["ids"].to_pylist() for one in ids}
    mine: dict[str, list[int]] = {}
    order = sorted(range(len(load.claims)), key=lambda row: (load.claims[row].on, load.claims[row].sequence))
    for row, person in ((row, load.claims[row].id[1:].partition("-")[0]) for row in order):
        if person not in marked:
            mine.setdefault(person, []).append(row)
    stays = [person for person, found in mine.items() if any(_is_stay(load.claims[row]) for row in found)]
    taken: dict[str, list[int]] = {}
    for group, enough in ((stays, wanted / 2), (list(mine), wanted)):
        for person in group:
            if sum(map(len, taken.values())) < enough:
                taken.setdefault(person, mine[person])
    return [row for found in taken.values() for row in found]


def _is_stay(claim: Claim) -> bool:
    return claim.admitted_on != claim.discharged_on


def _at_counter(load: Load, rows_: Sequence[int]) -> dict[int, tuple[Answer, Postings]]:
    """What the counter answers and posts for these claims; everything it wrote is taken back."""
    seen: dict[int, tuple[Answer, Postings]] = {}
    codes = _hospital_codes(load.city)
    try:
        with transaction.atomic():
            for row in sorted(rows_, key=lambda row: (load.claims[row].on, load.claims[row].sequence)):
                answer = _settled(load, load.claims[row], codes)
                assert answer.id is not None
                seen[row] = (answer, _postings(answer.id))
            raise _Undo
    except _Undo:
        return seen


def _stated(claim: Claim) -> dict[str, str]:
    return {name: text for name, text in claim.attributes.items() if name not in REGISTERED}


def _hospital_codes(city: City) -> dict[tuple[str, str], str]:
    """(institution, national item) -> the institution's own code."""
    columns = (city.hospital_items[name].to_pylist() for name in ("institution", "item", "hospital_code"))
    return {(place, item): code for place, item, code in zip(*columns, strict=True)}


def _settled(load: Load, claim: Claim, codes: Mapping[tuple[str, str], str]) -> Answer:
    """One claim from admission to settlement, as a clerk would do it."""
    assert claim.admitted_on is not None and claim.discharged_on is not None
    place = claim.attributes["institution"]
    bill = billing.open_bill(
        person_id=UUID(claim.person),
        institution_id=load.institutions[place],
        setting=claim.attributes["setting"],
        admitted_on=claim.admitted_on,
        disease=claim.attributes["disease"],
        attributes=_stated(claim),
        by=load.by,
        on=claim.discharged_on,
        key=f"synth:{claim.id}:bill",
    )
    lines = [NewLine(codes[place, line.code], line.quantity) for line in claim.lines]
    act: dict[str, Any] = {"bill_id": bill.id, "by": load.by}
    billing.charge(lines=lines, on=claim.discharged_on, key=f"synth:{claim.id}:lines", **act)
    billing.discharge(discharged_on=claim.discharged_on, on=claim.discharged_on, **act)
    return settlement.settle(pack=load.pack, on=claim.on, key=f"synth:{claim.id}:settle", **act)


def _postings(settlement_id: UUID) -> Postings:
    """Fen by account and party. A load books the patient's part as paid in cash, the counter as still to be paid."""
    found: Postings = Counter()
    for entry in ledger.entries_of(f"settlement:{settlement_id}"):
        for line in entry.lines:
            if line.account in ("cash:cash", "receivable:patient"):
                found["patient"] += line.amount
            else:
                found[f"{line.account} {line.party}"] += line.amount
    return found


def _same(claim: str, loaded: Result, answer: Answer) -> None:
    """Raise Mismatch unless every amount of the two is the same fen."""
    for name in ("total", "payers", "accounts", "waived", "institution", "parts", "allowances", "balances"):
        _equal(claim, name, getattr(loaded, name), getattr(answer, name))
    _equal(claim, "accumulators", loaded.accumulators, answer.accumulators)


def _equal(claim: str, name: str, loaded: object, counter: object) -> None:
    if _plain(loaded) != _plain(counter):
        raise Mismatch(
            f"批量与柜台结算不同 (load and counter differ): {name} {loaded} / {counter}",
            where=f"claim {claim}",
            rule="同一政策包，同一分",
            todo="报告给开发者；本次未载入任何内容",
        )


def _plain(value: object) -> object:
    """A mapping without its zeros: what is left out of an answer is nothing."""
    return {name: fen for name, fen in value.items() if fen} if isinstance(value, Mapping) else value
