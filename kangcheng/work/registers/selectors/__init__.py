"""Questions about registers: which there are, lists, one row with its history, as of a day and as known on a day."""

from kangcheng.work.registers.names import titles
from kangcheng.work.registers.reach import NotPermitted, may_look, may_write, sees_column, writes_here
from kangcheng.work.registers.rules.cells import to_json as json_value
from kangcheng.work.registers.selectors.gaps import Gap, gaps
from kangcheng.work.registers.selectors.imports import import_of, imports, waiting
from kangcheng.work.registers.selectors.lists import MOST_COUNT, AskedWrongly, Page, counts, every, page
from kangcheng.work.registers.selectors.rows import (
    NoSuchRow,
    conflicts,
    derived,
    differences,
    get,
    history,
    label,
    labels_like,
    month_closed,
    payables,
    shown_cell,
    state,
    written_cell,
)
from kangcheng.work.registers.selectors.views import views
from kangcheng.work.registers.selectors.which import get_register, pack, pack_faults, registers
from kangcheng.work.registers.source import NoSuchRegister

__all__ = [
    "MOST_COUNT",
    "AskedWrongly",
    "Gap",
    "NoSuchRegister",
    "NoSuchRow",
    "NotPermitted",
    "Page",
    "conflicts",
    "counts",
    "derived",
    "differences",
    "every",
    "gaps",
    "get",
    "get_register",
    "history",
    "import_of",
    "imports",
    "json_value",
    "label",
    "labels_like",
    "may_look",
    "may_write",
    "month_closed",
    "pack",
    "pack_faults",
    "page",
    "payables",
    "registers",
    "sees_column",
    "shown_cell",
    "state",
    "titles",
    "views",
    "waiting",
    "writes_here",
    "written_cell",
]  # fmt: skip
