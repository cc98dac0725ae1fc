"""The parameters of the city, read strictly from a pack's entry of kind `city`.

Money comes as integer fen, counts as int, shares and weights as float: they are only ever compared with random numbers.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.money import parse_yuan
from kangcheng.kernel.units import parse_number, parse_rate
from kangcheng.policy.reader import read_entry
from kangcheng.policy.schema import Day, Money, Number, Rate, Record, Table
from kangcheng.policy.source import Mapping, Node, Scalar, Sequence, read_bytes
from kangcheng.policy.store import PACKS
from kangcheng.synth.columns import day
from kangcheng.synth.keys import KIND

FILE = PACKS / "kangcheng" / "synth" / "city.yaml"


class Params(SimpleNamespace):
    """Keys of the entry as attributes; a key that may be left out and was is None. `from` reads as `start`."""


def opens(params: Params) -> int:
    """Day number (since 1970) of the first day that is lived."""
    return day(params.year, params.month)


def closes(params: Params) -> int:
    """Day number of the first day after the year that is lived."""
    return day(params.year + 1, params.month)


def of_year(params: Params, year: int, month: int = 1) -> Params:
    """The same numbers for the twelve months that begin then."""
    return Params(**{**vars(params), "year": year, "month": month})


def read(file: Path = FILE) -> Params:
    """The parameters in `file`. Raises Faults with every unknown, missing or malformed key."""
    entry = read_entry(read_bytes(file, file.name), file.name, {KIND.name: KIND})
    own = Record(KIND.name, KIND.fields)
    node = Mapping({key: item for key, item in entry.node.items.items() if key in KIND.fields}, 1)
    params: Params = _value(node, own)
    return params


def _value(node: Node, type_: Any) -> Any:
    if isinstance(node, Scalar):
        return _scalar(node.text, type_)
    if isinstance(node, Sequence):
        return [_value(item, type_.of) for item in node.items]
    if isinstance(type_, Table):
        return {_scalar(key, type_.keys): _value(item, type_.of) for key, item in node.items.items()}
    found = dict.fromkeys((_name(key) for key in type_.fields), None)
    found |= {_name(key): _value(item, type_.fields[key].type) for key, item in node.items.items()}
    return Params(**found)


def _name(key: str) -> str:
    return "start" if key == "from" else key


def _scalar(text: str, type_: Any) -> Any:
    if isinstance(type_, Money):
        return parse_yuan(text)
    if isinstance(type_, Rate):
        return float(parse_rate(text))
    if isinstance(type_, Number):
        return int(parse_number(text)) if type_.whole else float(parse_number(text))
    if isinstance(type_, Day):
        return parse_date(text)
    if getattr(type_, "options", None) == ("yes", "no"):
        return text == "yes"
    return text


__all__ = ["FILE", "Params", "closes", "of_year", "opens", "read"]
