"""Conditions as code: one expression where nothing can be missing, steps where a missing number ends the claim."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from kangcheng.funds.engine.compiled.draft import Draft
from kangcheng.funds.engine.compiled.vocabulary import BITS
from kangcheng.funds.engine.definition import Condition, Span

_IN_WORD = 32  # accepted codes in one constant, when an attribute has many


def holds(draft: Draft, condition: Condition | None) -> str:
    """Code that is true when the condition holds; steps it needs are written before. None never holds."""
    if condition is None:
        return "False"
    return _stepwise(draft, condition) if can_fail(condition) else _plain(draft, condition)


def can_fail(condition: Condition | None) -> bool:
    """True when a number is tested anywhere in it, which a claim may lack."""
    if condition is None:
        return False
    return bool(condition.numbers) or any(map(can_fail, (*condition.any_of, *condition.none_of)))


def _plain(draft: Draft, condition: Condition) -> str:
    tests = [*_tests(draft, condition)]
    if condition.any_of:
        tests.append(f"({' or '.join(_inner(_plain(draft, one)) for one in condition.any_of)})")
    tests += [f"not {_inner(_plain(draft, one))}" for one in condition.none_of]
    return " and ".join(tests) or "True"


def _inner(text: str) -> str:
    return f"({text})" if " and " in text else text


def _tests(draft: Draft, condition: Condition) -> Iterable[str]:
    """Attributes and categories, which are never missing: an absent one only fails.

    Their codes stand in the code itself: equal tests of several layers are then one test to the machine.
    """
    for name, accepted in condition.attributes.items():
        yield _accepted(draft, name, accepted)
    words = draft.vocabulary.words
    if condition.categories:
        masks = _masks(draft, condition.categories)
        tests = [f"g_{w} & {masks[w]} != 0" for w in range(words)]
        yield tests[0] if words == 1 else f"({' or '.join(tests)})"
    if condition.all_categories:
        masks = _masks(draft, condition.all_categories)
        yield from (f"g_{w} & {masks[w]} == {masks[w]}" for w in range(words) if masks[w])


def _accepted(draft: Draft, name: str, accepted: frozenset[str]) -> str:
    codes = {draft.vocabulary.codes[name][text] for text in accepted}
    code, most = draft.attribute(name), draft.vocabulary.others[name]
    if len(codes) == 1:
        return f"{code} == {min(codes)}"
    if most <= BITS:
        return f"({sum(1 << one for one in codes)} >> {code}) & 1 == 1"
    words = [0] * (most // _IN_WORD + 1)
    for one in codes:
        words[one // _IN_WORD] |= 1 << one % _IN_WORD
    word = draft.source.table(words, f"{code} // {_IN_WORD}")
    return f"({word} >> {code} % {_IN_WORD}) & 1 == 1"


def _masks(draft: Draft, names: frozenset[str]) -> list[int]:
    masks = [0] * draft.vocabulary.words
    for name in names:
        bit = draft.vocabulary.categories[name]
        masks[bit // BITS] |= 1 << bit % BITS
    return masks


def _stepwise(draft: Draft, condition: Condition) -> str:
    """Test after test in the order of the reference, giving up where it would."""
    source = draft.source
    held = source.name("t")
    source.put(f"{held} = False")
    depth = source.depth
    _enter(draft, " and ".join(_tests(draft, condition)) or "True")
    for name, span in condition.numbers.items():
        _enter(draft, _within(draft, name, span))
    if condition.any_of:
        some = _some(draft, condition.any_of)
        _enter(draft, some)
    if condition.none_of:
        some = _some(draft, condition.none_of)
        _enter(draft, f"not {some}")
    source.put(f"{held} = True")
    source.depth = depth
    return held


def _enter(draft: Draft, test: str) -> None:
    if test != "True":
        draft.source.put(f"if {test}:")
        draft.source.depth += 1


def _within(draft: Draft, name: str, span: Span) -> str:
    number = draft.fact(name)
    missing(draft, name)
    tests = []
    if span.start is not None:
        tests.append(f"{number} >= {draft.source.const(ceil(span.start))}")
    if span.below is not None:
        tests.append(f"{number} < {draft.source.const(ceil(span.below))}")
    return " and ".join(tests) or "True"


def _some(draft: Draft, conditions: tuple[Condition, ...]) -> str:
    """A name that is true when one of them holds, tried from the left until one does."""
    source = draft.source
    some = source.name("t")
    source.put(f"{some} = False")
    for one in conditions:
        with source.block(f"if not {some}"):
            source.put(f"{some} = {holds(draft, one)}")
    return some


def missing(draft: Draft, name: str) -> None:
    """Give the claim up when it lacks a number."""
    with draft.source.block(f"if {draft.fact(name)} < 0"):
        draft.source.fault("age" if name == "age" else f"facts.{name}", f"单据缺少 {name} (fact missing)")
