"""Resources as JSON text and back, digits kept: 72.50 stays 72.50. Identity numbers never stay. Pure."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

import orjson

from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.ids import identity_valid, mask_identity

DEEPEST = 200  # brackets within brackets
NUMBER = re.compile(rb"(?<![0-9A-Za-z])([1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx])(?![0-9A-Za-z])")


class NotJson(KangchengError):
    """The body is not JSON as FHIR writes it."""


def read(raw: bytes | str) -> Any:
    """The JSON value in `raw`, decimals as Decimal. Raises NotJson saying where it breaks."""
    text = raw
    if isinstance(raw, bytes):
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise _not_json(f"第 {error.start} 字节不是 UTF-8 (not UTF-8)") from error
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise _not_json(f"第 {error.lineno} 行第 {error.colno} 列：{error.msg}") from error
    except RecursionError as error:
        raise _not_json("嵌套过深 (nested too deeply)") from error
    except ValueError as error:  # numbers of thousands of digits
        raise _not_json("数字过长 (number too long)") from error


def write(resource: Any) -> bytes:
    """The resource as compact JSON text; an identity number anywhere in it is masked."""
    try:
        raw = orjson.dumps(resource, default=_decimal)
    except (TypeError, orjson.JSONEncodeError) as error:
        raise _not_json("含不能保存的字符 (lone surrogate)") from error
    return NUMBER.sub(_masked, raw) if NUMBER.search(raw) else raw


def _masked(found: re.Match[bytes]) -> bytes:
    text = found[1].decode().upper()
    return mask_identity(text).encode() if identity_valid(text) else found[0]


def _decimal(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(f"not JSON: {type(value)}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = sorted({name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1})
        raise NotJson(f"键重复 (duplicate key) {twice[0][:64]!r}", where="body", rule="JSON 对象的键不得重复")
    return found


def _constant(name: str) -> NoReturn:
    raise _not_json(f"不是 JSON 数值 (not a number) {name}")


def _not_json(what: str) -> NotJson:
    return NotJson(
        f"不是 JSON (not JSON)：{what}", where="body", rule="RFC 8259、FHIR JSON", todo="改正后重发"
    )
