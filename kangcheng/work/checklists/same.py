"""Moves of a value that no sheet could ever notice: points come in steps, so a bound between two of them may shift. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from kangcheng.kernel.units import parse_rate
from kangcheng.policy.entry import Entry
from kangcheng.policy.mutate import replaced
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import Move
from kangcheng.policy.source import Mapping, Scalar, plain
from kangcheng.work.checklists import rules
from kangcheng.work.checklists.types import Item, Section, Standard

MOST_SUMS = 5_000  # beyond this a section is taken as able to reach anything


def same(entry: Entry, move: Move, pack: Pack) -> bool:
    """True when no answers can tell the moved bound from the one written."""
    place = move.path[-1]
    if not isinstance(move.node, Scalar):
        return False
    found = rules.standard(entry.data)
    if place == "met_at":
        item = found.items[_above(entry, move)["id"]]
        return _alike(_points(item), item.score, item.met_at, parse_rate(move.node.text))
    if move.path[0] == "grades" and (len(move.path) > 3 or place == "at_least"):
        moved = replaced(entry.node, move.path, move.node)
        assert isinstance(moved, Mapping)
        return _same_grade(found, rules.standard(dict(plain(moved))), int(move.path[1]), move)
    return False


def _above(entry: Entry, move: Move) -> dict[str, str]:
    node = entry.data
    for step in move.path[:-1]:
        node = node[step]  # type: ignore[index]
    return node


def _alike(points: set[Fraction] | None, score: Fraction, one: Fraction, two: Fraction) -> bool:
    """No point lies between the two shares of the score."""
    return points is not None and all((got >= one * score) == (got >= two * score) for got in points)


def _points(item: Item) -> set[Fraction] | None:
    """All points the item can get; None when they are without gaps."""
    if item.how == "yes_no":
        return {Fraction(0), item.score}
    if item.how == "levels":
        return {level.points for level in item.levels}
    if item.how == "deduct":
        return (
            {max(Fraction(0), item.score - item.each * n) for n in range(ceil(item.score / item.each) + 1)}
            if item.each
            else {item.score}
        )
    assert item.measure is not None
    if item.measure.linear is not None:
        return None
    return (
        {Fraction(0), item.score}
        if not item.measure.steps
        else {Fraction(0), *(step.points for step in item.measure.steps)}
    )


def _same_grade(old: Standard, new: Standard, number: int, move: Move) -> bool:
    one, two = old.grades[number], new.grades[number]
    if move.path[2] == "at_least":
        return _same_total(old, one.at_least, two.at_least)
    if move.path[2] == "sections":
        name = str(move.path[3])
        section = next(row for row in old.sections if row.id == name)
        return _same_share(old, section, one.sections[name], two.sections[name])
    if move.path[2] != "reached":
        return False
    before, after = one.reached[int(move.path[3])], two.reached[int(move.path[3])]
    items = [item for item in old.items.values() if item.key or not before.key_only]
    if move.path[-1] == "at":
        return all(_alike(_points(item), item.score, before.at, after.at) for item in items)
    fewest = sum(not item.optional and not item.when for item in items)
    counts = range(max(1, fewest), len(items) + 1)
    return move.path[-1] == "share" and all(ceil(before.share * n) == ceil(after.share * n) for n in counts)


def _same_total(found: Standard, one: Fraction | None, two: Fraction | None) -> bool:
    """No score lies between the two bounds, where every sheet has the same items and none is weighted."""
    fixed = all(not item.optional and not item.when for item in found.items.values())
    if one is None or two is None or not fixed or any(section.weight for section in found.sections):
        return False
    sums = {Fraction(0)}
    for section in found.sections:
        reach = _reach(found, section)
        if reach is None or len(reach) * len(sums) > MOST_SUMS:
            return False
        sums = {had + got for had in sums for got, _ in reach}
    return all((score >= one) == (score >= two) for score in sums)


def _same_share(found: Standard, section: Section, one: Fraction, two: Fraction) -> bool:
    reach = _reach(found, section)
    return reach is not None and all(
        (got >= one * full) == (got >= two * full) for got, full in reach if full
    )


def _reach(found: Standard, section: Section) -> set[tuple[Fraction, Fraction]] | None:
    """Every (points, points that could be had) of a section; None when there is no end of them."""
    reach = {(Fraction(0), Fraction(0))}
    for item in section.items:
        choices = _choices(found, item)
        if choices is None:
            return None
        reach = {(got + more, full + score) for got, full in reach for more, score in choices}
        if len(reach) > MOST_SUMS:
            return None
    return reach


def _choices(found: Standard, item: Item) -> set[tuple[Fraction, Fraction]] | None:
    points = _points(item)
    if points is None:
        return None
    choices = {(got, item.score) for got in points}
    return choices | set(_left_out(found, item))


def _left_out(found: Standard, item: Item) -> Iterator[tuple[Fraction, Fraction]]:
    if item.when or (item.optional and found.not_applicable == "drop"):
        yield Fraction(0), Fraction(0)
    if item.optional and found.not_applicable != "drop":
        yield (item.score if found.not_applicable == "full" else Fraction(0)), item.score
