"""Every worked case of every pack on both implementations: the same fen in every field, also for the unseen city."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kangcheng.funds.engine import compiled, parse
from kangcheng.kernel.errors import Faults
from kangcheng.policy.entry import Case, Entry
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack
from kangcheng.policy.store import PACKS
from tests.property.equal import differences, one_by_one

UNSEEN = Path(__file__).parents[1] / "unseen" / "yanhui"
KINDS = ("benefit", "entitlement", "stack")


def worked(pack: Pack) -> Iterator[tuple[Entry, Case]]:
    for entry in pack.all():
        if entry.kind in KINDS:
            yield from (
                (entry, case)
                for case in entry.cases
                if {"claim", "claims"} & case.data.keys() and "state" not in case.data
            )


@pytest.mark.slow
@pytest.mark.parametrize(
    "place", [PACKS / "kangcheng", PACKS / "examples", UNSEEN], ids=lambda path: path.name
)
def test_both_implementations_agree_on_every_case(place: Path) -> None:
    pack = load_pack(place)
    found, ran = [], 0
    programs: dict[tuple[str, str, str], compiled.Program] = {}
    for entry, case in worked(pack):
        claims = parse.claims_of(case.data.get("claims") or [case.data["claim"]])
        day = claims[0].on
        try:
            stack = parse.settleable(entry, pack.at(day))
        except Faults:
            continue
        key = (entry.kind, entry.id, str(day))
        program = programs[key] = programs.get(key) or compiled.compile(stack, native=False)
        differing = differences(program, claims, None, one_by_one(stack, claims))
        found += [f"{entry.file} {case.name}: {line}" for line in differing]
        ran += 1
    assert found == []
    assert ran > 40
