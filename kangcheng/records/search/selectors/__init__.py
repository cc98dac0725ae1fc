"""Searches over the store. Whoever may not see a row (`Context.within`) never meets it: in rows, totals, chains or includes."""

from kangcheng.records.search.expressions import compiled
from kangcheng.records.search.index import BY_COLUMN
from kangcheng.records.search.moments import span
from kangcheng.records.search.selectors.conditions import Context
from kangcheng.records.search.selectors.run import count, fetch, refer_to, referred, referring, run

__all__ = [
    "BY_COLUMN",
    "Context",
    "compiled",
    "count",
    "fetch",
    "refer_to",
    "referred",
    "referring",
    "run",
    "span",
]
