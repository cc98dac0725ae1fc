"""Every worked case of every pack comes to the same fen in both engines."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kangcheng.funds.engine import compiled, parse, reference
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.parse.references import body_of
from kangcheng.kernel.errors import Faults
from kangcheng.policy.reader import load_pack, read_entry

ROOT = Path(__file__).resolve().parents[4]
PACKS = sorted(path.parent.name for path in (ROOT / "packs").glob("*/pack.yaml"))
FEATURES = sorted((ROOT / "tests/unit/funds/engine/features").glob("*.yaml"))
KINDS = ("benefit", "entitlement", "stack")


class Programs:
    """One program a stack, whatever the number of its cases."""

    def __init__(self) -> None:
        self.found: dict[int, tuple[Stack, compiled.Program]] = {}

    def of(self, stack: Stack) -> compiled.Program:
        if id(stack) not in self.found:
            self.found[id(stack)] = (stack, compiled.compile(stack, native=False))
        return self.found[id(stack)][1]


PROGRAMS = Programs()


def settled(stack: Stack, claims: list[Claim]) -> list[Any] | None:
    """By reference; None when a claim is refused."""
    try:
        return reference.settle_all(stack, claims)
    except Faults:
        return None


def differences(stack: Stack, claims: list[Claim]) -> list[str]:
    """Where compiled is not the same, its claims in cells and line by line."""
    expected, program = settled(stack, claims), PROGRAMS.of(stack)
    found = []
    for by_line in (False, True):
        got = program.run(compiled.from_claims(claims, stack, by_line=by_line), refused="mark").marked()
        if expected is None and None not in got:
            found.append("not refused")
        elif expected is not None:
            found += [
                f"{mine} is not {theirs}"
                for mine, theirs in zip(got, expected, strict=True)
                if mine != theirs
            ]
            spared = [one.no_deposit if one else () for one in got]
            found += ["no_deposit"] if spared != [one.no_deposit for one in expected] else []
    return found


def cases(body: Any, of_day: Any) -> Iterator[tuple[str, Stack, list[Claim]]]:
    """Name, stack and claims of each case that settles something."""
    for case in body.get("cases", ()):
        written = case.get("claims") or ([case["claim"]] if "claim" in case else [])
        if not written:
            continue
        try:
            claims = parse.claims_of(written)
        except Faults:
            continue  # refused while reading: no engine sees it
        yield case["name"], of_day(claims[0].on), claims


@pytest.mark.parametrize("name", PACKS)
def test_cases_of_pack(name: str) -> None:
    pack = load_pack(name)
    found, count = [], 0
    for entry in pack.all():
        body = body_of(entry)
        if body.get("kind") not in KINDS:
            continue
        of_day = cache(lambda day, body=body: parse.settleable(body, pack.at(day)))
        for case, stack, claims in cases(body, of_day):
            count += 1
            found += [f"{body['id']}, {case}: {one}" for one in differences(stack, claims)]
    assert not found, found[:5]
    assert count or name in ("base", "wuhai-2024", "qingyuan", "qingdao-2012", "kangcheng")


@pytest.mark.parametrize("path", FEATURES, ids=lambda path: path.stem)
def test_cases_of_feature(path: Path) -> None:
    body = body_of(read_entry(path.read_text(encoding="utf-8"), path.name))
    stack = parse.settleable(body)
    found = [
        f"{case}: {one}"
        for case, _, claims in cases(body, lambda _: stack)
        for one in differences(stack, claims)
    ]
    assert not found, found[:3]
