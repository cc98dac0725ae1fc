"""Kinds of pack entries that `records` runs."""

from kangcheng.policy.kinds.kind import Kind
from kangcheng.records.forms import kinds as forms

KINDS: tuple[Kind, ...] = forms.KINDS
