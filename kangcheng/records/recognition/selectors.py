"""Questions: which tests are recognised, and which result there is already."""

from collections.abc import Iterable, Mapping
from datetime import date

from kangcheng.policy.pack import Pack
from kangcheng.records.life.types import Line
from kangcheng.records.recognition import rules
from kangcheng.records.recognition.types import Earlier, Recognised

LIST, LEVELS = "recognised-items", "hospital-levels"


def recognised(pack: Pack, on: date) -> dict[str, Recognised]:
    """Test -> for how long and from which levels its results are recognised on the day, by the city's list."""
    entry, tiers = pack.entries.get(("codelist", LIST)), pack.entries.get(("tiers", LEVELS))
    if entry is None or tiers is None:
        return {}
    levels = [row["id"] for row in tiers.get("levels")]
    valid = [one for one in entry.get("versions") if str(one["from"]) <= on.isoformat()]
    return {
        row["code"]: Recognised(
            row["code"], int(row["attributes"]["days"]),
            frozenset(levels[levels.index(row["attributes"]["from_level"]):]),
        )
        for row in (valid[-1]["codes"] if valid else ())
    }  # fmt: skip


def earlier(
    known: Mapping[str, Recognised], items: Iterable[str], lines: Iterable[Line], *, on: date, levels: Mapping[str, str],
    own: str,
) -> dict[str, Earlier]:  # fmt: skip
    """Test -> the recognised result that another institution has. See `rules.earlier`."""
    kept = list(lines)
    found = {
        item: rules.earlier(known[item], kept, on=on, levels=levels, own=own)
        for item in items
        if item in known
    }
    return {item: one for item, one in found.items() if one}
