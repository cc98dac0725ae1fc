"""What `work` gives to the lake."""

from kangcheng.lake.tables import Table
from kangcheng.policy.pack import Pack
from kangcheng.work.registers.rules.lake import tables as register_tables

TABLES: tuple[Table, ...] = ()


def tables_of(pack: Pack) -> dict[str, Table]:
    """The tables that the entries of a pack bring with them."""
    return register_tables(pack)
