"""What `work` gives to the lake."""

from kangcheng.lake.tables import Table
from kangcheng.policy.pack import Pack
from kangcheng.work.checklists.lake import TABLES as CHECKLISTS
from kangcheng.work.notices.lake import TABLES as NOTICES
from kangcheng.work.processes.lake import TABLES as PROCESSES
from kangcheng.work.registers.rules.lake import tables as register_tables
from kangcheng.work.reviews.lake import TABLES as REVIEWS

TABLES: tuple[Table, ...] = (*PROCESSES, *CHECKLISTS, *REVIEWS, *NOTICES)


def tables_of(pack: Pack) -> dict[str, Table]:
    """The tables that the entries of a pack bring with them."""
    return register_tables(pack)
