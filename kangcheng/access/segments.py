"""Sensitive categories: which resources are kept apart, by the codes they carry. The list is a code list of the city's pack."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from kangcheng.registry.vocabulary import NoSuchList, codes

LIST = "sensitive-categories"


def of(resource: dict[str, Any], on: date) -> str:
    """The category a resource belongs to; "" for none. A code belongs to a category when it begins with one of its stems."""
    stems = known(on)
    if not stems:
        return ""
    held = set(_codes(resource))
    return next((category for stem, category in stems if any(code.startswith(stem) for code in held)), "")


def known(on: date) -> tuple[tuple[str, str], ...]:
    """(stem of codes, category): "B20" -> "hiv". The list's codes are `category:stem`."""
    try:
        rows = codes(LIST, on)
    except NoSuchList:
        return ()
    return tuple((code.partition(":")[2], code.partition(":")[0]) for code in rows)


def categories(on: date) -> tuple[str, ...]:
    """The categories there are."""
    return tuple(sorted({category for _, category in known(on)}))


def _codes(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        code = value.get("code")
        if isinstance(code, str):
            yield code
        for name, inner in value.items():
            if name not in ("meta", "text", "status"):
                yield from _codes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _codes(inner)
