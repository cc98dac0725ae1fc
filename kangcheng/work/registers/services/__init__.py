"""Verbs on registers: create, change, adjust, remove, restore rows; many at once; import files; keep views; make indexes."""

from kangcheng.work.registers.services.change import (
    Conflict,
    RowError,
    adjust,
    change,
    create,
    remove,
    restore,
)
from kangcheng.work.registers.services.imports import apply_import, correct, try_import, undo_import
from kangcheng.work.registers.services.indexes import prepare
from kangcheng.work.registers.services.many import bulk
from kangcheng.work.registers.services.views import drop_view, keep_view

__all__ = [
    "Conflict", "RowError", "adjust", "apply_import", "bulk", "change", "correct", "create", "drop_view", "keep_view",
    "prepare", "remove", "restore", "try_import", "undo_import",
]  # fmt: skip
