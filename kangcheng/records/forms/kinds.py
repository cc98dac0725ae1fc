"""The kind `form`, run: formulas and code systems exist, and each worked case gives the expected scores and conclusions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.kernel.units import parse_number
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds import form as schema
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import Move
from kangcheng.policy.source import Path_, Scalar, Sequence, plain
from kangcheng.records.forms.reading import form
from kangcheng.records.forms.rules import outcome, shown
from kangcheng.records.forms.types import Answer, Form, Item, Outcome, Score
from kangcheng.records.terminology import packaged


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """What the schema's own check finds, and formulas or code systems that are none."""
    faults = schema.check(entry, pack)
    for path, row in schema.items_of(entry.get("items")):
        if "codes" in row and row["codes"] not in packaged.systems():
            faults.append(
                entry.fault((*path, "codes"), f"没有这个代码系统 (no such code system) {row['codes']}")
            )
    if not faults:
        try:
            form(entry)
        except KangchengError as error:
            faults.append(entry.fault("items", str(error)))
    return faults


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Answer as the case says; compare scores, bands, conclusions, computed values, what is asked and what is refused."""
    asked = form(entry)
    found = answered(asked, dict(case.data.get("answers", {})), case.data.get("fill"))
    differences = [_expected(key, wanted, found) for key, wanted in case.data.get("expect", {}).items()]
    differences += [
        f"{name} 应不可判 (cannot be judged)" for name in _listed(case.data, "unknown") if _known(name, found)
    ]
    differences += [
        f"应问 (should be asked) {name}" for name in _listed(case.data, "asked") if name not in found.asked
    ]
    differences += [
        f"不应问 (should not be asked) {name}"
        for name in _listed(case.data, "not_asked")
        if name in found.asked
    ]
    told = "；".join(str(fault) for fault in found.faults)
    wanted = _listed(case.data, "refused")
    differences += [
        f"应指出 (should be refused) {word!r}，得 {told or '无'}" for word in wanted if word not in told
    ]
    if found.faults and not wanted:
        differences.append(f"不应有错误 (unexpected faults): {told}")
    return judged(case, [difference for difference in differences if difference])


def answered(asked: Form, answers: dict[str, Answer], fill: str | None) -> Outcome:
    """The outcome of `answers`, the other choices that are asked all answered `fill`."""
    found = outcome(asked, answers)
    if fill is None:
        return found
    for item in asked.every_item():
        if item.type == "choice" and item.id not in answers and item.option(fill):
            answers = {**answers, item.id: fill}
    kept = {name: value for name, value in answers.items() if name in outcome(asked, answers).asked}
    return outcome(asked, kept)


def _expected(key: str, wanted: Any, found: Outcome) -> str:
    got = _got(key, found)
    if got is None and not _named(key, found):
        return f"{key}: 没有这个得分、结论或项 (no such score, result or item)"
    if isinstance(got, Fraction):
        return "" if got == parse_number(str(wanted)) else f"{key}: 应为 {wanted}，得 {shown(got)} ({got})"
    return "" if got == wanted else f"{key}: 应为 {wanted}，得 {got}"


def _got(key: str, found: Outcome) -> Any:
    if key.endswith(".band"):
        return found.bands.get(key.removesuffix(".band"))
    return found.scores.get(key, found.results.get(key, found.answers.get(key)))


def _named(key: str, found: Outcome) -> bool:
    return (
        key in found.scores
        or key in found.results
        or key in found.asked
        or key.removesuffix(".band") in found.bands
    )


def _known(name: str, found: Outcome) -> bool:
    return _got(name, found) is not None


def _listed(data: dict[str, Any], key: str) -> list[str]:
    value = data.get(key, [])
    return value if isinstance(value, list) else [value]


def same(entry: Entry, move: Move, pack: Pack) -> bool:
    """A limit of a score that is moved over no value the score can take: nobody could ever see the difference."""
    if isinstance(move.node, Sequence):
        return _same_order(entry, move)
    names, old = _limited(entry, move.path), _at(entry.data, move.path)
    if not names or not isinstance(move.node, Scalar) or not isinstance(old, str):
        return False
    low, high = sorted((parse_number(old), parse_number(move.node.text)))
    asked = form(entry)
    return all(not low < value <= high if _above(move.path) else not low <= value < high
               for score in asked.scores if score.id in names for value in reachable(asked, score))  # fmt: skip


def _same_order(entry: Entry, move: Move) -> bool:
    """Two neighbouring rules of one conclusion changed places."""
    if move.path[0] != "results" or move.path[-1] != "rules":
        return False
    moved = [str(row["result"]) for row in plain(move.node)]
    return moved == [row["result"] for row in _at(entry.data, move.path)]


def reachable(asked: Form, score: Score) -> set[Fraction]:
    """Every value the score can take: each item answered in each way, for each set of its items that can be asked together."""
    items = {item.id: item for item in asked.every_item()}
    return {
        value
        for names in _together(asked, score, items)
        for value in _sums(score, [items[name] for name in names])
    }


def _together(asked: Form, score: Score, items: dict[str, Item]) -> set[tuple[str, ...]]:
    """Sets of the score's items that are asked together, as the choices they wait for are answered."""
    waited = sorted({condition.item for name in score.items for condition in items[name].when})
    ways = [[option.code for option in items[name].options] or ["yes", "no"] for name in waited]
    found = (outcome(asked, dict(zip(waited, codes, strict=True))).asked for codes in product(*ways))
    return {tuple(name for name in score.items if name in one) for one in found}


def _sums(score: Score, items: list[Item]) -> set[Fraction]:
    ways = [
        {points for _, points in i.graded} or {o.score for o in i.options if o.score is not None}
        for i in items
    ]
    if not ways or not all(ways):
        return set()
    least, most = sum(map(min, ways), Fraction(0)), sum(map(max, ways), Fraction(0))
    found = {Fraction(0)}
    for one in ways:
        found = {raw + way for raw in found for way in one} | (found if score.skip_missing else set())
    return (
        {(raw - least) / (most - least) * 100 for raw in found} if score.hundred and most > least else found
    )


def _limited(entry: Entry, path: Path_) -> set[str]:
    """Ids of the scores whose limit stands at `path`; none when something else stands there."""
    scores = entry.get("scores", [])
    if path[0] == "scales" and path[-1] == "from":
        return {row["id"] for row in scores if row.get("scale") == path[1]}
    if path[0] == "scores" and len(path) == 5 and path[2] == "bands":
        return {scores[int(path[1])]["id"]}
    if path[0] == "results" and path[-1] in ("at_least", "above", "at_most", "below"):
        test = _at(entry.data, path[:-1])
        named = test.get("score", []) if isinstance(test, dict) else []
        return set(named if isinstance(named, list) else [named])
    return set()


def _above(path: Path_) -> bool:
    """Whether the limit itself lies on the lower side of the cut: above, at_most."""
    return path[-1] in ("above", "at_most")


def _at(data: Any, path: Path_) -> Any:
    for step in path:
        if isinstance(data, dict) and isinstance(step, int):
            continue  # a list of one that stands without brackets
        data = data[step]
    return data


KINDS = (replace(schema.KIND, check=check, run_case=run_case, same=same),)
