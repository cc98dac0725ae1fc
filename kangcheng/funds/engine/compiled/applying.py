"""Whether a layer or an entitlement applies: when, unless, frequency, in that order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from kangcheng.funds.engine.compiled.conditions import can_fail, holds
from kangcheng.funds.engine.compiled.draft import Draft
from kangcheng.funds.engine.definition import Condition, Entitlement, Frequency

SKIPPED = ("", "when", "unless", "frequency")


@contextmanager
def applying(
    draft: Draft,
    when: Condition,
    unless: Condition | None,
    frequency: Frequency | None,
    count: str,
    why: str = "",
) -> Iterator[None]:
    """Code written inside runs when it applies; `why` names a number that tells which test failed (see SKIPPED)."""
    source = draft.source
    depth = source.depth
    tests = holds(draft, when)
    if unless is not None and not why and not can_fail(unless):
        tests = f"{tests} and not ({holds(draft, unless)})"
        unless = None
    _enter(draft, tests.removeprefix("True and "), why, 1)
    if unless is not None:
        _enter(draft, f"not ({holds(draft, unless)})", why, 2)
    if frequency is not None:
        done = draft.read(count, frequency.per)
        _enter(draft, f"{done} < {source.const(frequency.times)}", why, 3)
    if why:
        source.put(f"{why} = 0")
    yield
    source.depth = depth


def _enter(draft: Draft, test: str, why: str, number: int) -> None:
    source = draft.source
    if why:
        source.put(f"{why} = {number}")
    if test != "True":
        source.put(f"if {test}:")
        source.depth += 1


def entitled(draft: Draft, entitlement: Entitlement) -> AbstractContextManager[None]:
    """The tests of an entitlement that is no subsidy."""
    count = f"{entitlement.id}.count"
    return applying(draft, entitlement.when, entitlement.unless, entitlement.frequency, count)
