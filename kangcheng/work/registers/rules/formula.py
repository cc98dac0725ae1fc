"""Formulas of registers: a small expression over one row, evaluated here and translated to PostgreSQL. Pure.

`done_on is empty` is written `empty(done_on)`; days are numbers (`due_on + 30`, `done_on - due_on`); money counts in yuan;
codes and texts stand in quotes. What cannot be computed because something is blank is blank, as in SQL; `and`, `or` and `not`
treat a comparison with a blank as unknown and a blank yes/no column as no.
"""

from __future__ import annotations

import ast
import calendar
import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from kangcheng.kernel.errors import KangchengError

MOST_DEPTH = 40


class FormulaError(KangchengError):
    """The formula cannot be read, or names what is not there."""


FUNCTIONS = {
    "empty": 1, "filled": 1, "days": 2, "months": 2, "years": 2, "add_months": 2, "add_years": 2, "year": 1,
    "month": 1, "count": None, "least": None, "greatest": None, "choose": 3,
}  # fmt: skip
"""Name -> number of arguments (None: one or more)."""

_COMPARED = {ast.Eq: "=", ast.NotEq: "<>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip
_COUNTED = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


@lru_cache(maxsize=2048)
def parsed(text: str) -> ast.expr:
    """The tree of a formula. Raises FormulaError for anything but the small language."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise FormulaError(
            f"算式写错了 (not a formula): {text!r}", rule="算式的写法见 docs/modules/work.md"
        ) from error
    _allowed(tree, text, 0)
    return tree


def names(text: str) -> set[str]:
    """The columns a formula reads (`today` among them)."""
    tree = parsed(text)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called}


def _allowed(node: ast.expr, text: str, depth: int) -> None:
    if depth > MOST_DEPTH:
        raise FormulaError(f"算式太深 (nested too deeply): {text[:60]!r}")
    good = isinstance(node, ast.Name | ast.Constant | ast.BoolOp | ast.Tuple | ast.Compare | ast.Call)
    if isinstance(node, ast.BinOp):
        good = type(node.op) in _COUNTED
    elif isinstance(node, ast.UnaryOp):
        good = isinstance(node.op, ast.Not | ast.USub)
    elif isinstance(node, ast.Constant):
        good = isinstance(node.value, int | float | str)
    elif isinstance(node, ast.Compare):
        good = len(node.ops) == 1 and isinstance(node.ops[0], (*_COMPARED, ast.In, ast.NotIn))
    elif isinstance(node, ast.Call):
        _call_allowed(node, text)
    if not good:
        raise FormulaError(f"算式里不能用 (not allowed in a formula): {ast.unparse(node)!r}")
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr) and not (isinstance(node, ast.Call) and part is node.func):
            _allowed(part, text, depth + 1)


def _call_allowed(node: ast.Call, text: str) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS or node.keywords or any(isinstance(arg, ast.Starred) for arg in node.args):
        raise FormulaError(
            f"没有这个函数 (no such function): {ast.unparse(node)!r}", rule="、".join(FUNCTIONS)
        )
    wanted = FUNCTIONS[name]
    if len(node.args) != wanted if wanted is not None else not node.args:
        raise FormulaError(f"{name} 的参数个数不对 (wrong number of arguments): {text!r}")


def evaluate(text: str, values: Mapping[str, Any], today: date) -> Any:
    """The value for one row (numbers as Fraction, money in yuan, a time as text), None where it cannot be computed."""
    try:
        return _value(parsed(text), values, today)
    except (TypeError, ZeroDivisionError, OverflowError, ValueError) as error:
        if isinstance(error, TypeError):
            raise FormulaError(f"算式的量不能相比或相加 (values do not fit): {text!r}") from error
        return None


def _value(node: ast.expr, row: Mapping[str, Any], today: date) -> Any:
    def at(part: ast.expr) -> Any:
        return _value(part, row, today)

    if isinstance(node, ast.Name):
        return today if node.id == "today" else row.get(node.id)
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else Fraction(str(node.value))

    def flag(part: ast.expr) -> Any:
        value = at(part)
        return False if value is None and isinstance(part, ast.Name) else value

    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _blank(lambda inner: not inner)(flag(node.operand))
    if isinstance(node, ast.UnaryOp):
        return _blank(lambda inner: -inner)(at(node.operand))
    if isinstance(node, ast.BoolOp):
        return _joined(isinstance(node.op, ast.And), [flag(part) for part in node.values])
    if isinstance(node, ast.BinOp):
        return _counted(type(node.op), at(node.left), at(node.right))
    if isinstance(node, ast.Compare):
        return _compared(node.ops[0], at(node.left), at(node.comparators[0]))
    return _gathered(node, at)


def _gathered(node: ast.expr, at: Callable[[ast.expr], Any]) -> Any:
    if isinstance(node, ast.Tuple):
        return tuple(at(part) for part in node.elts)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _CALLED[node.func.id](*(at(part) for part in node.args))
    raise FormulaError(f"算式里不能用 (not allowed in a formula): {ast.unparse(node)!r}")


def _joined(every: bool, parts: list[Any]) -> bool | None:
    if (not every) in [None if part is None else bool(part) for part in parts]:
        return not every
    return None if None in parts else every


def _counted(kind: type[ast.operator], a: Any, b: Any) -> Any:
    if a is None or b is None:
        return None
    if isinstance(a, date) and isinstance(b, date):
        return Fraction((a - b).days)
    if isinstance(a, date):
        return a + timedelta(days=int(b) if kind is ast.Add else -int(b))
    if kind is ast.Div:
        return a / b if b else None
    if kind is ast.Add:
        return a + b
    return a - b if kind is ast.Sub else a * b


def _compared(op: ast.cmpop, a: Any, b: Any) -> bool | None:
    if a is None or b is None:
        return None
    if isinstance(op, ast.In | ast.NotIn):
        return (a in b) is isinstance(op, ast.In)
    return bool(_COMPARISONS[type(op)](a, b))


def months_between(a: date, b: date) -> int:
    """Whole months from `a` to `b`; negative when `b` is earlier."""
    if b < a:
        return -months_between(b, a)
    return (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day)


def later(day: date, months: int) -> date:
    """`months` later, at the month's last day when it has no such day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _blank(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: None if None in args else function(*args)


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", ())


_CALLED: dict[str, Callable[..., Any]] = {
    "empty": _is_empty,
    "filled": lambda value: not _is_empty(value),
    "days": _blank(lambda a, b: Fraction((b - a).days)),
    "months": _blank(lambda a, b: Fraction(months_between(a, b))),
    "years": _blank(lambda a, b: Fraction(int(months_between(a, b) / 12))),
    "add_months": _blank(lambda day, n: later(day, int(n))),
    "add_years": _blank(lambda day, n: later(day, 12 * int(n))),
    "year": _blank(lambda day: Fraction(day.year)),
    "month": _blank(lambda day: Fraction(day.month)),
    "count": lambda *flags: Fraction(sum(bool(flag) for flag in flags)),
    "least": lambda *given: min((one for one in given if one is not None), default=None),
    "greatest": lambda *given: max((one for one in given if one is not None), default=None),
    "choose": lambda test, yes, no: yes if test else no,
}


def sql(text: str, columns: Mapping[str, str]) -> str:
    """The formula as a PostgreSQL expression; `columns` gives the SQL of each name, `today` among them."""
    return _sql(parsed(text), columns)


def _sql(node: ast.expr, columns: Mapping[str, str]) -> str:
    def at(part: ast.expr) -> str:
        return _sql(part, columns)

    if isinstance(node, ast.Name):
        return columns[node.id]
    if isinstance(node, ast.Constant):
        return quoted(node.value) if isinstance(node.value, str) else f"{node.value!r}::numeric"

    def flag(part: ast.expr) -> str:
        return f"coalesce({at(part)}, false)" if isinstance(part, ast.Name) else at(part)

    if isinstance(node, ast.UnaryOp):
        return f"(NOT {flag(node.operand)})" if isinstance(node.op, ast.Not) else f"(-{at(node.operand)})"
    if isinstance(node, ast.BoolOp):
        return "(" + (" AND " if isinstance(node.op, ast.And) else " OR ").join(map(flag, node.values)) + ")"
    if isinstance(node, ast.BinOp):
        return _counted_sql(node, at(node.left), at(node.right))
    if isinstance(node, ast.Compare):
        return _compared_sql(node, at)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _SQL[node.func.id](*map(at, node.args))
    raise FormulaError(f"算式里不能用 (not allowed in a formula): {ast.unparse(node)!r}")


def _counted_sql(node: ast.BinOp, left: str, right: str) -> str:
    sign = _COUNTED[type(node.op)]
    if sign == "/":
        return f"({left} / nullif({right}, 0))"
    if sign in "+-" and not (_dated(left) and _dated(right)) and _dated(left):
        return f"(({left} {sign} trunc({right})::integer)::date)"
    return f"(({left} {sign} {right})::numeric)"


def _dated(expression: str) -> bool:
    return expression.endswith(("::date", "::date)"))


def _compared_sql(node: ast.Compare, at: Callable[[ast.expr], str]) -> str:
    op, left, right = node.ops[0], at(node.left), node.comparators[0]
    if isinstance(op, ast.In | ast.NotIn):
        word = "" if isinstance(op, ast.In) else "NOT "
        if isinstance(right, ast.Tuple):
            return f"({left} {word}IN ({', '.join(map(at, right.elts))}))"
        return f"({word}({at(right)} ? {left}))"
    return f"({left} {_COMPARED[type(op)]} {at(right)})"


def _between(part: str) -> Callable[[str, str], str]:
    months = "(extract(year FROM age({1}, {0})) * 12 + extract(month FROM age({1}, {0})))::numeric"
    return lambda a, b: (
        f"({months.format(a, b)})" if part == "months" else f"(trunc({months.format(a, b)} / 12))"
    )


def _later_sql(times: int) -> Callable[[str, str], str]:
    return lambda day, n: f"(({day} + make_interval(months => {times} * trunc({n})::integer))::date)"


_SQL: dict[str, Callable[..., str]] = {
    "empty": lambda a: f"({a} IS NULL)",
    "filled": lambda a: f"({a} IS NOT NULL)",
    "days": lambda a, b: f"(({b} - {a})::numeric)",
    "months": _between("months"),
    "years": _between("years"),
    "add_months": _later_sql(1),
    "add_years": _later_sql(12),
    "year": lambda a: f"(extract(year FROM {a})::numeric)",
    "month": lambda a: f"(extract(month FROM {a})::numeric)",
    "count": lambda *flags: "(" + " + ".join(f"coalesce(({flag})::int, 0)" for flag in flags) + ")::numeric",
    "least": lambda *given: _same_kind(f"least({', '.join(given)})", *given),
    "greatest": lambda *given: _same_kind(f"greatest({', '.join(given)})", *given),
    "choose": lambda test, yes, no: _same_kind(f"(CASE WHEN {test} THEN {yes} ELSE {no} END)", yes, no),
}


def _same_kind(expression: str, *given: str) -> str:
    return f"({expression})::date" if any(map(_dated, given)) else expression


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + re.sub("\0", "", text).replace("'", "''") + "'"
