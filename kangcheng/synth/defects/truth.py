"""The truth table: one row a planted defect or trap."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from kangcheng.synth.draw import Ints

KINDS: dict[str, tuple[str, str, str]] = {
    "duplicate_person": (
        "person",
        "同一人登记了两次",
        "one person registered twice: ids are the first and the second row",
    ),
    "swapped_person": ("person", "两人的姓名互换", "two people carry each other's names"),
    "dead_claimant": ("claim", "死亡之后仍有结算", "a claim for a day after the person's death"),
    "split_stay": (
        "claim",
        "一次住院分解为两次",
        "one stay billed as two: same place, same illness, next day",
    ),
    "overlapping_stay": ("claim", "两次住院日期重叠", "two stays of one person overlap"),
    "ghost_bed": (
        "claim",
        "住院期间在别处门诊",
        "an outpatient visit elsewhere while lying in: ids are the stay and the visit",
    ),
    "category_lapsed": ("claim", "人员类别已失效仍按其结算", "the claim carries a category that had ended"),
    "off_list_sale": (
        "line",
        "售出本机构目录外的项目",
        "an item the institution may not sell: ids are claim and line",
    ),
    "overcharge": (
        "line",
        "收费高于本机构公示价",
        "charged above the institution's own price: ids are claim and line",
    ),
    "repeated_line": (
        "line",
        "同一项目重复收费",
        "one item charged twice on a bill: ids are claim and the second line",
    ),
    "sex_conflict": ("claim", "诊断与性别不符", "the diagnosis is impossible for the person's sex"),
    "uncovered_claim": ("claim", "参保之前的费用已结算", "a claim for a day before cover began"),
    "twins": ("person", "双胞胎", "trap: two people born together, not one registered twice"),
    "transfer": (
        "claim",
        "转院",
        "trap: discharged and admitted the same day elsewhere by referral, not a split",
    ),
    "settled_after_death": (
        "claim",
        "死亡住院的事后结算",
        "trap: died in hospital, the stay settled days later",
    ),
}
"""Kind -> what its ids name, Chinese, English."""
TRAPS = frozenset(("twins", "transfer", "settled_after_death"))
SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("subject", pa.string()),
        ("ids", pa.list_(pa.string())),
        ("finding", pa.string()),
        ("trap", pa.bool_()),
        ("detail", pa.string()),
    ]
)


@dataclass
class Truth:
    """Rows gathered while a block is made. `tags` wait for the claims to be numbered."""

    kinds: list[str] = field(default_factory=list)
    ids: list[list[str]] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    tags: list[tuple[str, list[int], str]] = field(default_factory=list)
    last_tag: int = -1

    def add(self, kind: str, ids: list[str], detail: str = "") -> None:
        """One planted defect or trap."""
        self.kinds.append(kind)
        self.ids.append(ids)
        self.details.append(detail)

    def tagged(self, kind: str, groups: int, size: int, details: list[str] | None = None) -> Ints:
        """`groups` defects of `size` events each; returns their tags, group by group."""
        tags = self.last_tag + 1 + np.arange(groups * size).reshape(groups, size)
        self.last_tag += groups * size
        for row, detail in zip(tags.tolist(), details or [""] * groups, strict=True):
            self.tags.append((kind, row, detail))
        return tags

    def settle(self, tag: Ints, ids: list[str]) -> None:
        """Name the tagged events by their ids. A defect one of whose events made no claim is none."""
        found = {int(one): ids[row] for row, one in enumerate(tag.tolist()) if one >= 0}
        for kind, tags, detail in self.tags:
            if all(one in found for one in tags):
                self.add(kind, [found[one] for one in tags], detail)
        self.tags = []

    def table(self) -> pa.Table:
        """The rows as Arrow."""
        traps = [kind in TRAPS for kind in self.kinds]
        return pa.table(
            {
                "kind": self.kinds,
                "subject": [KINDS[kind][0] for kind in self.kinds],
                "ids": self.ids,
                "finding": ["" if trap else kind for kind, trap in zip(self.kinds, traps, strict=True)],
                "trap": traps,
                "detail": self.details,
            },
            schema=SCHEMA,
        )
