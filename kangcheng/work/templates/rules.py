"""Filling: a template entry and values in, a laid-out document out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from kangcheng.kernel.dates import parse_date, show_date
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.money import in_words, parse_yuan, show_official, show_yuan
from kangcheng.kernel.units import parse_number, parse_rate, show_rate
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.template import PLACE, STYLES, types_of
from kangcheng.work.templates.types import Block, Laid, Values

DIGITS = "〇一二三四五六七八九"

# --- values


def chinese_day(day: date) -> str:
    """二〇二四年三月五日."""
    return f"{''.join(DIGITS[int(sign)] for sign in str(day.year))}年{_tens(day.month)}月{_tens(day.day)}日"


def _tens(number: int) -> str:
    tens, ones = divmod(number, len(DIGITS))
    head = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones or not tens else "")


def number_text(value: int | Fraction) -> str:
    """A number for a document: 1,234 or 12.5."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return f"{exact.numerator:,}"
    return f"{float(exact):,.4f}".rstrip("0").rstrip(".")


_WRITE: dict[tuple[str, str], Callable[[Any], str]] = {
    ("date", "long"): show_date,
    ("date", "short"): date.isoformat,
    ("date", "chinese"): chinese_day,
    ("money", "yuan"): lambda fen: f"{show_yuan(fen)}元",
    ("money", "official"): show_official,
    ("money", "capital"): in_words,
    ("text", ""): str,
    ("number", ""): number_text,
    ("rate", ""): show_rate,
    ("lines", ""): "\n".join,
}


def read(kind: str, value: Any) -> Any:
    """A value given as text, or already typed, as the type asks. Raises KangchengError."""
    if kind == "lines":
        return [str(one) for one in value] if isinstance(value, list | tuple) else str(value).splitlines()
    if not isinstance(value, str):
        return value
    readers: dict[str, Callable[[str], Any]] = {
        "date": parse_date, "money": parse_yuan, "number": parse_number, "rate": parse_rate,
    }  # fmt: skip
    return readers[kind](value) if kind in readers else value


def typed(entry: Entry, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the template read from `given`. Raises Faults for every field missing, unknown or unreadable."""
    faults, found = [], {}
    known = {row["id"]: row for row in entry.get("fields")}
    faults += [Fault(name, "文书没有这个字段 (no such field)") for name in sorted(set(given) - set(known))]
    for name, row in known.items():
        value = given.get(name)
        if value in (None, "", []):
            if row.get("required", "yes") == "yes":
                faults.append(Fault(name, f"{row['title']}未填写 (not filled in)"))
            continue
        try:
            found[name] = (
                _table(row, value) if row.get("type") == "table" else read(row.get("type", "text"), value)
            )
        except KangchengError as error:
            faults.append(Fault(name, f"{row['title']}：{error.what}", error.rule, error.todo))
    if faults:
        raise Faults(faults, where=entry.title, todo="补齐后再签发")
    return found


def _table(row: Mapping[str, Any], value: Any) -> list[dict[str, Any]]:
    types = {column["id"]: column.get("type", "text") for column in row["columns"]}
    return [
        {name: read(types[name], one[name]) for name in types if one.get(name) not in (None, "")}
        for one in value
    ]


# --- laying out


def number_of(entry: Entry, n: int, on: date) -> str:
    """The document's number from its place in the series; "" when the template has none."""
    row = entry.get("number")
    if row is None:
        return ""
    return (
        row["form"].replace("{year}", str(on.year)).replace("{n}", str(n).zfill(int(row.get("digits", "1"))))
    )


def laid(entry: Entry, values: Values, *, number: str, on: date, city: str = "") -> Laid:
    """The document filled in. `values` are typed (see `typed`)."""
    types = types_of(entry)
    whole: dict[str, Any] = {"number": number, "issued_on": on, "city": city, **values}

    def fill(text: str) -> str:
        return PLACE.sub(lambda found: _written(found[1], found[2] or "", types, whole), text)

    whole["issuer"] = fill(entry.get("issuer"))
    sign = entry.get("sign", {})
    body = entry.get("body")
    return Laid(
        title=fill(entry.get("heading")),
        issuer=whole["issuer"],
        number=number,
        to=fill(entry.get("addressee", "")),
        body=tuple(
            made
            for one in ([body] if isinstance(body, str) else body)
            if (made := _block(entry, one, whole, fill))
        ),
        signed=fill(sign.get("issuer", "")) or whole["issuer"],
        signed_on=show_date(on),
        seal=sign.get("seal", "yes") == "yes",
        receipt=sign.get("receipt") == "yes",
        copies=fill(entry.get("copies", "")),
    )


def _written(name: str, style: str, types: Mapping[str, str], values: Values) -> str:
    value, kind = values.get(name), types[name]
    if value is None:
        return ""
    styles = STYLES[kind]
    return _WRITE[kind, style or (styles[0] if styles else "")](value)


def _block(entry: Entry, block: Any, values: Values, fill: Callable[[str], str]) -> Block | None:
    if isinstance(block, str):
        return Block("text", fill(block))
    if "when" in block and not values.get(block["when"]):
        return None
    if "heading" in block:
        return Block("heading", fill(block["heading"]))
    if "text" in block:
        return Block("text", fill(block["text"]))
    rows = values.get(block["table"])
    columns = next(row["columns"] for row in entry.get("fields") if row["id"] == block["table"])
    if not rows:
        return None
    return Block(
        "table",
        heads=tuple(column["title"] for column in columns),
        rows=tuple(tuple(_cell(column, row) for column in columns) for row in rows),
        right=tuple(column.get("type") in ("money", "number", "rate") for column in columns),
    )


def _cell(column: Mapping[str, str], row: Mapping[str, Any]) -> str:
    value, kind = row.get(column["id"]), column.get("type", "text")
    if value is None:
        return ""
    if kind == "money":
        return show_yuan(value)
    return _WRITE[kind, STYLES[kind][0] if STYLES[kind] else ""](value)
