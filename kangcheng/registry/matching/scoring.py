"""Trained weights and what a pair weighs with them: log2 of how much likelier the pair is one person than two. Pure.

The model of Fellegi and Sunter as Splink computes it: prior odds, times m/u of each field's level, times the correction
for how frequent an agreeing name is.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from kangcheng.kernel.errors import KangchengError
from kangcheng.registry.matching.comparing import UNKNOWN, compare
from kangcheng.registry.matching.traits import Traits

FOLDER = Path(__file__).with_name("weights")
MOST_WEIGHT = 60.0


class NoWeights(KangchengError):
    """There are no trained weights of this version."""


@dataclass(frozen=True)
class Model:
    """Weights of one training. `m` and `u`: field -> level -> probability among one person's and two persons' records."""

    version: str
    trained_on: str
    known_share: float
    """Share of incoming records whose person is registered already: the prior is this over the number of residents."""
    m: Mapping[str, Mapping[str, float]] = field(repr=False)
    u: Mapping[str, Mapping[str, float]] = field(repr=False)

    def prior(self, residents: int) -> float:
        """Log2 odds that a record and a resident drawn at random are one person, among so many residents."""
        chance = min(self.known_share / max(residents, 2), 0.5)
        return math.log2(chance / (1 - chance))

    def weight(self, field_: str, level: str) -> float:
        """Log2 of m/u of a level; an unknown field weighs nothing."""
        return 0.0 if level == UNKNOWN else math.log2(self.m[field_][level] / self.u[field_][level])

    def written(self) -> str:
        """The model as the text of its file."""
        parts = {"version": self.version, "trained_on": self.trained_on, "known_share": self.known_share}
        return json.dumps(parts | {"m": self.m, "u": self.u}, ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True)
class Part:
    """What one field adds. `field` "prior": where one starts; "frequency": the correction for the name's frequency."""

    field: str
    level: str
    weight: float


@dataclass(frozen=True)
class Scored:
    """A pair with its weight, and where that comes from."""

    weight: float
    parts: tuple[Part, ...]

    @property
    def levels(self) -> dict[str, str]:
        """Field -> level."""
        return {part.field: part.level for part in self.parts if part.level}

    @property
    def chance(self) -> float:
        """Probability that the two are one person."""
        return chance(self.weight)


def chance(weight: float) -> float:
    """Probability of a weight."""
    return 1 / (1 + 2 ** -max(min(weight, MOST_WEIGHT), -MOST_WEIGHT))


def weight_of(probability: float) -> float:
    """Weight of a probability between 0 and 1."""
    return math.log2(probability / (1 - probability))


def score(
    model: Model, one: Traits, other: Traits, *, residents: int, frequency: float | None = None
) -> Scored:
    """The pair's weight. `frequency`: share of residents with this name, used where both names agree."""
    parts = [Part("prior", "", model.prior(residents))]
    for code, level in compare(one, other).items():
        parts.append(Part(code, level, model.weight(code, level)))
        if code == "name" and level == "exact" and frequency:
            parts.append(Part("frequency", "", math.log2(model.u["name"]["exact"] / frequency)))
    return Scored(sum(part.weight for part in parts), tuple(parts))


@lru_cache(maxsize=8)
def load(version: str, folder: Path = FOLDER) -> Model:
    """The weights of a version. Raises NoWeights."""
    path = folder / f"{version}.json"
    if not path.is_file():
        known = "、".join(one.stem for one in sorted(folder.glob("*.json")))
        raise NoWeights(f"没有这一版权重 (no such weights) {version!r}", where=path.name, rule=known)
    return _read(path.read_text("utf-8"))


def _read(text: str) -> Model:
    data: dict[str, Any] = json.loads(text)
    return Model(data["version"], data["trained_on"], data["known_share"], data["m"], data["u"])
