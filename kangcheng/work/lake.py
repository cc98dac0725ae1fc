"""What `work` gives to the lake."""

from kangcheng.lake.tables import Table
from kangcheng.policy.pack import Pack
from kangcheng.work.processes.lake import TABLES as PROCESSES
from kangcheng.work.registers.rules.lake import tables as register_tables

TABLES: tuple[Table, ...] = (*PROCESSES,)


def tables_of(pack: Pack) -> dict[str, Table]:
    """The tables that the entries of a pack bring with them."""
    return register_tables(pack)
