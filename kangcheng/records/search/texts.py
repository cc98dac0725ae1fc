"""Texts as they are compared: lower case, no accents, Chinese names in pinyin too. Pure."""

import unicodedata

from kangcheng.kernel.pinyin import reading

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
    parts = [reading(sign) for sign in text[:LONGEST] if not sign.isspace()]
    whole = "".join(parts).casefold()
    return ("", "") if whole == plain(text) else (whole, "".join(part[:1] for part in parts).casefold())
