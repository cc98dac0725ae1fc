"""What is filled into a process: read by its type, and compared with the conditions of a step. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.kernel.money import parse_yuan
from kangcheng.kernel.units import parse_number
from kangcheng.policy.entry import Entry

SIGNS = {"at_least": "≥", "above": "＞", "at_most": "≤", "below": "＜"}
LONGEST_TEXT = 4000

Value = int | Fraction | date | str


def filled(value: Any) -> bool:
    """True when something was given."""
    return value not in (None, "", [], {}) and (not isinstance(value, str) or bool(value.strip()))


def listed(value: str | list[str]) -> list[str]:
    """A list, also when one item stands without brackets."""
    return [value] if isinstance(value, str) else value


def data_of(entry: Entry) -> dict[str, dict[str, Any]]:
    """The fields of the entry by id."""
    return {row["id"]: row for row in entry.get("fields", [])}


def typed(datum: Mapping[str, Any], value: Any) -> Value:
    """The value as its type compares: money in fen (whole numbers are fen already), numbers exact, dates as days, else text.

    Raises KangchengError when the text does not read.
    """
    kind, text = datum["type"], str(value).strip()
    if kind == "money":
        return value if isinstance(value, int) else parse_yuan(text)
    if kind in ("number", "quantity"):
        return parse_number(text)
    if kind == "date":
        return value if isinstance(value, date) else parse_date(text)
    return text


def unreadable(entry: Entry, fields: Mapping[str, Any]) -> list[Fault]:
    """Every given value that is not of its field's type; unknown fields are somebody else's fault."""
    known, faults = data_of(entry), []
    for name, value in fields.items():
        if name in known and filled(value):
            try:
                _judge(known[name], value)
            except KangchengError as error:
                faults.append(Fault(name, f"{known[name]['title']}：{error.what}", error.rule, error.todo))
    return faults


def _judge(datum: Mapping[str, Any], value: Any) -> None:
    found = typed(datum, value)
    if datum["type"] == "flag" and found not in ("yes", "no"):
        raise KangchengError("应为 yes 或 no (yes or no)", rule="是否")
    if datum.get("options") and found not in datum["options"]:
        raise KangchengError("不在可选之列 (not one of the choices)", rule="、".join(datum["options"]))
    if datum["type"] in ("money", "quantity") and isinstance(found, int | Fraction) and found < 0:
        raise KangchengError("不能为负 (negative)", rule="≥ 0")
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise KangchengError("过长 (too long)", rule=f"不超过 {LONGEST_TEXT} 字")


def unmet(entry: Entry, conditions: Iterable[Mapping[str, Any]], fields: Mapping[str, Any]) -> list[str]:
    """A sentence per condition that does not hold for what is filled in."""
    known = data_of(entry)
    return [
        f"不符合条件 (condition not met)：{condition_words(known, row)}"
        for row in conditions
        if not _holds(known[row["field"]], row, fields.get(row["field"]))
    ]


def condition_words(known: Mapping[str, Mapping[str, Any]], row: Mapping[str, Any]) -> str:
    """A condition as a reader sees it: 金额 ≥ 4000."""
    title = known[row["field"]]["title"]
    for key, sign in SIGNS.items():
        if key in row:
            return f"{title} {sign} {row[key]}"
    if "filled" in row:
        return f"{title}{'已填' if row['filled'] == 'yes' else '未填'}"
    if "is" in row:
        return f"{title}为{'或'.join(listed(row['is']))}"
    return f"{title}不为{'、'.join(listed(row['is_not']))}"


def _holds(datum: Mapping[str, Any], row: Mapping[str, Any], value: Any) -> bool:
    if "filled" in row:
        return filled(value) == (row["filled"] == "yes")
    if not filled(value):
        return False
    try:
        found = typed(datum, value)
    except KangchengError:
        return False
    if "is" in row:
        return str(value).strip() in listed(row["is"])
    if "is_not" in row:
        return str(value).strip() not in listed(row["is_not"])
    return _within(found, row, datum)


def _within(found: Any, row: Mapping[str, Any], datum: Mapping[str, Any]) -> bool:
    key = next(name for name in SIGNS if name in row)
    bound: Any = typed(datum, row[key])
    return bool(
        {
            "at_least": found >= bound,
            "above": found > bound,
            "at_most": found <= bound,
            "below": found < bound,
        }[key]
    )
