"""Questions about people. Pages ask `access.people`, which decides and logs the look; modules above ask here."""

from kangcheng.registry.people.selectors.one import (
    aliases,
    contact,
    contacts,
    facts,
    facts_many,
    find,
    find_by_identity,
    get,
    get_many,
    get_within,
    ids_of,
    ids_within,
    led_from,
    led_to,
    represented,
    resolve,
)
from kangcheng.registry.people.selectors.search import Wanted, count, search

__all__ = [
    "Wanted",
    "aliases",
    "contact",
    "contacts",
    "count",
    "facts",
    "facts_many",
    "find",
    "find_by_identity",
    "get",
    "get_many",
    "get_within",
    "ids_of",
    "ids_within",
    "led_from",
    "led_to",
    "represented",
    "resolve",
    "search",
]
