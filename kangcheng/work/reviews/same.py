"""Moves of a bound that no rows could ever notice: two rows in either order are one pair. Pure."""

from kangcheng.policy.entry import Entry
from kangcheng.policy.mutate import replaced
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import Move
from kangcheng.policy.source import Mapping, plain
from kangcheng.work.reviews import rules
from kangcheng.work.reviews.types import Gap


def same(entry: Entry, move: Move, pack: Pack) -> bool:
    """True for a bound of a gap between one date of both rows that covers the same distances after the move.

    Only where either row may come first: no condition tells them apart, and no other gap orders them.
    """
    if move.path[:2] != ("pairs", "gaps"):
        return False
    old = rules.review(entry.data)
    if old.first or old.second or len(old.gaps) != 1 or old.gaps[0].start != old.gaps[0].end:
        return False
    moved = replaced(entry.node, move.path, move.node)
    assert isinstance(moved, Mapping)
    return _distances(old.gaps[0]) == _distances(rules.review(dict(plain(moved))).gaps[0])


def _distances(gap: Gap) -> tuple[set[int], bool]:
    """Days apart, whichever row is first, as far as a bound reaches; and whether there is no end to them."""
    least, most = gap.least, gap.most
    far = 1 + max(abs(least or 0), abs(most or 0))
    apart = {
        abs(days)
        for days in range(-far, far + 1)
        if (least is None or days >= least) and (most is None or days <= most)
    }
    return {days for days in apart if days < far}, far in apart
