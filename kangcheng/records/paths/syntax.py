"""FHIRPath tokens to a tree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kangcheng.records.paths.errors import PathError
from kangcheng.records.paths.lexer import Token, spot, tokens

LONGEST_CHAIN = 100  # links of one chain, operands of one level
DEEPEST = 25  # brackets within brackets

# From the loosest to the tightest; `|` is apart because it takes many operands.
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("implies",),
    ("or", "xor"),
    ("and",),
    ("in", "contains"),
    ("=", "~", "!=", "!~"),
    ("<", ">", "<=", ">="),
    ("|",),
    ("is", "as"),
    ("+", "-", "&"),
    ("*", "/", "div", "mod"),
)
_TYPE_FUNCTIONS = ("is", "as", "ofType")


class Node:
    """A part of an expression."""


@dataclass(frozen=True)
class Literal(Node):
    """A value written in the expression; `type` is its FHIR type."""

    value: str | int | Decimal | bool
    type: str


@dataclass(frozen=True)
class Empty(Node):
    """`{}`"""


@dataclass(frozen=True)
class This(Node):
    """`$this`, and what a name without anything before it starts from."""


@dataclass(frozen=True)
class Position(Node):
    """`$index`"""


@dataclass(frozen=True)
class Variable(Node):
    """`%name`"""

    name: str


@dataclass(frozen=True)
class Member(Node):
    """`of.name`; `first` when nothing stands before it, so that it may name a resource type."""

    of: Node
    name: str
    first: bool = False


@dataclass(frozen=True)
class Call(Node):
    """`of.name(args)`"""

    of: Node
    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Index(Node):
    """`of[at]`"""

    of: Node
    at: Node


@dataclass(frozen=True)
class Minus(Node):
    """`-of`"""

    of: Node


@dataclass(frozen=True)
class Binary(Node):
    """`left sign right`"""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Union(Node):
    """`a | b | c`"""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Typed(Node):
    """`of is type`, `of as type`, `of.ofType(type)`; `how` is `is` or `as`."""

    how: str
    of: Node
    type: str


def parse(expression: str) -> Node:
    """The tree of `expression`; raises PathError saying where it stops making sense."""
    return _Parser(expression).whole()


class _Parser:
    def __init__(self, expression: str) -> None:
        self.text = expression
        self.tokens = tokens(expression)
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        if self.now.kind == "end":
            raise PathError("表达式是空的 (the expression is empty)")
        node = self.level(0)
        if self.now.kind != "end":
            raise self.unexpected()
        return node

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def unexpected(self) -> PathError:
        found = self.now.text or "结尾 end"
        return PathError(f"此处不应是 (unexpected) {found!r}", where=spot(self.text, self.now.at))

    def take(self, *texts: str) -> str | None:
        if self.now.kind in ("sign", "name") and self.now.text in texts:
            self.at += 1
            return self.tokens[self.at - 1].text
        return None

    def need(self, text: str) -> None:
        if self.take(text) is None:
            raise self.unexpected()

    def level(self, number: int) -> Node:
        if number == len(_LEVELS):
            return self.signed()
        left = self.level(number + 1)
        parts, links = [left], 0
        while sign := self.take(*_LEVELS[number]):
            if sign == "|":
                parts.append(self.level(number + 1))
            elif sign in ("is", "as"):
                left = Typed(sign, left, self.type_name())
            else:
                left = Binary(sign, left, self.level(number + 1))
            self.bounded(links := links + 1)
        return Union(tuple(parts)) if len(parts) > 1 else left

    def signed(self) -> Node:
        signs = 0
        while sign := self.take("-", "+"):
            signs += sign == "-"
        node = self.chain()
        return Minus(node) if signs % 2 else node

    def chain(self) -> Node:
        node, links = self.term(), 0
        while True:
            if self.take("."):
                node = self.invocation(node)
            elif self.take("["):
                node = Index(node, self.inner())
                self.need("]")
            else:
                return node
            self.bounded(links := links + 1)

    def bounded(self, links: int) -> None:
        if links > LONGEST_CHAIN:
            raise PathError(f"过长 (more than {LONGEST_CHAIN} links)", where=spot(self.text, self.now.at))

    def term(self) -> Node:
        token = self.now
        if token.kind == "name" and token.text not in ("true", "false"):
            return self.invocation(This(), first=True)
        self.at += 1
        if token.kind == "sign" and token.text == "(":
            node = self.inner()
            self.need(")")
            return node
        if token.kind == "sign" and token.text == "{":
            self.need("}")
            return Empty()
        return self.constant(token)

    def constant(self, token: Token) -> Node:
        text = token.text
        if token.kind == "name":
            return Literal(text == "true", "boolean")
        if token.kind == "string":
            return Literal(text, "string")
        if token.kind == "number":
            return Literal(Decimal(text), "decimal") if "." in text else Literal(int(text), "integer")
        if token.kind == "moment":
            return _moment(text)
        if token.kind == "variable":
            return {"$this": This(), "$index": Position()}.get(text) or Variable(text[1:])
        self.at -= 1
        raise self.unexpected()

    def inner(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise PathError(f"嵌套过深 (nested more than {DEEPEST} deep)")
        node = self.level(0)
        self.depth -= 1
        return node

    def invocation(self, of: Node, first: bool = False) -> Node:
        token = self.now
        if token.kind != "name":
            raise self.unexpected()
        self.at += 1
        if not self.take("("):
            return Member(of, token.text, first)
        if token.text in _TYPE_FUNCTIONS:
            node: Node = Typed("is" if token.text == "is" else "as", of, self.type_name())
        else:
            node = Call(of, token.text, self.arguments())
        self.need(")")
        return node

    def arguments(self) -> tuple[Node, ...]:
        if self.now == Token("sign", ")", self.now.at):
            return ()
        found = [self.inner()]
        while self.take(","):
            found.append(self.inner())
        return tuple(found)

    def type_name(self) -> str:
        """`Patient`, `FHIR.Patient` or `System.String`, which is our `string`."""
        words = [self.word()]
        while self.take("."):
            words.append(self.word())
        if words[0] == "System" and len(words) == 2:
            return words[1][:1].lower() + words[1][1:]
        return words[-1]

    def word(self) -> str:
        if self.now.kind != "name":
            raise self.unexpected()
        self.at += 1
        return self.tokens[self.at - 1].text


def _moment(text: str) -> Literal:
    bare = text[1:]
    if bare.startswith("T"):
        return Literal(bare[1:], "time")
    return Literal(bare.rstrip("T"), "dateTime" if "T" in bare else "date")
