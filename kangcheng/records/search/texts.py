"""Texts as they are compared: lower case, no accents, Chinese names in pinyin too. Pure."""

import unicodedata
from functools import lru_cache

from pypinyin import Style, pinyin

LONGEST = 500  # characters of a text that can be searched


def plain(text: str) -> str:
    """ "  Müller-Đoe " -> "muller-đoe": compatible forms, lower case, accents and repeated spaces taken out."""
    spread = unicodedata.normalize("NFKD", text[:LONGEST]).casefold()
    bare = "".join(sign for sign in spread if not unicodedata.combining(sign))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def spelled(text: str) -> tuple[str, str]:
    """ "张小明" -> ("zhangxiaoming", "zxm"); ("", "") for a text without Chinese characters."""
    if text.isascii():
        return "", ""
    parts = [_reading(sign) for sign in text[:LONGEST] if not sign.isspace()]
    whole = "".join(parts).casefold()
    return ("", "") if whole == plain(text) else (whole, "".join(part[:1] for part in parts).casefold())


@lru_cache(maxsize=20_000)
def _reading(sign: str) -> str:
    return "".join(pinyin(sign, style=Style.NORMAL)[0][0].split())
