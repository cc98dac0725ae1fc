"""How good a checker is: what it found against what was planted.

score([("P000000001", "P000000777")], city.truth, "duplicate_person").recall
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from kangcheng.kernel.errors import KangchengError
from kangcheng.synth.defects.truth import KINDS, TRAPS

Ids = tuple[str, ...]


class UnknownDefect(KangchengError):
    """The truth table has no such kind of defect."""


class Score(NamedTuple):
    """`recall`: share of the planted defects that were found; `precision`: share of the findings that were planted.

    None where there is nothing to divide by. `missed` and `wrong` list the ids; `trapped`: which of the wrong ones are traps.
    """

    recall: float | None
    precision: float | None
    planted: int
    found: int
    missed: tuple[Ids, ...]
    wrong: tuple[Ids, ...]
    trapped: tuple[Ids, ...]


def score(found: Iterable[str | Sequence[str]], truth: pa.Table, kind: str) -> Score:
    """Score the findings `found` (an id, or the ids of a finding in any order) against the defects of `kind`.

    A finding twice counts once. Raises UnknownDefect.
    """
    if kind not in KINDS or kind in TRAPS:
        raise UnknownDefect(
            f"没有这种问题 (no such defect) {kind!r}",
            rule=", ".join(one for one in KINDS if one not in TRAPS),
        )
    planted = _keys(truth, pc.equal(truth["kind"], kind))
    traps = _keys(truth, truth["trap"])
    given = {_key((one,) if isinstance(one, str) else one) for one in found}
    right = planted & given
    wrong = given - planted
    return Score(
        recall=len(right) / len(planted) if planted else None,
        precision=len(right) / len(given) if given else None,
        planted=len(planted),
        found=len(given),
        missed=tuple(sorted(planted - given)),
        wrong=tuple(sorted(wrong)),
        trapped=tuple(sorted(wrong & traps)),
    )


def _keys(truth: pa.Table, rows: pa.Array) -> set[Ids]:
    return {_key(ids) for ids in truth.filter(rows)["ids"].to_pylist()}


def _key(ids: Sequence[str]) -> Ids:
    return tuple(sorted(ids))
