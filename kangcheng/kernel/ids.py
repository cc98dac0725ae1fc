"""Identifiers: our own, citizens' (GB 11643), organisations' (GB 32100), and how they look when masked."""

from __future__ import annotations

import os
import re
import time
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kangcheng.kernel.errors import KangchengError


class IdentityError(KangchengError):
    """The text is not a citizen identity number. The message never repeats the number."""


def new_id() -> uuid.UUID:
    """A fresh UUID of version 7: 48 bits of milliseconds, then random, so rows made together lie together on disk."""
    stamp = (time.time_ns() // 1_000_000) & ((1 << 48) - 1)
    noise = int.from_bytes(os.urandom(10), "big")
    value = stamp << 80 | 0x7 << 76 | (noise >> 68) << 64 | 0b10 << 62 | noise & ((1 << 62) - 1)
    return uuid.UUID(int=value)


_WEIGHTS = tuple(2**place % 11 for place in range(17, 0, -1))
_CHECKS = "10X98765432"


@dataclass(frozen=True)
class IdentityNumber:
    """A well-formed citizen identity number in its 18 characters. Print `masked`, never `text`."""

    text: str

    @classmethod
    def parse(cls, text: str) -> IdentityNumber:
        """Check form, birth date and check digit; cards of 15 digits are lengthened (19xx). Raises IdentityError.

        Whether the division exists is not judged here: codes retire and cards do not.
        """
        if not isinstance(text, str):
            raise _refusal("须为文本 (must be text)")
        plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
        if re.fullmatch(r"[0-9]{15}", plain):
            body = f"{plain[:6]}19{plain[6:]}"
            plain = body + check_digit(body)
        if not re.fullmatch(r"[0-9]{17}[0-9X]", plain):
            raise _refusal("须为18位（末位可为X）或15位数字 (18 or 15 characters)")
        if plain[-1] != check_digit(plain[:17]):
            raise _refusal("校验码不符 (wrong check digit)")
        if plain[14:17] == "000":
            raise _refusal("顺序码不能为000 (sequence 000)")
        number = cls(plain)
        if number._birth() is None:
            raise _refusal("出生日期不存在 (no such birth date)")
        return number

    @property
    def division(self) -> str:
        """Six-digit code of the county that issued the first card."""
        return self.text[:6]

    @property
    def birth(self) -> date:
        """Date of birth."""
        birth = self._birth()
        if birth is None:
            raise _refusal("出生日期不存在 (no such birth date)")
        return birth

    @property
    def sex(self) -> Literal["M", "F"]:
        """M when the 17th digit is odd."""
        return "M" if int(self.text[16]) % 2 else "F"

    @property
    def masked(self) -> str:
        """110105********1234"""
        return mask_identity(self.text)

    def __repr__(self) -> str:
        return f"IdentityNumber({self.masked})"

    __str__ = __repr__

    def _birth(self) -> date | None:
        try:
            return date(int(self.text[6:10]), int(self.text[10:12]), int(self.text[12:14]))
        except ValueError:
            return None


def check_digit(body: str) -> str:
    """The 18th character for 17 digits (ISO 7064 MOD 11-2, GB 11643)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def identity_valid(text: str) -> bool:
    """True when `IdentityNumber.parse` takes it."""
    try:
        IdentityNumber.parse(text)
    except IdentityError:
        return False
    return True


_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def uscc_check(body: str) -> str:
    """The 18th character of a unified social credit code for its first 17 (GB 32100)."""
    total = sum(_USCC.index(sign) * weight for sign, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return _USCC[-total % 31]


def organisation_check(body: str) -> str:
    """The 9th character of an organisation code for its first 8 (GB 11714)."""
    value = (
        11
        - sum(_ORG_DIGITS.index(sign) * weight for sign, weight in zip(body, _ORG_WEIGHTS, strict=True)) % 11
    )
    return {10: "X", 11: "0"}.get(value, str(value))


def uscc_valid(text: str) -> bool:
    """True for a unified social credit code with both check characters right (GB 32100, GB 11714)."""
    if not isinstance(text, str) or not re.fullmatch(rf"[{_USCC}]{{2}}[0-9]{{6}}[{_USCC}]{{10}}", text):
        return False
    return uscc_check(text[:17]) == text[17] and organisation_check(text[8:16]) == text[16]


def mask_identity(text: str) -> str:
    """First six and last four characters stay; short texts are starred whole."""
    return text if not text else _stars(text, 6, 4)


def mask_phone(text: str) -> str:
    """138****5678"""
    return _stars(text, 3, 4)


def mask_name(text: str) -> str:
    """The family name stays, the rest is starred: 张*, 张**; names of four or more keep the first and the star count."""
    return _stars(text, 1, 0) if len(text) > 1 else "*" * len(text)


def _stars(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def _refusal(why: str) -> IdentityError:
    return IdentityError(f"身份证号{why}", where="identity number", rule="GB 11643", todo="对照证件重新录入")
