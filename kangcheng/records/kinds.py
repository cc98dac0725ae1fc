"""Kinds of pack entries that `records` runs."""

from kangcheng.policy.kinds.kind import Kind
from kangcheng.records.forms import kinds as forms
from kangcheng.records.inbox import kinds as inbox

KINDS: tuple[Kind, ...] = (*forms.KINDS, *inbox.KINDS)
