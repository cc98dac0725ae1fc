"""Small stacks and claims for the tests of the compiled engine."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kangcheng.funds.engine import parse
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim


@pytest.fixture
def stack_of() -> Callable[..., Stack]:
    """A stack of positions: mappings of benefits by id; other keys go to the stack itself."""

    def build(*order: dict[str, Any], **more: Any) -> Stack:
        positions = [
            one if "account" in one or "entitlement" in one else {"id": one["id"], "benefit": one}
            for one in order
        ]
        return parse.stack({"kind": "stack", "id": "s", "split": {}, "order": positions, **more})

    return build


@pytest.fixture
def claim() -> Callable[..., Claim]:
    """A claim of ann's with an in-scope amount in fen."""

    def build(number: int, fen: int | None = None, on: date = date(2024, 5, 1), **more: Any) -> Claim:
        return Claim(**{"id": f"c{number:05d}", "person": "ann", "on": on, "in_scope": fen, **more})

    return build
