"""A person's running figures in words: which benefit, which quantity, of which period."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kangcheng.kernel.money import show_yuan
from kangcheng.portal import citypack
from kangcheng.portal.words import Words, t

QUANTITIES = {
    "base": Words("计入费用", "expenses counted"), "deductible": Words("已承担起付线", "deductible borne"),
    "expense": Words("纳入报销费用", "expenses taken in"), "over": Words("超过封顶线", "over the ceiling"),
    "paid": Words("已支付", "paid"), "count": Words("次数", "times used"),
}  # fmt: skip
PERIODS = {
    "day": Words("当日", "day"), "month": Words("当月", "month"), "quarter": Words("当季", "quarter"),
    "episode": Words("本次住院", "this stay"), "disease": Words("病种", "disease"), "course": Words("疗程", "course"),
    "life": Words("终身", "life"),
}  # fmt: skip


def figure_title(name: str) -> str:
    """`resident-inpatient-basic.paid@month` as 城乡居民基本医保住院 · 已支付（当月）."""
    plain, _, period = name.partition("@")
    owner, _, quantity = plain.rpartition(".")
    known = QUANTITIES.get(quantity)
    if known is None:
        return name
    words = f"{_entry_title(owner)} · {known}"
    return f"{words}（{PERIODS.get(period, period)}）" if period else words


def figure_text(name: str, value: int) -> str:
    """A count as it is, money in yuan."""
    plain = name.partition("@")[0]
    return f"{value:,}" if plain.endswith((".count", "_count")) or plain == "count" else show_yuan(value)


def period_text(period: str) -> str:
    """`year:2024-01-01` as 2024年, other periods by their name and key."""
    year = re.match(r"year:(\d{4})", period)
    if year:
        return t(f"{year[1]}年", year[1])
    kind, _, key = period.partition(":")
    return f"{PERIODS.get(kind, kind)} {key}".strip()


def tells(name: str) -> bool:
    """True for the figures a reader asks about: deductible borne, paid, over the ceiling."""
    return name.partition("@")[0].rpartition(".")[2] in ("deductible", "paid", "over")


def running_figures(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Rows of the settlement's accumulators as title, period and value, newest period first."""
    shown = [
        {
            "title": figure_title(row["name"]),
            "period": period_text(row["period"]),
            "text": figure_text(row["name"], row["value"]),
        }
        for row in rows
        if row["value"] and tells(row["name"])
    ]
    return sorted(shown, key=lambda one: (one["period"], one["title"]), reverse=True)


def _entry_title(owner: str) -> str:
    entries = citypack.pack().entries
    for kind in ("benefit", "entitlement"):
        entry = entries.get((kind, owner))
        if entry is not None:
            return t(entry.title, entry.title_en)
    return owner
