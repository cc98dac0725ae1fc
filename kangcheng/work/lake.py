"""What `work` gives to the lake."""

from kangcheng.lake.tables import Table

TABLES: tuple[Table, ...] = ()
