"""Keyed digests of what is known of somebody: has anything changed since a decision? They tell nobody what it was."""

from kangcheng.base.personal import blind_index, blind_indexes
from kangcheng.registry.matching.traits import Traits

FACTS = "matching-facts"
SENDERS_NUMBER = "fhir-patient"


def digest(*sides: Traits) -> bytes:
    """32 bytes, the same as long as these traits are."""
    return blind_index(_text(sides), FACTS)


def same(stored: bytes | memoryview | None, *sides: Traits) -> bool:
    """True when `stored` is the digest of these traits, with today's key or the earlier one while a rotation runs."""
    return stored is not None and bytes(stored) in blind_indexes(_text(sides), FACTS)


def renewed(stored: bytes | memoryview | None, *sides: Traits) -> bytes | None:
    """The digest with today's key when `stored` is that of these traits with an earlier one; else None.

    A digest of facts that have changed since stays as it is: it agrees with nothing, before and after.
    """
    now, *earlier = blind_indexes(_text(sides), FACTS)
    return now if stored is not None and bytes(stored) in earlier else None


def sender_numbers(identity: str) -> list[str]:
    """Numbers of a record whose sender has none of its own, made of the identity number; the first is as it is written."""
    return [index.hex() for index in blind_indexes(identity, SENDERS_NUMBER)]


def _text(sides: tuple[Traits, ...]) -> str:
    parts = [
        (one.name, one.sex, one.born, one.phone, one.identity, one.place, one.house, one.household)
        for one in sides
    ]
    return repr(parts)
