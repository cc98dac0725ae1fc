"""A pair of records in words and as a picture: field by field, what it adds, and where that leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kangcheng.portal.words import t
from kangcheng.registry.matching.selectors import doubt_words, field_words, level_words
from kangcheng.registry.matching.types import Pair, Part, Side

WIDTH, LEFT, ROW = 640, 150, 26
SEXES = {"M": ("男", "male"), "F": ("女", "female"), "": ("—", "—")}


@dataclass(frozen=True)
class Bar:
    """One step of the waterfall, in pixels; `line` joins it to the step before."""

    title: str
    label: str
    x: float
    y: int
    width: float
    tone: str


def doubts(codes: Sequence[str]) -> list[str]:
    """Why a pair waits, in the reader's language."""
    return [t(*doubt_words(code)) for code in codes]


def strength(weight: float) -> str:
    """What a weight says, in words."""
    steps = (
        (10, "强烈支持", "strongly for"), (4, "支持", "for"), (1, "略微支持", "slightly for"), (-1, "几乎不说明问题", "says little"),
        (-4, "略微反对", "slightly against"), (-10, "反对", "against"),
    )  # fmt: skip
    for least, zh, en in steps:
        if weight >= least:
            return t(zh, en)
    return t("强烈反对", "strongly against")


def times(weight: float) -> str:
    """The weight as odds: "1,000 倍" for ten doublings."""
    odds = 2 ** min(abs(weight), 40)
    text = f"{odds:,.0f}" if odds >= 10 else f"{odds:.1f}"
    return t(f"可能性增至 {text} 倍", f"{text} times likelier") if weight >= 0 else t(
        f"可能性降至 {text} 分之一", f"{text} times less likely"
    )  # fmt: skip


def lines(pair: Pair, one: Side, other: Side, names: dict[str, str]) -> list[dict[str, Any]]:
    """One line per field: both values, how they agree, the weight, and both in words."""
    weights = {part.field: part for part in pair.parts}
    made = []
    for field in ("name", "sex", "birth", "phone", "home", "household", "identity"):
        part = weights.get(field)
        if part is None:
            continue
        extra = weights["frequency"].weight if field == "name" and "frequency" in weights else 0.0
        total = part.weight + extra
        made.append(
            {
                "title": t(*field_words(field)), "one": _value(one, field, names), "other": _value(other, field, names),
                "level": t(*level_words(field, part.level)), "weight": f"{total:+.1f}", "words": strength(total), "odds": times(total),
                "tone": "good" if total >= 1 else "bad" if total <= -1 else "", "known": part.level != "unknown",
            }
        )  # fmt: skip
    return made


def _value(side: Side, field: str, names: dict[str, str]) -> str:
    home = names.get(side.area_code, side.area_code) + (
        t("（有门牌）", " (house known)") if side.house_known else ""
    )
    values = {
        "name": side.name, "sex": t(*SEXES[side.sex]), "birth": f"{side.birth_on:%Y-%m-%d}" if side.birth_on else "",
        "phone": side.phone_masked, "home": home, "household": side.household, "identity": side.identity_masked,
    }  # fmt: skip
    return values[field] or "—"


def waterfall(parts: Sequence[Part]) -> dict[str, Any]:
    """The bars from the prior odds to the whole weight, for an SVG of WIDTH pixels."""
    known = [part for part in parts if part.field in ("prior", "frequency") or part.level != "unknown"]
    ends = [0.0]
    for part in known:
        ends.append(ends[-1] + part.weight)
    low, high = min(ends), max(ends)
    scale = (WIDTH - LEFT - 60) / max(high - low, 1)

    def bar(row: int, title: str, start: float, end: float, tone: str) -> Bar:
        left = LEFT + (min(start, end) - low) * scale
        return Bar(
            title,
            f"{end - start:+.1f}",
            round(left, 1),
            row * ROW,
            round(max(abs(end - start) * scale, 1), 1),
            tone,
        )

    made = [
        bar(row, _title(part), ends[row], ends[row + 1], "good" if part.weight >= 0 else "bad")
        for row, part in enumerate(known)
    ]
    made.append(bar(len(known), t("合计", "total"), 0.0, ends[-1], "brand"))
    zero = round(LEFT + (0 - low) * scale, 1)
    return {"bars": made, "zero": zero, "width": WIDTH, "height": (len(made)) * ROW + 4, "row": ROW}


def _title(part: Part) -> str:
    return t(*field_words(part.field))
