"""What kind of value a formula gives, found without computing it, so that a wrong one fails in `packs check`. Pure."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping

from kangcheng.work.registers.rules.formula import FormulaError, parsed
from kangcheng.work.registers.types import Column

KINDS = {"number": "number", "money": "number", "date": "date", "flag": "flag"}
NUMBER, DATE, FLAG, TEXT, BLANK = "number", "date", "flag", "text", "blank"
GIVES = {
    "days": ((DATE, DATE), NUMBER), "months": ((DATE, DATE), NUMBER), "years": ((DATE, DATE), NUMBER),
    "add_months": ((DATE, NUMBER), DATE), "add_years": ((DATE, NUMBER), DATE), "year": ((DATE,), NUMBER),
    "month": ((DATE,), NUMBER),
}  # fmt: skip


def kinds_of(columns: Iterable[Column]) -> dict[str, str]:
    """Kind of value of each column as formulas see it; a code that takes several is "list"."""
    return {column.id: "list" if column.several else KINDS.get(column.type, TEXT) for column in columns}


def kind_of(text: str, kinds: Mapping[str, str]) -> str:
    """number, date, flag or text. Raises FormulaError where values do not fit together."""
    return _kind(parsed(text), {**kinds, "today": DATE}, text)


def _kind(node: ast.expr, kinds: Mapping[str, str], text: str) -> str:
    def at(part: ast.expr) -> str:
        return _kind(part, kinds, text)

    if isinstance(node, ast.Name):
        return kinds[node.id]
    if isinstance(node, ast.Constant):
        return TEXT if isinstance(node.value, str) else NUMBER
    if isinstance(node, ast.UnaryOp):
        return _want(at(node.operand), FLAG if isinstance(node.op, ast.Not) else NUMBER, text)
    if isinstance(node, ast.BoolOp):
        for part in node.values:
            _want(at(part), FLAG, text)
        return FLAG
    if isinstance(node, ast.BinOp):
        return _counted(node, at(node.left), at(node.right), text)
    if isinstance(node, ast.Compare):
        return _compared(node, at, text)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _called(node.func.id, [at(part) for part in node.args], text)
    raise FormulaError(f"算式里不能用 (not allowed here): {ast.unparse(node)!r}")


def _want(got: str, wanted: str, text: str) -> str:
    if got != wanted:
        raise FormulaError(f"算式里应为 {wanted}，得 {got} (values do not fit): {text!r}")
    return got


def _counted(node: ast.BinOp, left: str, right: str, text: str) -> str:
    if (left, right) == (DATE, DATE) and isinstance(node.op, ast.Sub):
        return NUMBER
    if (left, right) == (DATE, NUMBER) and isinstance(node.op, ast.Add | ast.Sub):
        return DATE
    return _want(right, _want(left, NUMBER, text), text)


def _compared(node: ast.Compare, at: Callable[[ast.expr], str], text: str) -> str:
    left, right = at(node.left), node.comparators[0]
    if isinstance(node.ops[0], ast.In | ast.NotIn):
        given = [at(part) for part in right.elts] if isinstance(right, ast.Tuple) else [at(right)]
        if not isinstance(right, ast.Tuple):
            _want(given[0], "list", text)
            _want(left, TEXT, text)
        for one in given if isinstance(right, ast.Tuple) else ():
            _want(one, left, text)
        return FLAG
    _want(at(right), left, text)
    return FLAG


def _called(name: str, given: list[str], text: str) -> str:
    if name in GIVES:
        wanted, result = GIVES[name]
        for got, one in zip(given, wanted, strict=True):
            _want(got, one, text)
        return result
    if name in ("empty", "filled"):
        return FLAG
    if name == "count":
        for one in given:
            _want(one, FLAG, text)
        return NUMBER
    if name == "choose":
        _want(given[0], FLAG, text)
        return _want(given[2], given[1], text)
    for one in given[1:]:
        _want(one, given[0], text)
    return given[0]
