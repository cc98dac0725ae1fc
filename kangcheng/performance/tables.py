"""Every lake table there is, gathered from the modules below."""

from kangcheng.funds.lake import TABLES as FUNDS
from kangcheng.lake.tables import Table
from kangcheng.records.lake import TABLES as RECORDS
from kangcheng.registry.lake import TABLES as REGISTRY
from kangcheng.work.lake import TABLES as WORK

TABLES: dict[str, Table] = {table.name: table for table in (*REGISTRY, *RECORDS, *WORK, *FUNDS)}
