"""Arrow tables: the same as claims, faults by row, streams that end where a person ends."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from kangcheng.funds.engine import compiled, parse, reference
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim, Line
from kangcheng.kernel.errors import Faults, KangchengError

STACK = parse.stack(
    {
        "kind": "stack",
        "id": "s",
        "split": {
            "groups": {"jia": {}, "yi": {"first_pay": "10%"}, "own": {"into": "out_of_scope"}},
            "otherwise": "refuse",
        },
        "order": [
            {
                "id": "free",
                "entitlement": {
                    "source": "town",
                    "when": {"categories": ["poor"]},
                    "waive": {"items": ["fee"]},
                },
            },
            {"id": "mine", "account": {"balances": ["current"], "base": "item_first_pay"}},
            {
                "id": "basic",
                "benefit": {
                    "payer": "pool",
                    "deductible": {
                        "amount": {"by": "level", "rows": {"一级": "10", "二级": "40"}},
                        "per": "disease",
                    },
                    "rate": {"linear": "age", "base": "50%", "slope": "0.2%"},
                    "ceilings": [{"limit": "900", "of": "payment", "per": "year"}],
                },
            },
        ],
    }
)


def claims(count: int, seed: int = 1, *, lines: bool = True) -> list[Claim]:
    """Complete claims of a few people."""
    random = Random(seed)
    made = []
    for number in range(count):
        amounts = {group: random.randrange(90_000) for group in ("jia", "yi", "own")}
        bill: dict[str, Any] = {"groups": amounts}
        if lines:
            listed = [Line(group, fen, code=random.choice(("", "fee"))) for group, fen in amounts.items()]
            bill = {
                "lines": (
                    *listed,
                    Line("jia", random.randrange(9_000), first_pay=random.choice((None, (1, 3)))),
                )
            }
        made.append(
            Claim(
                id=f"c{number:04d}",
                person=f"p{random.randrange(count // 3):03d}",
                on=date(2024, random.randrange(1, 13), random.randrange(1, 29)),
                sequence=random.randrange(3),
                admitted_on=date(2023, 12, 28) if random.random() < 0.3 else None,
                attributes={"level": random.choice(("一级", "二级")), "disease": random.choice("AB")},
                categories=frozenset(["poor"] if random.random() < 0.4 else []),
                facts={"age": random.randrange(90)},
                accounts={"current": random.randrange(5_000)} if random.random() < 0.5 else {},
                paid={"pool": 100} if number % 9 == 0 else {},
                **bill,
            )
        )
    return made


def table(given: list[Claim]) -> Any:
    """The claims as a table, item lines apart."""
    plain = {
        "id": [one.id for one in given],
        "person": [one.person for one in given],
        "on": [one.on for one in given],
        "sequence": [one.sequence for one in given],
        "admitted_on": pa.array([one.admitted_on for one in given], pa.date32()),
        "level": [one.attributes.get("level") for one in given],
        "attribute.disease": [one.attributes.get("disease") for one in given],
        "categories": pa.array([sorted(one.categories) for one in given], pa.list_(pa.string())),
        "age": [one.facts.get("age") for one in given],
        "account.current": [one.accounts.get("current") for one in given],
        "paid.pool": [one.paid.get("pool") for one in given],
    }
    groups = {f"group.{group}": [one.groups.get(group) for one in given] for group in ("jia", "yi", "own")}
    return pa.table(plain | (groups if any(one.groups for one in given) else {}))


def lines_of(given: list[Claim]) -> Any:
    """The lines as a table."""
    rows = [(one.id, line) for one in given for line in one.lines]
    return pa.table(
        {
            "claim": [claim for claim, _ in rows],
            "group": [line.group for _, line in rows],
            "amount": [line.amount for _, line in rows],
            "quantity": [line.quantity for _, line in rows],
            "code": [line.code for _, line in rows],
            "price_limit": pa.array([line.price_limit for _, line in rows], pa.int64()),
            "first_pay_num": pa.array([line.first_pay and line.first_pay[0] for _, line in rows], pa.int64()),
            "first_pay_den": pa.array([line.first_pay and line.first_pay[1] for _, line in rows], pa.int64()),
        }
    )


@pytest.fixture(scope="module")
def program() -> compiled.Program:
    return compiled.compile(STACK, native=False)


@pytest.mark.parametrize("by_line", [False, True])
@pytest.mark.parametrize("lines", [False, True])
def test_a_table_settles_as_its_claims(program: compiled.Program, lines: bool, by_line: bool) -> None:
    given = claims(150, lines=lines)
    batch = compiled.from_arrow(table(given), STACK, lines_of(given) if lines else None, by_line=by_line)
    assert program.run(batch).results() == reference.settle_all(STACK, given)


def test_results_as_a_table(program: compiled.Program) -> None:
    given = claims(40)
    result = program.run(compiled.from_arrow(table(given), STACK, lines_of(given)))
    answer = result.to_arrow().to_pylist()
    assert [row["id"] for row in answer] == [one.id for one in given]
    expected = reference.settle_all(STACK, given)
    assert [row["payer.pool"] for row in answer] == [one.payers["pool"] for one in expected]
    assert [row["after.basic.paid"] for row in answer] == [one.accumulators["basic.paid"] for one in expected]


def test_decimal_columns_are_yuan(program: compiled.Program) -> None:
    given = claims(30, lines=False)
    whole = table(given)
    for name in ("group.jia", "group.yi", "group.own"):
        yuan = [Decimal(fen) / 100 for fen in whole[name].to_pylist()]
        whole = whole.set_column(whole.column_names.index(name), name, pa.array(yuan, pa.decimal128(12, 2)))
    assert program.run(compiled.from_arrow(whole, STACK)).results() == reference.settle_all(STACK, given)
    fine = whole.set_column(
        whole.column_names.index("group.own"), "group.own", pa.array([Decimal("0.001")] * 30)
    )
    with pytest.raises(Faults, match="finer than one fen"):
        compiled.from_arrow(fine, STACK)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("group.jia", [1.5, 2.5], "not whole numbers"),
        ("on", pa.array([None, None], pa.date32()), "date missing"),
        ("wage", [1, 2], "unknown column"),
    ],
)
def test_columns_that_cannot_be_read(name: str, value: Any, words: str) -> None:
    whole = table(claims(40, lines=False)).slice(0, 2)
    column = value if isinstance(value, pa.Array) else pa.array(value)
    place = whole.column_names.index(name) if name in whole.column_names else None
    whole = whole.append_column(name, column) if place is None else whole.set_column(place, name, column)
    with pytest.raises(Faults, match=words):
        compiled.from_arrow(whole, STACK)


def test_faults_of_rows(program: compiled.Program) -> None:
    given = claims(40, lines=False)
    whole = table(given).append_column("total", pa.array([None, 1, 10**15, *[None] * 37], pa.int64()))
    whole = whole.append_column("group.odd", pa.array([None, None, None, 5, *[None] * 36], pa.int64()))
    got = program.run(compiled.from_arrow(whole, STACK), refused="mark")
    assert got.refused() == [1, 2, 3]
    with pytest.raises(Faults) as error:
        program.run(compiled.from_arrow(whole, STACK))
    assert {fault.where.split(" ")[0] for fault in error.value.faults} == {
        "[1].total",
        "[2].total",
        "[3].group.odd",
    }


def test_lines_must_belong_to_a_claim() -> None:
    given = claims(10)
    with pytest.raises(Faults, match="lines without a claim"):
        compiled.from_arrow(table(given[:5]), STACK, lines_of(given))
    with pytest.raises(Faults, match="id twice"):
        compiled.from_arrow(table([given[0], given[0]]), STACK, lines_of(given[:1]))
    with pytest.raises(Faults, match="sums and lines"):
        compiled.from_arrow(table(claims(9, lines=False)), STACK, lines_of(given[:1]))


@pytest.mark.parametrize("least", [1, 20, 1_000])
def test_a_stream_ends_its_batches_where_a_person_ends(program: compiled.Program, least: int) -> None:
    given = sorted(claims(120, lines=False), key=lambda one: (one.person, one.on, one.sequence, one.id))
    pieces = table(given).to_batches(max_chunksize=7)
    paid = [
        fen
        for batch in compiled.grouped(pieces, STACK, least=least)
        for fen in program.run(batch).column("payer.pool").tolist()
    ]
    assert paid == [one.payers["pool"] for one in reference.settle_all(STACK, given)]


def test_a_person_cut_in_two_is_refused(stack_of: Callable[..., Stack]) -> None:
    given = sorted(claims(60, lines=False), key=lambda one: one.person)
    pieces = table([*given, given[0]]).to_batches(max_chunksize=10)
    with pytest.raises(KangchengError, match="persons do not ascend"):
        list(compiled.grouped(pieces, STACK, least=20))
    pooled = stack_of({"id": "a", "payer": "p", "rate": "1", "pool": {"id": "pot", "limit": "1"}})
    with pytest.raises(KangchengError, match="settle in one batch"):
        list(compiled.grouped(pieces, pooled))
