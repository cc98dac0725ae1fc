"""How Chinese characters are read, for finding and sorting. Pure."""

from functools import lru_cache

from pypinyin import Style, pinyin


@lru_cache(maxsize=20_000)
def reading(sign: str) -> str:
    """The most usual reading of one character, without tone, in lower case: "张" -> "zhang"; other signs stay."""
    return "".join(pinyin(sign, style=Style.NORMAL)[0][0].split()).lower()


def initials(text: str) -> str:
    """ "张小明" -> "zxm"; "10%葡萄糖" -> "10%ptt"; "2型糖尿病" -> "2xtnb"."""
    return "".join(reading(sign)[:1] for sign in text)
