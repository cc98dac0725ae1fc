"""Small counts: what may be published about few people. The only place that decides it. Pure."""

from collections.abc import Sequence


def suppress(count: int | None, *, below: int) -> int | None:
    """`count`, or None when it is from 1 to `below` - 1 and so could point at somebody."""
    return None if count is None or 0 < count < below else count


def suppress_row(counts: Sequence[int], *, below: int) -> list[int | None]:
    """Suppress a row whose total is published as well: one hidden cell could be worked out, so a second one goes too.

    The second is the smallest of the other cells that is not zero.
    """
    shown = [suppress(count, below=below) for count in counts]
    hidden = [place for place, count in enumerate(shown) if count is None]
    if len(hidden) == 1:
        others = [(count, place) for place, count in enumerate(shown) if count]
        if others:
            shown[min(others)[1]] = None
    return shown


def show(count: int | None, *, below: int) -> str:
    """`count` for print: "1,234", or "<5" where it was suppressed."""
    return f"<{below}" if count is None else f"{count:,}"


def share(part: int, whole: int, *, below: int) -> tuple[int, int] | None:
    """`part` of `whole` as a pair, or None when a percentage of them would give a small count away."""
    if whole == 0 or suppress(part, below=below) is None or suppress(whole - part, below=below) is None:
        return None
    return part, whole
