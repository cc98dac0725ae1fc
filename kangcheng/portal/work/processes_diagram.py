"""A process drawn from its entry: states left to right in the order they are reached, the present one marked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kangcheng.policy.entry import Entry
from kangcheng.policy.guards import listed
from kangcheng.portal.words import t

BOX, TALL, ACROSS, DOWN, EDGE = 142, 46, 212, 92, 24
LINE = 9  # characters of a title on one line of a box
LETTERS = 2  # Latin letters as wide as one character


@dataclass(frozen=True)
class Spot:
    """Where a state stands: its upper left corner."""

    x: int
    y: int


def draw(entry: Entry, present: str = "", passed: Iterable[str] = ()) -> SafeString:
    """Inline SVG of the states and steps; `present` is filled, states already `passed` are tinted."""
    spots = _spots(entry)
    width = max(spot.x for spot in spots.values()) + BOX + EDGE
    height = max(spot.y for spot in spots.values()) + TALL + EDGE * 2
    been = set(passed)
    rows = {row["id"]: row for row in entry.get("states")}
    boxes = format_html_join(
        "", "{}", ((_box(rows[name], spot, name == present, name in been),) for name, spot in spots.items())
    )
    arrows = format_html_join(
        "", "{}", ((_arrow(spots, group, number),) for number, group in enumerate(_edges(entry)))
    )
    return format_html(
        '<svg class="process" viewBox="0 0 {} {}" style="width:100%;min-width:{}px;max-width:{}px" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#6b7f83"/></marker></defs>{}{}</svg>',
        width, height, width * 2 // 3, width, _said(entry, present), arrows, boxes,
    )  # fmt: skip


def _said(entry: Entry, present: str) -> str:
    """What the picture shows, for whoever cannot see it."""
    rows = {row["id"]: _title(row) for row in entry.get("states")}
    steps = "；".join(
        f"{'、'.join(rows[name] for name in listed(row['from']))} → {rows[row['to']]}（{_title(row)}）"
        for row in entry.get("transitions")
    )
    return steps + (t(f"。现在：{rows[present]}", f". Now: {rows[present]}") if present in rows else "")


def _title(row: dict[str, Any]) -> str:
    return t(row["title"], row.get("title_en", row["title"]))


def _spots(entry: Entry) -> dict[str, Spot]:
    """Column by the fewest steps from the start, row by the order of the entry."""
    depth = {str(entry.get("start")): 0}
    waiting = list(depth)
    while waiting:
        here = waiting.pop(0)
        for row in entry.get("transitions"):
            if here in listed(row["from"]) and row["to"] not in depth:
                depth[row["to"]] = depth[here] + 1
                waiting.append(row["to"])
    filled: dict[int, int] = {}
    spots = {}
    for row in entry.get("states"):
        column = depth.get(row["id"], 0)
        line = filled.get(column, 0)
        filled[column] = line + 1
        spots[row["id"]] = Spot(EDGE + column * ACROSS, EDGE + line * DOWN)
    return spots


def _edges(entry: Entry) -> list[tuple[str, str, str, bool]]:
    """From, to, titles of the steps between them, and whether it only goes back or out."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in entry.get("transitions"):
        for name in listed(row["from"]):
            found.setdefault((name, row["to"]), []).append(row)
    return [
        (
            start,
            end,
            " / ".join(_title(row) for row in rows),
            all(row.get("kind") in ("return", "withdraw") for row in rows),
        )
        for (start, end), rows in found.items()
    ]


def _box(row: dict[str, Any], spot: Spot, present: bool, passed: bool) -> SafeString:
    colour = "#0d6e6e" if present else "#dcefec" if passed else "#ffffff"
    ink, edge = ("#ffffff", "#0d6e6e") if present else ("#1d2b2e", "#8fa5a9")
    lines = _lines(_title(row))
    first = spot.y + TALL // 2 + 5 - 8 * (len(lines) - 1)
    words = format_html_join(
        "", '<text x="{}" y="{}" text-anchor="middle" font-size="13" fill="{}">{}</text>',
        ((spot.x + BOX // 2, first + 16 * number, ink, line) for number, line in enumerate(lines)),
    )  # fmt: skip
    return format_html(
        '<g data-state="{}"{}><rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{}" stroke="{}" stroke-width="{}"/>{}</g>',
        row["id"], format_html(' data-present="{}"', "yes") if present else "", spot.x, spot.y, BOX, TALL,
        22 if row.get("final") == "yes" else 6, colour, edge, 3 if row.get("final") == "yes" else 1.4, words,
    )  # fmt: skip


def _lines(title: str) -> list[str]:
    """A title on at most two lines."""
    most = LINE * LETTERS if title.isascii() else LINE
    if len(title) <= most:
        return [title]
    rest = title[most:]
    return [title[:most], rest if len(rest) <= most else rest[: most - 1] + "…"]


def _arrow(spots: dict[str, Spot], edge: tuple[str, str, str, bool], number: int) -> SafeString:
    start, end, words, aside = edge
    a, b = spots[start], spots[end]
    if b.x > a.x:
        x1, y1, x2, y2 = a.x + BOX, a.y + TALL // 2, b.x, b.y + TALL // 2
        path = f"M{x1} {y1} C{x1 + 44} {y1} {x2 - 44} {y2} {x2} {y2}"
        x, y = (x1 + x2) // 2, (y1 + y2) // 2 - 5
    else:
        sag = EDGE + 6 * (number % 4)
        x1, y1, x2, y2 = a.x + BOX // 2, a.y + TALL, b.x + BOX // 2 + 12, b.y + TALL
        path = f"M{x1} {y1} C{x1} {y1 + sag} {x2} {y2 + sag} {x2} {y2}"
        x, y = (x1 + x2) // 2, (4 * y1 + 4 * y2 + 6 * sag) // 8 - 4  # the middle of the curve
    return format_html(
        '<path d="{}" fill="none" stroke="#6b7f83" stroke-width="1.2"{} marker-end="url(#tip)"><title>{}</title></path>'
        '<text x="{}" y="{}" text-anchor="middle" font-size="10.5" fill="#53707a">{}</text>',
        path, format_html(' stroke-dasharray="{}"', "5 4") if aside else "", words, x, y, _short(words),
    )  # fmt: skip


def _short(words: str) -> str:
    most = LINE * LETTERS if words.isascii() else LINE
    return words if len(words) <= most else words[: most - 1] + "…"
