"""Which interaction an address and method mean. Scopes are asked here, before anything is read."""

from collections.abc import Callable
from urllib.parse import parse_qsl

from kangcheng.gateway.fhir import capability, operations, reading, searching, writing
from kangcheng.gateway.fhir.exchange import Answer, Asked
from kangcheng.gateway.fhir.outcome import FhirError, forbidden, not_supported
from kangcheng.records.definitions.selectors import resource_types

MOST_FORM = 200_000  # characters of a posted search


def answer(asked: Asked) -> Answer:
    """Do what is asked. Raises KangchengError."""
    path = asked.path
    if not path:
        return operations.system(asked, "") if asked.method == "POST" else _unknown(asked)
    if path == ("metadata",) and asked.method == "GET":
        return capabilities(asked.base)
    if path[0].startswith("$"):
        return operations.system(asked, path[0][1:]) if len(path) == 1 else operations.status(asked, path)
    held = path[0] in resource_types() and (path[0] not in capability.NOT_STORED or path[-1] == "$validate")
    if not held:
        raise FhirError(404, "not-supported", "没有这种资源 (no such resource type)", where=path[0][:64])
    return _SHAPES.get(len(path), _unknown_at)(asked, path)


def capabilities(base: str) -> Answer:
    """GET /metadata: open to everybody."""
    return capability.statement(base, operations.ROUTED)


def may(asked: Asked, kind: str, letter: str) -> None:
    """Raise 403 unless the caller's scopes hold the interaction (c, r, u, d, s) with the type."""
    if not asked.caller.scopes.allow(kind, letter):
        raise forbidden("令牌范围不含此操作 (outside the token's scopes)", f"system/{kind}.{letter}")


def _of_type(asked: Asked, path: tuple[str, ...]) -> Answer:
    kind = path[0]
    if asked.method in ("GET", "HEAD"):
        may(asked, kind, "s")
        return searching.search(asked, kind, asked.given)
    if asked.method == "POST":
        may(asked, kind, "c")
        return writing.create(asked, kind)
    if asked.method == "PUT" and asked.given:
        may(asked, kind, "u")
        may(asked, kind, "c")
        return writing.update_where(asked, kind)
    return _unknown(asked)


def _of_one(asked: Asked, path: tuple[str, ...]) -> Answer:
    kind, logical_id = path
    if logical_id == "_search" and asked.method == "POST":
        may(asked, kind, "s")
        return searching.search(asked, kind, [*asked.given, *_form(asked)])
    if logical_id.startswith("$"):
        return operations.of_type(asked, kind, logical_id[1:])
    doing = _ONE.get(asked.method)
    if doing is None:
        return _unknown(asked)
    letter, verb = doing
    may(asked, kind, letter)
    return verb(asked, kind, logical_id)


def _of_part(asked: Asked, path: tuple[str, ...]) -> Answer:
    kind, logical_id, part = path
    if part == "_history" and asked.method == "GET":
        may(asked, kind, "r")
        return reading.history(asked, kind, logical_id)
    if part.startswith("$"):
        return operations.of_instance(asked, kind, logical_id, part[1:])
    return _unknown(asked)


def _of_version(asked: Asked, path: tuple[str, ...]) -> Answer:
    kind, logical_id, part, number = path
    if part == "_history" and asked.method == "GET":
        may(asked, kind, "r")
        return reading.version(asked, kind, logical_id, number)
    return _unknown(asked)


def _form(asked: Asked) -> list[tuple[str, str]]:
    if "application/x-www-form-urlencoded" not in asked.header("content-type"):
        raise FhirError(415, "not-supported", "_search 以表单发送 (send a form)", where="Content-Type")
    if len(asked.body) > MOST_FORM:
        raise FhirError(413, "too-costly", "查询过长 (search too long)", where="_search")
    return parse_qsl(asked.body.decode("utf-8", "replace"), keep_blank_values=True)


def _unknown(asked: Asked) -> Answer:
    raise FhirError(
        405,
        "not-supported",
        f"此地址不支持 {asked.method} (method not supported)",
        where="/".join(asked.path)[:200],
    )


def _unknown_at(asked: Asked, path: tuple[str, ...]) -> Answer:
    raise not_supported("没有这个地址 (no such address)", "/".join(path)[:200])


_ONE: dict[str, tuple[str, Callable[[Asked, str, str], Answer]]] = {
    "GET": ("r", reading.read), "HEAD": ("r", reading.read), "PUT": ("u", writing.update), "DELETE": ("d", writing.delete),
}  # fmt: skip
_SHAPES: dict[int, Callable[[Asked, tuple[str, ...]], Answer]] = {
    1: _of_type,
    2: _of_one,
    3: _of_part,
    4: _of_version,
}
