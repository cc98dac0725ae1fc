"""Keyed digests of what is known of somebody: has anything changed since a decision? They tell nobody what it was."""

from kangcheng.base.personal import blind_index
from kangcheng.registry.matching.traits import Traits

FACTS = "matching-facts"


def digest(*sides: Traits) -> bytes:
    """32 bytes, the same as long as these traits are."""
    parts = [
        (one.name, one.sex, one.born, one.phone, one.identity, one.place, one.house, one.household)
        for one in sides
    ]
    return blind_index(repr(parts), FACTS)
