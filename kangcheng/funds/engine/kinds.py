"""The kinds that the engine runs: benefit, entitlement and stack, with their checks and their worked cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kangcheng.funds.engine import parse, reference
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.parse.reading import MONEY, Reading
from kangcheng.funds.engine.render import as_json
from kangcheng.funds.engine.slots import layer_of
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.money import parse_yuan
from kangcheng.policy.entry import EARLIEST, Case, CaseResult, Entry, judged
from kangcheng.policy.kinds import benefit, entitlement, stack
from kangcheng.policy.pack import Pack
from kangcheng.policy.source import Mapping as Node
from kangcheng.policy.source import Path_, plain, walk

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """What the schema cannot say: steps that do not ascend, parts that do not exist, references without a value, ...

    The entry is read as on every day its cases use; without cases on its first day.
    """
    found: dict[str, Fault] = {}
    inexact: list[Fault] = []
    for day in _days(entry, pack):
        try:
            inexact = inexact or _inexact(entry, _read(entry, pack, day))
        except Faults as error:
            for fault in error.faults:
                found.setdefault(f"{fault.where} {fault.what}", fault)
    return inexact + [
        entry.fault(steps_of(fault.where), fault.what, rule=fault.rule, todo=fault.todo, near=fault.near)
        for fault in found.values()
    ]


def _inexact(entry: Entry, stack: Stack) -> list[Fault]:
    """An order of pools under which a batch and the counter could pay different amounts."""
    if not any((benefit := layer_of(position)) and benefit.pool for position in stack.order):
        return []
    from kangcheng.funds.engine.compiled import (
        Refusal,
        pools,
    )  # Arrow and numpy, for the few stacks with pools

    try:
        pools.check_exact(stack)
    except Refusal as refusal:
        place = refusal.where.partition(": ")[2]
        return [entry.fault(_position(entry, place), refusal.what, rule=refusal.rule, todo=refusal.todo)]
    return []


def _position(entry: Entry, place: str) -> Path_:
    """Where the entry writes the position of this id; its pool, or its top, when the position stands in another entry."""
    for key, rows in (("order", entry.get("order")), ("insert", entry.get("insert"))):
        for number, row in enumerate(rows or []):
            if place in (row.get("id"), (row.get("position") or {}).get("id")):
                return (key, number)
    if place in (entry.get("replace") or {}):
        return ("replace", place)
    return ("pool",) if "pool" in entry.data else ()


def notices(entry: Entry, pack: Pack) -> list[Fault]:
    """Tables by level that leave a level out and say nothing for the rest: such a claim would be refused."""
    found = {}
    for day in _days(entry, pack):
        at = pack.at(day)
        ladders = [tuple(at.levels(id_)) for kind, id_ in pack.versions if kind == "tiers"] if at else []
        for path, node in walk(entry.node):
            if isinstance(node, Node) and path[:1] != ("cases",) and {"by", "rows"} <= node.items.keys():
                missing = _left_out(entry, plain(node), ladders)
                if missing:
                    found[path] = missing
    return [
        entry.fault(
            (*path, "rows"),
            f"没有 {'、'.join(missing)}，也没有 otherwise (levels left out)",
            rule="表中没有的级，单据被拒收",
            todo="补一行，或写 otherwise",
        )
        for path, missing in found.items()
    ]


def _left_out(entry: Entry, table: dict[str, Any], ladders: list[tuple[str, ...]]) -> list[str]:
    """Levels that the table has no row for; none when it has an `otherwise` or its rows are no levels.

    Levels that the entry's own `when` shuts out are not missed.
    """
    rows = set(table["rows"])
    mine = [ladder for ladder in ladders if rows and rows <= set(ladder)]
    if "otherwise" in table or not mine:
        return []
    when = entry.get("when") or {}
    asked = when.get(table["by"]) if isinstance(when, Mapping) else None
    asked = [asked] if isinstance(asked, str) else asked
    missing = [[one for one in ladder if one not in rows and (not asked or one in asked)] for ladder in mine]
    return min(missing, key=len)


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Settle the claims of a case in order; every leaf expected must be met to the fen."""
    wanted = str(case.data.get("error", ""))
    if not wanted and "expect" not in case.data:
        return judged(case, ["没有 expect，也没有 error (nothing is expected)"])
    try:
        results = _settled(entry, case, pack)
    except KangchengError as error:
        if wanted and wanted in str(error):
            return judged(case, [])
        return judged(case, [f"被拒绝 (refused): {error}"])
    if wanted:
        return judged(case, [f"应被拒绝，理由含 {wanted!r}，却结算了 (should be refused)"])
    expected = case.data.get("expect", {})
    expected = expected if isinstance(expected, list) else [expected]
    if len(expected) != len(results):
        return judged(case, [f"有 {len(results)} 张单据、{len(expected)} 个 expect (counts differ)"])
    return judged(
        case, [line for i, one in enumerate(expected) for line in _missed(one, results[i], f"[{i}]")]
    )


def _days(entry: Entry, pack: Pack) -> list[date]:
    days = {parse_date(str(body["on"])) for case in entry.cases for body in _bodies(case) if _has_day(body)}
    if days:
        return sorted(days)
    starts = [one.period.start for one in pack.all() if one.period.start != EARLIEST]
    own = entry.period.start
    return [own if own != EARLIEST else max(starts, default=date(2000, 1, 1))]


def _has_day(body: Any) -> bool:
    try:
        return bool(parse_date(body["on"]))
    except (KangchengError, KeyError, TypeError):
        return False


def _bodies(case: Case) -> list[Any]:
    return case.data.get("claims") or [case.data.get("claim", {})]


def _read(entry: Entry, pack: Pack, day: date) -> Stack:
    return parse.settleable(entry, pack.at(day), file=entry.file)


def _settled(entry: Entry, case: Case, pack: Pack) -> list[dict[str, Any]]:
    """Results in the order of the case, each claim under the pack of its own day."""
    bodies = _bodies(case)
    claims = parse.claims_of(bodies)
    seen, pools = _before(case.data.get("state") or {})
    claims[0] = replace(claims[0], accumulators={**seen, **claims[0].accumulators})
    state = reference.State(pools=pools)
    stacks: dict[date, Stack] = {}

    def stack_of(claim: Claim) -> Stack:
        if claim.on not in stacks:
            stacks[claim.on] = _read(entry, pack, claim.on)
        return stacks[claim.on]

    return [as_json(result) for result in reference.run(stack_of, claims, state)[0]]


def _before(state: object) -> tuple[Mapping[str, int], dict[str, int]]:
    """Accumulators and used pools before the first claim of a case. Raises Faults."""
    reading = Reading()
    body = reading.mapping(state, "state", ("accumulators", "pools"))
    pools = reading.mapping(body.get("pools") or {}, "state.pools")
    used = {name: _used(reading, text, f"state.pools.{name}") for name, text in pools.items()}
    reading.close("算例 case")
    seen = parse.claim({"on": "2000-01-01", "accumulators": body.get("accumulators") or {}})
    return seen.accumulators, used


def _used(reading: Reading, node: object, path: str) -> int:
    """What a pool has given so far: a whole number ending in 例 is cases, everything else is yuan."""
    if isinstance(node, str) and node.endswith("例"):
        return reading.whole(node.removesuffix("例"), path)
    return int(reading.number(node, path, MONEY))


def _missed(expected: Any, got: Any, path: str) -> Iterator[str]:
    """Differences in words. An empty mapping expects that everything there is zero."""
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping):
            yield f"{path}: 应为键值表，得 {got!r}"
            return
        if not expected:
            yield from (
                f"{path}.{key}: 应为 0，得 {value}" for key, value in got.items() if not _same("0", value)
            )
        for key, value in expected.items():
            if key in got:
                yield from _missed(value, got[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}: 结果中没有此项 (not in the result)；有 {', '.join(got)}"
    elif isinstance(expected, list):
        if expected != got:
            yield f"{path}: 应为 {expected}，得 {got}"
    elif not _same(str(expected), got):
        yield f"{path}: 应为 {expected}，得 {got}"


def _same(expected: str, got: Any) -> bool:
    """Equal texts, or equal amounts however written."""
    if expected == got:
        return True
    try:
        return parse_yuan(expected) == parse_yuan(got)
    except KangchengError:
        return False


def steps_of(path: str) -> tuple[str | int, ...]:
    """A path in words as keys and list places: "steps[2].rate" -> ("steps", 2, "rate")."""
    return tuple(int(place) if place else key for key, place in _STEP.findall(path))


KINDS = [
    replace(kind, check=check, notices=notices, run_case=run_case)
    for kind in (benefit.KIND, entitlement.KIND, stack.KIND)
]
