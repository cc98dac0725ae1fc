"""A compiled expression."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kangcheng.records.paths import shapes
from kangcheng.records.paths.build import Around, Built, Env, Resolve, Scope, build
from kangcheng.records.paths.errors import PathError
from kangcheng.records.paths.members import Types
from kangcheng.records.paths.syntax import parse

_NOTHING: Env = {}


class Path:
    """One FHIRPath expression, read and checked once, to be run on many resources.

    `types`: FHIR types of what it yields where R4 tells, None where not (`{"code"}`, `{"Quantity", "string", ...}`).
    """

    __slots__ = ("_run", "expression", "types")

    def __init__(self, expression: str, built: Built) -> None:
        self.expression = expression
        self.types = built.types
        self._run = built.run

    def __repr__(self) -> str:
        return f"Path({self.expression!r})"

    def values(
        self, item: Any, resolve: Resolve | None = None, env: Env | None = None, root: Any = None
    ) -> list[Any]:
        """What the expression yields for `item` (a resource or part of one), in order: plain JSON values, numbers exact.

        `resolve` is given a Reference (or its text) and returns the resource or None; without it a reference yields what
        its own text says. `env` holds the values of %variables. `root` is the resource that `item` is part of.
        Raises PathError when values do not fit (text + number).
        """
        scope = Scope(item if root is None else root, resolve, _NOTHING if env is None else env)
        return self._run([item], scope)


def compile(
    expression: str,
    type: str | frozenset[str] | None = None,
    constants: Mapping[str, str] | None = None,
    root: str | None = None,
) -> Path:
    """Compile `expression` to a Path; raises PathError saying what is wrong and where.

    `type`: the FHIR type it will be run on (`Patient`, or `Patient_Contact` for an element), or several: makes it faster, and
    drops the parts of a union that belong to other resources. `constants`: name → FHIR type of the %constants there are; when
    given, any other is an error. `%resource` is always there, of type `root` (without it: of `type`).
    """
    if not isinstance(expression, str):
        raise PathError(f"表达式应为文字 (an expression is text, found {expression!r})")
    if constants is None and root is None and not isinstance(type, frozenset):
        return _compiled(expression, type)
    return _build(expression, type, constants, root)


@lru_cache(maxsize=20_000)
def _compiled(expression: str, type: str | None) -> Path:
    return _build(expression, type, None, None)


def _build(expression: str, type: str | Types, constants: Mapping[str, str] | None, root: str | None) -> Path:
    focus = _known(frozenset((type,)) if isinstance(type, str) else type)
    around = Around(focus, _known(frozenset((root,))) if root else focus, constants)
    try:
        return Path(expression, build(parse(expression), around))
    except PathError as error:
        raise PathError(error.what, where=error.where or expression[:200], todo=error.todo) from None


def _known(types: Types) -> Types:
    """Types as the builder takes them: None where nothing is known. Raises PathError for one that R4 has not."""
    for type in types or ():
        if type not in shapes.data_types():
            raise PathError(f"没有这种类型 (no such type) {type!r}")
    return None if types is None or types & shapes.ANY else types
