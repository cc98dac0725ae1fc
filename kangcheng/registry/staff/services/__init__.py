"""Verbs on staff: hire, end, many at once; weekly hours, managing unit, title, training."""

from kangcheng.registry.staff.rules import read_slots
from kangcheng.registry.staff.services.posts import PERMISSION, StaffError, bulk, end, hire
from kangcheng.registry.staff.services.practice import manage, promote, set_hours, train

__all__ = [
    "PERMISSION", "StaffError", "bulk", "end", "hire", "manage", "promote", "read_slots", "set_hours", "train",
]  # fmt: skip
