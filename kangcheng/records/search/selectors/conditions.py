"""Parameters as SQL over `records_resource`. Every value is a parameter of the statement, never part of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from kangcheng.records.definitions.selectors import Parameter, parameters_of, resource_types
from kangcheng.records.search.index import main_date, simple_composite
from kangcheng.records.search.marks import key, mark, refers, token
from kangcheng.records.search.moments import span
from kangcheng.records.search.selectors.query import Test, bare, parse, prefixed, split
from kangcheng.records.search.texts import plain
from kangcheng.records.search.types import Outside, SearchError, Sql, Within
from kangcheng.records.store.types import CLINICAL

TRUE: Sql = ("TRUE", [])
FALSE: Sql = ("FALSE", [])
MARGIN = Decimal("0.1")  # "ap": a tenth


def _same(kind: str, logical_id: str) -> list[str]:
    return [logical_id]


@dataclass
class Context:
    """Who asks and what lies outside the store. `same`: all ids of one resident; `expand`: codes of a value set."""

    within: Within
    now: datetime
    outside: dict[str, Outside] = field(default_factory=dict)
    subjects: Callable[[str, str], Sql | None] | None = (
        None  # parameter of Patient, value -> subquery of resident ids
    )
    same: Callable[[str, str], list[str]] = _same
    expand: Callable[[str], list[tuple[str, str]]] | None = None
    base: str = ""
    depth: int = 0

    def alias(self) -> str:
        """A fresh name for a row inside a condition."""
        self.depth += 1
        return f"r{self.depth}"


def both(conditions: list[Sql], word: str = "AND") -> Sql:
    """All (or any) of the conditions."""
    if not conditions:
        return TRUE if word == "AND" else FALSE
    return f"({f' {word} '.join(sql for sql, _ in conditions)})", [
        one for _, given in conditions for one in given
    ]


def condition(kind: str, alias: str, test: Test, context: Context) -> Sql:
    """What `test` asks of the row `alias` of type `kind`."""
    if test.name == "_has":
        return _has(alias, test, context)
    if test.name == "_id":
        return f"{alias}.logical_id = ANY(%s)", [[bare(value) for value in test.values]]
    known = parameters_of(kind)[test.name]
    if test.rest:
        return _chain(kind, alias, test, known, context)
    if test.modifier == "missing":
        return _missing(kind, alias, test)
    return _KINDS[known.kind](kind, alias, test, known, context)


def _missing(kind: str, alias: str, test: Test) -> Sql:
    if test.values not in (("true",), ("false",)):
        raise SearchError(":missing 为 true 或 false", where=test.raw)
    if test.name == "_lastUpdated":
        return FALSE if test.values == ("true",) else TRUE
    found = f"{alias}.tokens @> %s::bigint[]"
    return (f"NOT ({found})" if test.values == ("true",) else found), [[key(kind, test.name)]]


def _tokens(alias: str, marks: list[int]) -> Sql:
    return f"{alias}.tokens {'@>' if len(marks) == 1 else '&&'} %s::bigint[]", [marks]


def _token(kind: str, alias: str, test: Test, known: Parameter, context: Context) -> Sql:
    if test.modifier == "text":
        return _display(alias, test, known)
    if test.modifier in ("in", "not-in"):
        marks = _value_set(kind, test, context)
    else:
        marks = [token(kind, test.name, token_form(value)) for value in test.values]
    found, given = _tokens(alias, marks) if marks else FALSE
    return (f"NOT ({found})" if test.modifier in ("not", "not-in") else found), given


def token_form(value: str) -> str:
    """`system|code` as marks are made of it."""
    parts = split(value, "|")
    if "|" not in value.replace("\\|", ""):
        return bare(value)
    return f"{bare(value.partition('|')[0])}|{bare(value.partition('|')[2])}" if parts else "|"


def _value_set(kind: str, test: Test, context: Context) -> list[int]:
    if context.expand is None:
        raise SearchError("本服务不支持 :in (value sets are not served here)", where=test.raw)
    codes = [pair for value in test.values for pair in context.expand(bare(value))]
    return [token(kind, test.name, f"{system}|{code}") for system, code in codes]


def _display(alias: str, test: Test, known: Parameter) -> Sql:
    """`:text`: words in display or text, read from the resource itself."""
    element = (
        known.expression.split(" | ")[0].replace("(", "").split(".where")[0].split(" as ")[0].split(".")[1:]
    )
    if not element or not all(part.isidentifier() for part in element):
        raise SearchError(f"{test.name} 不支持 :text", where=test.raw)
    path = "$." + ".".join(f'"{part}"' for part in element)
    tests = []
    for value in test.values:
        literal = json.dumps(bare(value), ensure_ascii=False)
        for leaf in ('.**."display"', '."text"'):
            tests.append(
                (f"{alias}.body @? %s::jsonpath", [f'{path}{leaf} ? (@ like_regex {literal} flag "iq")'])
            )
    return both(tests, "OR")


def _reference(kind: str, alias: str, test: Test, known: Parameter, context: Context) -> Sql:
    if test.modifier == "identifier":
        marks = [token(kind, f"{test.name}:identifier", token_form(value)) for value in test.values]
        return _tokens(alias, marks)
    targets = [pair for value in test.values for pair in _targets(bare(value), test, known, context)]
    subjects = _subjects(kind, test.name, targets)
    if subjects is not None:
        return f"{alias}.subject_id = ANY(%s::uuid[])", [subjects]
    return _tokens(alias, [refers(kind, test.name, target) for target in targets])


def _targets(value: str, test: Test, known: Parameter, context: Context) -> list[str]:
    value = value.removeprefix(context.base) if context.base else value
    before, slash, logical_id = value.rpartition("/")
    if slash and before in resource_types():
        return [f"{before}/{one}" for one in context.same(before, logical_id)]
    if slash or ":" in value:
        return [value]
    kinds = (
        [test.modifier]
        if test.modifier in resource_types()
        else list(known.targets) or sorted(resource_types())
    )
    return [f"{one}/{same}" for one in kinds for same in context.same(one, value)]


def _subjects(kind: str, code: str, targets: list[str]) -> list[UUID] | None:
    """The ids of residents a clinical resource is asked for; None when it is asked for something else."""
    if kind not in CLINICAL or code not in ("patient", "subject"):
        return None
    people = [target.partition("/")[2] for target in targets if target.startswith("Patient/")]
    others = [target for target in targets if not target.startswith(("Patient/", "Group/"))]
    found = []
    for one in people:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return None if others or not people else found


def _uri(kind: str, alias: str, test: Test, known: Parameter, context: Context) -> Sql:
    values = [bare(value) for value in test.values]
    if test.modifier == "below":
        tests = [
            _text_row(kind, alias, test.name, "v.exact LIKE %s", [_like(value) + "%"]) for value in values
        ]
        return both(tests, "OR")
    if test.modifier == "above":
        tests = [_text_row(kind, alias, test.name, "starts_with(%s, v.exact)", [value]) for value in values]
        return both(tests, "OR")
    return _tokens(alias, [token(kind, test.name, value) for value in values])


def _string(kind: str, alias: str, test: Test, known: Parameter, context: Context) -> Sql:
    tests = []
    for value in map(bare, test.values):
        words = plain(value)
        if test.modifier == "exact":
            sql, given = "v.exact = %s", [value]
        elif test.modifier in ("contains", "text"):
            sql, given = "v.plain_text LIKE %s", [f"%{_like(words)}%"]
        elif value.isascii():
            sql, given = (
                "(v.plain_text LIKE %s OR v.pinyin LIKE %s)",
                [f"{_like(words)}%", f"{_like(words.replace(' ', ''))}%"],
            )
        else:
            sql, given = "v.plain_text LIKE %s", [f"{_like(words)}%"]
        tests.append(_text_row(kind, alias, test.name, sql, given))
    return both(tests, "OR")


def _text_row(kind: str, alias: str, code: str, sql: str, given: list[Any]) -> Sql:
    held = f"EXISTS (SELECT 1 FROM records_textvalue v WHERE v.resource_id = {alias}.id AND v.key = %s AND {sql})"  # noqa: S608
    return held, [key(kind, code), *given]


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _date(kind: str, alias: str, test: Test, known: Parameter, context: Context) -> Sql:
    tests = [_span(value, test, context.now) for value in map(bare, test.values)]
    if test.name == "_lastUpdated":
        return both(
            [_on(sql, given, f"{alias}.written_at", f"{alias}.written_at") for sql, given in tests], "OR"
        )
    if test.name == main_date(kind):
        present = _tokens(alias, [key(kind, test.name)])
        return both(
            [
                present,
                both([_on(sql, given, f"{alias}.starts", f"{alias}.ends") for sql, given in tests], "OR"),
            ]
        )
    rows = [_on(sql, given, "v.starts", "v.ends") for sql, given in tests]
    return _value_row("records_spanvalue", kind, alias, test.name, both(rows, "OR"))


def _on(sql: str, given: list[Any], starts: str, ends: str) -> Sql:
    return sql.replace("{s}", starts).replace("{e}", ends), given


def _span(value: str, test: Test, now: datetime) -> Sql:
    """A condition over {s} and {e}, the span of the row; null is an open end."""
    prefix, text = prefixed(value)
    try:
        low, high = span(text)
    except (ValueError, OverflowError) as error:
        raise SearchError(
            f"不是日期 (not a date) {text[:40]!r}", where=test.raw, rule="年[-月[-日[T时:分[:秒]时区]]]"
        ) from error
    after, before = "({e} IS NULL OR {e} > %s)", "({s} IS NULL OR {s} < %s)"
    inside = "({s} >= %s AND {e} <= %s)"
    if prefix == "ap":
        margin = abs(now - low) * float(MARGIN) + timedelta(0)
        return f"({after} AND {before})", [low - margin, high + margin]
    forms: dict[str, Sql] = {
        "eq": (inside, [low, high]), "ne": (f"({inside}) IS NOT TRUE", [low, high]), "gt": (after, [high]),
        "lt": (before, [low]), "ge": (f"({after} OR {inside})", [high, low, high]),
        "le": (f"({before} OR {inside})", [low, low, high]), "sa": ("{s} >= %s", [high]), "eb": ("{e} <= %s", [low]),
    }  # fmt: skip
    return forms[prefix]


def _value_row(table: str, kind: str, alias: str, code: str, found: Sql) -> Sql:
    held = f"EXISTS (SELECT 1 FROM {table} v WHERE v.resource_id = {alias}.id AND v.key = %s AND {found[0]})"  # noqa: S608
    return held, [key(kind, code), *found[1]]


def _number(kind: str, alias: str, test: Test, known: Parameter, context: Context) -> Sql:
    tests = [_measure(value, test) for value in test.values]
    return _value_row("records_numbervalue", kind, alias, test.name, both(tests, "OR"))


def _measure(value: str, test: Test) -> Sql:
    """A condition over the row v: "5.4|http://unitsofmeasure.org|mg"."""
    parts = [bare(part) for part in value.split("|")]
    prefix, text = prefixed(parts[0])
    try:
        number = Decimal(text)
        digits = number.as_tuple().exponent
        if not isinstance(digits, int) or abs(digits) > 40 or abs(number) >= Decimal("1e39"):
            raise InvalidOperation
    except InvalidOperation as error:
        raise SearchError(f"不是数 (not a number) {text[:40]!r}", where=test.raw) from error
    half = Decimal((0, (5,), digits - 1))
    margin = abs(number) * MARGIN
    forms: dict[str, Sql] = {
        "eq": ("v.low >= %s AND v.high <= %s", [number - half, number + half]),
        "ne": ("NOT (v.low >= %s AND v.high <= %s)", [number - half, number + half]),
        "gt": ("v.high > %s", [number]), "lt": ("v.low < %s", [number]),
        "ge": ("v.high >= %s", [number]), "le": ("v.low <= %s", [number]),
        "sa": ("v.low > %s", [number]), "eb": ("v.high < %s", [number]),
        "ap": ("v.low >= %s AND v.high <= %s", [number - margin, number + margin]),
    }  # fmt: skip
    sql, given = forms[prefix]
    if len(parts) == 1:
        return f"({sql})", given
    system, unit = (parts[1], parts[2]) if len(parts) > 2 else ("", parts[1])
    if not unit:
        return f"({sql})", given
    return f"({sql} AND v.units @> %s::bigint[])", [*given, [mark(f"{system}|{unit}" if system else unit)]]


def _composite(kind: str, alias: str, test: Test, known: Parameter, context: Context) -> Sql:
    return both([_pair(kind, alias, value, test, known, context) for value in test.values], "OR")


def _pair(kind: str, alias: str, value: str, test: Test, known: Parameter, context: Context) -> Sql:
    parts = split(value, "$")
    if len(parts) != len(known.parts):
        raise SearchError("复合参数形如 值$值 (value$value)", where=test.raw)
    if simple_composite(kind, test.name):
        tests = [parse(kind, code, part) for (code, _), part in zip(known.parts, parts, strict=True)]
        return both([condition(kind, alias, one, context) for one in tests if one])
    second_kind = parameters_of(kind)[known.parts[1][0]].kind
    if second_kind in ("number", "quantity", "date"):
        return _pair_row(kind, alias, parts, test, second_kind, context)
    end = plain(bare(parts[1])) if second_kind == "string" else token_form(parts[1])
    return _tokens(alias, [token(kind, test.name, f"{token_form(parts[0])}${end}")])


def _pair_row(kind: str, alias: str, parts: list[str], test: Test, second: str, context: Context) -> Sql:
    if second == "date":
        table, found = (
            "records_spanvalue",
            _on(*_span(bare(parts[1]), test, context.now), "v.starts", "v.ends"),
        )
    else:
        table, found = "records_numbervalue", _measure(parts[1], test)
    firsts = ("v.firsts @> %s::bigint[]", [[mark(token_form(parts[0]))]])
    return _value_row(table, kind, alias, test.name, both([found, firsts]))


def _chain(kind: str, alias: str, test: Test, known: Parameter, context: Context) -> Sql:
    targets = [test.modifier] if test.modifier else list(known.targets) or sorted(resource_types())
    tests = [one for target in targets if (one := _link(kind, alias, test, target, context))]
    if not tests:
        raise SearchError("被引用的资源没有这个参数 (no such parameter there)", where=test.raw[:200])
    return both(tests, "OR")


def _link(kind: str, alias: str, test: Test, target: str, context: Context) -> Sql | None:
    value = ",".join(test.values)
    if target in context.outside:
        return _link_outside(kind, alias, test, target, value, context)
    inner = parse(target, test.rest, value)
    if inner is None:
        return None
    there = context.alias()
    found = both([condition(target, there, inner, context), context.within(there)])
    sql = (
        f"{alias}.tokens && ARRAY(SELECT {there}.mark # %s FROM records_resource {there} "  # noqa: S608
        f"WHERE {there}.type = %s AND NOT {there}.deleted AND {found[0]})"
    )
    return sql, [key(kind, test.name), target, *found[1]]


def _link_outside(kind: str, alias: str, test: Test, target: str, value: str, context: Context) -> Sql | None:
    if target == "Patient" and context.subjects and kind in CLINICAL and test.name in ("patient", "subject"):
        found = context.subjects(test.rest, value)
        return (f"{alias}.subject_id IN ({found[0]})", found[1]) if found else None
    ids = context.outside[target](test.rest, value)
    if ids is None:
        return None
    return _tokens(alias, [refers(kind, test.name, f"{target}/{one}") for one in ids]) if ids else FALSE


def _has(alias: str, test: Test, context: Context) -> Sql:
    there = context.alias()
    source, code, sql, given = reverse(test, there, context)
    held = (
        f"EXISTS (SELECT 1 FROM records_resource {there} WHERE {there}.type = %s AND NOT {there}.deleted "  # noqa: S608
        f"AND {there}.tokens @> ARRAY[{alias}.mark # %s] AND {sql})"
    )
    return held, [source, key(source, code), *given]


def reverse(test: Test, there: str, context: Context) -> tuple[str, str, str, list[Any]]:
    """The referring side of `_has:Type:reference:parameter`: its type, reference, and condition on the row `there`."""
    parts = test.rest.split(":", 2)
    known = (
        parameters_of(parts[0]).get(parts[1]) if len(parts) == 3 and parts[0] in resource_types() else None
    )
    if known is None or known.kind != "reference" or test.rest.count("_has:") >= DEEP_HAS:
        raise SearchError(
            "_has 形如 _has:类型:引用:参数 (_has:Type:reference:parameter)", where=test.raw[:200]
        )
    inner = parse(parts[0], parts[2], ",".join(test.values))
    if inner is None:
        raise SearchError("没有这个查询参数 (unknown search parameter)", where=test.raw[:200])
    sql, given = both([condition(parts[0], there, inner, context), context.within(there)])
    return parts[0], parts[1], sql, given


DEEP_HAS = 3
_KINDS = {
    "token": _token, "reference": _reference, "uri": _uri, "string": _string, "date": _date, "number": _number,
    "quantity": _number, "composite": _composite,
}  # fmt: skip
