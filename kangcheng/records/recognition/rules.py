"""Which earlier result counts for a test ordered now. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from kangcheng.kernel.errors import Fault
from kangcheng.records.life.types import Line, Result
from kangcheng.records.recognition.types import Decision, Earlier, Recognised

DONE = frozenset({"final", "amended", "corrected"})


def earlier(
    wanted: Recognised, lines: Iterable[Line], *, on: date, levels: Mapping[str, str], own: str
) -> Earlier | None:  # fmt: skip
    """The newest result of the test that another institution of a recognised level finished within its days; None for none.

    `levels`: institution id -> level. The day of the test counts as day 0; the last good day is `days` later.
    """
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.on is None or line.state not in DONE or not 0 <= (on - line.on).days <= wanted.days:
            continue
        other = line.institution_id not in ("", own) and levels.get(line.institution_id) in wanted.levels
        if other and wanted.item in (line.code, getattr(line, "panel", "")):
            found.setdefault(f"{line.on}:{line.institution_id}", []).append(line)
    if not found:
        return None
    rows = found[max(found)]
    first, day = rows[0], rows[0].on or on
    return Earlier(
        wanted.item, first.kind, first.id, first.title, day, first.institution, first.institution_id,
        "；".join(map(_said, rows)), day + timedelta(days=wanted.days),
    )  # fmt: skip


def _said(line: Line) -> str:
    if isinstance(line, Result) and line.value is not None:
        return f"{line.title} {line.value} {line.unit}".strip()
    return line.detail


def faults(decisions: Iterable[Decision]) -> list[Fault]:
    """What is missing: a decision where there is an earlier result, a reason where it is done again."""
    found = []
    for one in decisions:
        if one.earlier and one.decision == "new":
            found.append(Fault(one.item, f"{one.title} 已有可互认的结果 (a recognised result exists)", "检查检验结果互认",
                               "采用该结果，或写明重做的理由"))  # fmt: skip
        if one.decision == "repeated" and not one.reason.strip():
            found.append(
                Fault(one.item, f"{one.title} 重做未写理由 (no reason)", "检查检验结果互认", "写明重做的理由")
            )
        if one.decision == "reused" and one.earlier is None:
            found.append(
                Fault(
                    one.item,
                    f"{one.title} 没有可互认的结果 (nothing to reuse)",
                    "检查检验结果互认",
                    "按新开办理",
                )
            )
    return found
