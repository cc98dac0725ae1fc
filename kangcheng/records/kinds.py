"""Kinds of pack entries that `records` runs."""

from kangcheng.policy.kinds.kind import Kind

KINDS: tuple[Kind, ...] = ()
