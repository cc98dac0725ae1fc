"""Verbs on registers: create, change, adjust, remove, restore rows; many at once; import files; keep views; make indexes."""

from kangcheng.work.registers.rules.rows import row_faults, same_faults
from kangcheng.work.registers.services.change import (
    Conflict,
    RowError,
    adjust,
    change,
    create,
    remove,
    restore,
)
from kangcheng.work.registers.services.filled import blank_sheet, filled, named
from kangcheng.work.registers.services.imports import (
    ImportRefused,
    apply_import,
    fill_in,
    try_import,
    try_rows,
    undo_import,
)
from kangcheng.work.registers.services.indexes import defined, prepare
from kangcheng.work.registers.services.many import bulk
from kangcheng.work.registers.services.views import drop_view, keep_view

__all__ = [
    "Conflict",
    "ImportRefused",
    "RowError",
    "adjust",
    "apply_import",
    "blank_sheet",
    "bulk",
    "change",
    "create",
    "defined",
    "drop_view",
    "fill_in",
    "filled",
    "keep_view",
    "named",
    "prepare",
    "remove",
    "restore",
    "row_faults",
    "same_faults",
    "try_import",
    "try_rows",
    "undo_import",
]
