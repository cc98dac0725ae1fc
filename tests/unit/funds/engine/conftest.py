"""What engine tests share: one call from a definition and claims to results."""

from collections.abc import Callable
from typing import Any

import pytest

from kangcheng.funds.engine import parse, reference
from kangcheng.funds.engine.result import Result


@pytest.fixture
def settled() -> Callable[..., list[Result]]:
    """settled(definition, claim, claim, ...) -> results with reasons."""

    def settle(definition: dict[str, Any], *claims: dict[str, Any], **state: Any) -> list[Result]:
        stack = parse.settleable(definition)
        bodies = [{"on": "2024-05-01", **claim} for claim in claims]
        return reference.settle_all(
            stack, parse.claims_of(bodies), reference.State(**state) if state else None, explain=True
        )

    return settle
