"""Every lake table there is, gathered from the modules below; a pack adds one for each of its registers."""

from kangcheng.funds.lake import TABLES as FUNDS
from kangcheng.lake.tables import Table
from kangcheng.policy.entry import Entry
from kangcheng.policy.pack import Pack
from kangcheng.records.lake import TABLES as RECORDS
from kangcheng.registry.lake import TABLES as REGISTRY
from kangcheng.work.lake import TABLES as WORK
from kangcheng.work.lake import tables_of

TABLES: dict[str, Table] = {table.name: table for table in (*REGISTRY, *RECORDS, *WORK, *FUNDS)}
"""Those that do not depend on a pack."""

MOST_KEPT = 8
_kept: dict[tuple[int, ...], tuple[list[Entry], dict[str, Table]]] = {}


def tables(pack: Pack) -> dict[str, Table]:
    """Every lake table of a city with this pack, those of its registers included."""
    made_of = [entry for kind in ("register", "codelist", "tiers") for entry in pack.of_kind(kind)]
    key = tuple(map(id, made_of))  # the entries are kept with the answer, so that no id is given twice
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = made_of, {**TABLES, **tables_of(pack)}
    return _kept[key][1]
