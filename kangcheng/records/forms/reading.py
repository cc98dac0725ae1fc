"""A pack's `form` entry to a Form. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from kangcheng.kernel.units import parse_number
from kangcheng.policy.entry import Entry
from kangcheng.records import paths
from kangcheng.records.forms.types import (
    Coded,
    Condition,
    Form,
    Item,
    Limit,
    Option,
    Result,
    Rule,
    Score,
    Test,
)
from kangcheng.records.terminology import packaged

LIMITS = ("is", "not", "answered", "at_least", "above", "at_most", "below")
_NUMBERS = ("at_least", "above", "at_most", "below")
_VALUE_TYPES = {"whole": "integer", "number": "decimal", "flag": "boolean", "date": "date"}


def form(entry: Entry) -> Form:
    """The form an entry describes. Raises PathError for a formula that cannot be read."""
    lists = {name: _options(rows) for name, rows in entry.get("lists", {}).items()}
    types = _types(entry.get("items"))
    return Form(
        entry.id, entry.title, entry.title_en, entry.get("version"), entry.get("about", ""), entry.get("source", ""),
        tuple(_item(row, lists, types) for row in entry.get("items")),
        tuple(_score(row, entry.get("scales", {})) for row in entry.get("scores", [])),
        tuple(_result(row) for row in entry.get("results", [])),
    )  # fmt: skip


def _types(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Item id → FHIR type of its value: what a formula may name."""
    found: dict[str, str] = {}
    for row in rows:
        if row["type"] not in ("group", "note"):
            found[row["id"]] = _VALUE_TYPES.get(row["type"], "string")
        found |= _types(row.get("items", []))
    return found


def _item(row: dict[str, Any], lists: dict[str, tuple[Option, ...]], types: dict[str, str]) -> Item:
    options = (
        lists.get(row.get("list", ""), ())
        or _options(row.get("options", []))
        or _coded_options(row.get("codes", ""))
    )
    formula = paths.compile(row["formula"], constants=types) if "formula" in row else None
    return Item(
        row["id"], row["text"], row["type"], row.get("text_en", ""), row.get("help", ""), options, row.get("codes", ""),
        row.get("unit", ""), _number(row.get("least")), _number(row.get("most")), int(row.get("longest", 0)),
        row.get("required") == "yes", tuple(_condition(one) for one in _rows(row.get("when", []))),
        row.get("together") == "any", formula,
        tuple((_number(one.get("from")), parse_number(one["score"])) for one in row.get("graded", [])),
        row.get("element", ""), _code(row.get("code"), row["text"]),
        tuple(_item(one, lists, types) for one in row.get("items", [])),
    )  # fmt: skip


def _options(rows: list[dict[str, Any]]) -> tuple[Option, ...]:
    return tuple(
        Option(one["code"], one["title"], _number(one.get("score")), one.get("title_en", "")) for one in rows
    )


def _coded_options(system: str) -> tuple[Option, ...]:
    return tuple(Option(one.code, one.title) for one in packaged.index(system).concepts) if system else ()


def _condition(row: dict[str, Any]) -> Condition:
    return Condition(row["item"], _limits(row))


def _limits(row: dict[str, Any]) -> tuple[Limit, ...]:
    return tuple(
        Limit(how, parse_number(row[how]) if how in _NUMBERS else _listed(row[how]))
        for how in LIMITS
        if how in row
    )


def _score(row: dict[str, Any], scales: dict[str, Any]) -> Score:
    bands = row.get("bands") or scales.get(row.get("scale", ""), [])
    return Score(
        row["id"], row["title"], tuple(_listed(row["items"])), frozenset(_listed(row.get("reversed", []))),
        row.get("as") == "hundred", row.get("missing") == "skip",
        tuple((_number(one.get("from")), one["result"]) for one in bands), _code(row.get("code"), row["title"]),
        row.get("title_en", ""),
    )  # fmt: skip


def _result(row: dict[str, Any]) -> Result:
    rules = tuple(
        Rule(one["result"], tuple(_test(test) for test in _rows(one["when"]))) for one in row["rules"]
    )
    return Result(
        row["id"],
        row["title"],
        rules,
        row["otherwise"],
        _code(row.get("code"), row["title"]),
        row.get("title_en", ""),
    )


def _test(row: dict[str, Any]) -> Test:
    return Test(tuple(_listed(row.get("score") or row.get("item"))), "score" in row, _limits(row))


def _code(row: dict[str, str] | None, title: str) -> Coded | None:
    return Coded(row["system"], row["code"], row.get("title", title)) if row else None


def _number(text: str | None) -> Fraction | None:
    return None if text is None else parse_number(text)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _rows(value: Any) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else [value]
