"""The side of a bracket's boundary counts even where it is left to its default: `--mutate` tries the other side."""

from __future__ import annotations

from collections.abc import Iterator

from kangcheng.policy.entry import Entry
from kangcheng.policy.schema import At, Move
from kangcheng.policy.source import Mapping, Scalar, walk


def other_sides(entry: Entry, at: At) -> Iterator[Move]:
    """Brackets on the whole amount that do not say on which side a boundary lies, with the side that is not the default.

    In progressive brackets an amount on the boundary pays the same on either side, so there is nothing to notice.
    """
    for path, node in walk(entry.node):
        if not path or path[0] == "cases" or path[-1] != "brackets" or not isinstance(node, Mapping):
            continue
        mode = node.items.get("mode")
        if isinstance(mode, Scalar) and mode.text == "whole" and "boundary" not in node.items:
            lines = {**node.lines, "boundary": node.line}
            said = Mapping({**node.items, "boundary": Scalar("upper", node.line)}, node.line, lines)
            yield Move(path, said, node.line, "分段点的归属 lower（默认） → upper")
