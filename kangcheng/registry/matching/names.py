"""A Chinese name as matching sees it: simplified, without variants and spaces; how it sounds; what it is near to. Pure."""

from functools import lru_cache
from typing import Any

from kangcheng.registry.people.pinyin import spelled
from kangcheng.registry.people.rules import plain_name

# Variant, then the form in use. (第一批异体字整理表, as far as given names use them)
VARIANTS = dict(
    zip(
        "峯傑羣栢昇陞甯邨煇暎珎勲喦菓濶堦鑑裏慾牀劉",
        "峰杰群柏升升宁村辉映珍勋岩果阔阶鉴里欲床刘",
        strict=True,
    )
)
SHORTEST = 2


@lru_cache(maxsize=200_000)
def simplified(name: str) -> str:
    """ "張 傑" -> "张杰": simplified characters, variants unified, dots and spaces gone."""
    plain = plain_name(name).replace(" ", "").replace("·", "").casefold()
    return "".join(VARIANTS.get(sign, sign) for sign in _converter().convert(plain))


@lru_cache(maxsize=200_000)
def sounded(name: str) -> str:
    """How the (simplified) name is read, as the register's own pinyin column."""
    return spelled(name) if name else ""


def turned(name: str) -> str:
    """The characters in a fixed order: the same for a name and for the name with given and family name exchanged."""
    return "".join(sorted(name))


def rotations(name: str) -> list[str]:
    """The name with its first or last characters moved to the other end: how family and given name get exchanged."""
    cuts = {1, SHORTEST, len(name) - 1, len(name) - SHORTEST}
    return sorted({name[cut:] + name[:cut] for cut in cuts if 0 < cut < len(name)} - {name})


def near(name: str) -> list[str]:
    """The name, and the name without each one of its characters: two names share one of these when one sign differs.

    What is left must be two signs at least: with one sign alone every 张 would be near to every other.
    """
    if len(name) < SHORTEST:
        return []
    shorter = (
        {name[:place] + name[place + 1 :] for place in range(len(name))} if len(name) > SHORTEST else set()
    )
    return sorted({name, *shorter})


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
