"""Verbs on staff: hire, end, many at once; weekly hours, managing unit, title, training."""

from kangcheng.registry.staff.rules import read_slots, words
from kangcheng.registry.staff.services.posts import PERMISSION, StaffError, bulk, end, hire
from kangcheng.registry.staff.services.practice import manage, promote, set_hours, train
from kangcheng.registry.staff.types import Hours


def slot_words(slot: Hours) -> str:
    """周一 8:00-12:00"""
    return words((slot.weekday, slot.starts, slot.ends))


__all__ = [
    "PERMISSION", "StaffError", "bulk", "end", "hire", "manage", "promote", "read_slots", "set_hours",
    "slot_words", "train",
]  # fmt: skip
