"""Questions about people. Pages ask `access.people`, which decides and logs the look; modules above ask here."""

from kangcheng.registry.people.selectors.one import (
    aliases,
    contact,
    facts,
    facts_many,
    find,
    find_by_identity,
    get,
    get_many,
    ids_of,
    represented,
    resolve,
)
from kangcheng.registry.people.selectors.search import Wanted, count, search, search_ids

__all__ = [
    "Wanted",
    "aliases",
    "contact",
    "count",
    "facts",
    "facts_many",
    "find",
    "find_by_identity",
    "get",
    "get_many",
    "ids_of",
    "represented",
    "resolve",
    "search",
    "search_ids",
]
