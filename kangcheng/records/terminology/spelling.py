"""Pinyin initials, for finding a Chinese term by typing. Pure."""

from functools import lru_cache

from pypinyin import Style, pinyin


def initials(text: str) -> str:
    """ "2型糖尿病" -> "2xtnb"."""
    return "".join(_initial(sign) for sign in text)


@lru_cache(maxsize=20_000)
def _initial(sign: str) -> str:
    found = pinyin(sign, style=Style.NORMAL)[0][0].strip()
    return found[:1].lower()
