"""64-bit marks: what a code, a reference or a uri is found by. The same text always has the same mark. Pure.

A mark says nothing by itself and saves room: the array of a row's marks is a fifth of the texts it stands for. Two of a
billion texts share one by chance once in 37 searches over all of them; one search meets its own few only.
"""

from functools import lru_cache
from hashlib import blake2b

from kangcheng.records.search.types import Mark


@lru_cache(maxsize=200_000)
def mark(text: str) -> Mark:
    """The signed 64-bit mark of a text."""
    return int.from_bytes(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


@lru_cache(maxsize=20_000)
def key(resource_type: str, code: str) -> Mark:
    """The mark of a search parameter of a type. It also stands in a row's marks when the parameter has any value."""
    return mark(f"{resource_type}?{code}")


def token(resource_type: str, code: str, form: str) -> Mark:
    """The mark of a token in one of the forms it is asked for: `system|code`, `code`, `|code`, `system|`."""
    return mark(f"{resource_type}?{code}={form}")


def refers(resource_type: str, code: str, target: str) -> Mark:
    """The mark of a reference to `target` ("Type/id" or a whole uri); the target's own mark turned by the parameter's."""
    return mark(target) ^ key(resource_type, code)


def forms(system: str | None, code: str | None) -> tuple[str, ...]:
    """In which forms a coded value can be asked for."""
    if not code:
        return (f"{system}|",) if system else ()
    return (f"{system}|{code}", code, f"{system}|") if system else (f"|{code}", code)
