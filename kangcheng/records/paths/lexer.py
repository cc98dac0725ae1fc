"""FHIRPath text to tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

from kangcheng.records.paths.errors import PathError

LONGEST = 20_000  # characters; the longest official search expression has 1,900

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<moment>@(?:T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?
        |\d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?))
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*|`(?:[^`\\]|\\.)*`)
    |(?P<variable>\$(?:this|index)\b|%(?:[A-Za-z_][A-Za-z0-9_-]*|`[^`]*`|'[^']*'))
    |(?P<sign><=|>=|!=|!~|[.()\[\]{},+\-*/&|=<>~])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


class Token(NamedTuple):
    """One token: its kind (moment, number, string, name, variable, sign, end), its text, and where it starts."""

    kind: str
    text: str
    at: int


def tokens(expression: str) -> list[Token]:
    """The tokens of `expression`, ended by one of kind `end`. Raises PathError at the first unknown sign."""
    if len(expression) > LONGEST:
        raise PathError(f"表达式过长 (expression longer than {LONGEST} characters)", todo="拆成几个")
    found, at = [], 0
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise PathError(f"看不懂 (cannot read) {expression[at : at + 12]!r}", where=spot(expression, at))
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(Token(kind, _bare(kind, match.group()), at))
        at = match.end()
    return [*found, Token("end", "", at)]


def spot(expression: str, at: int) -> str:
    """Where in an expression: the text with a mark before position `at`."""
    return f"{expression[:at]}⟨{at}⟩{expression[at:]}" if len(expression) <= 120 else f"字符 {at}"


def _bare(kind: str, text: str) -> str:
    if kind == "string" or (kind == "name" and text.startswith("`")):
        return _ESCAPE.sub(_unescaped, text[1:-1])
    if kind == "variable" and text[1] in "`'":
        return f"%{text[2:-1]}"
    return text


def _unescaped(match: re.Match[str]) -> str:
    word = match.group(1)
    return chr(int(word[1:], 16)) if len(word) > 1 else _ESCAPED.get(word, word)
