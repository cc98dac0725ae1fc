"""Verbs of settlement: quote, settle, confirm, reverse, settle again, let held ones expire; and bulk for loads."""

from kangcheng.funds.settlement.bulk import Loaded, bulk
from kangcheng.funds.settlement.counter import confirm, quote, settle
from kangcheng.funds.settlement.credit import credit
from kangcheng.funds.settlement.merging import merge_people, unmerge_people
from kangcheng.funds.settlement.rework import expire_held, resettle, reverse

__all__ = [
    "Loaded", "bulk", "confirm", "credit", "expire_held", "merge_people", "quote", "resettle", "reverse", "settle",
    "unmerge_people",
]  # fmt: skip
