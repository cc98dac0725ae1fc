"""Two languages beside each other: `t("中文", "English")` gives the one the reader has chosen. Chinese is the default.

Both texts stand where they are used, so one cannot be changed without seeing the other.
"""

from django.utils.translation import get_language


def t(zh: str, en: str = "") -> str:
    """The Chinese or the English text, by the language of the current request."""
    return en if en and (get_language() or "").startswith("en") else zh


class Words:
    """A text decided at display time, for module-level tables of titles."""

    def __init__(self, zh: str, en: str = "") -> None:
        self.zh, self.en = zh, en

    def __str__(self) -> str:
        return t(self.zh, self.en)
