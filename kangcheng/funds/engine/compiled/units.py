"""Settlement units: the person, or everybody who ever shares a household with somebody, when households remember."""

from __future__ import annotations

from collections.abc import Sequence


def units_of(persons: Sequence[str], households: Sequence[str]) -> list[int]:
    """A number for each row: rows joined by a person or a household, however far, have the same. First come first."""
    root: dict[tuple[str, str], tuple[str, str]] = {}

    def find(one: tuple[str, str]) -> tuple[str, str]:
        while root.setdefault(one, one) != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    owners = [("person", person) for person in persons]
    for owner, household in zip(owners, households, strict=True):
        if household:
            root[find(owner)] = find(("household", household))
    numbers: dict[tuple[str, str], int] = {}
    return [numbers.setdefault(find(owner), len(numbers)) for owner in owners]
