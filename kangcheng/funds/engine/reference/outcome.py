"""What a layer made of its base."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """Fen. `expense` is what the rate was applied to, `over` what ceilings cut off."""

    deductible: int
    expense: int
    over: int
    paid: int
