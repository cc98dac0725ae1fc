"""Kinds of pack entries that `work` runs."""

from kangcheng.policy.kinds.kind import Kind

KINDS: tuple[Kind, ...] = ()
