"""What a client asks, read: parameters with modifiers, prefixes and chains; how to sort, page and include. Pure."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.records.definitions.selectors import parameters_of, resource_types
from kangcheng.records.search.types import SearchError

MOST_COUNT = 1000
DEFAULT_COUNT = 50
MOST_VALUES = 2000  # of one search, all parameters together
MOST_PARAMETERS = 100
DEEPEST_CHAIN = 4
PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[-+0-9.])")
# Read by whoever answers, not by the search.
ANSWERED = frozenset(
    {"_format", "_pretty", "_summary", "_elements", "_contained", "_containedType", "_type", "_since"}
)
MODIFIERS = {
    "string": {"missing", "exact", "contains", "text"},
    "token": {"missing", "not", "text", "in", "not-in"},
    "reference": {"missing", "identifier"},
    "uri": {"missing", "below", "above"},
    "date": {"missing"}, "number": {"missing"}, "quantity": {"missing"}, "composite": {"missing"},
}  # fmt: skip


@dataclass(frozen=True)
class Test:
    """One parameter asked for: all values of `values` are alternatives. `rest`: what is asked of the referred resource."""

    name: str
    modifier: str
    values: tuple[str, ...]
    rest: str = ""
    raw: str = ""


@dataclass(frozen=True)
class Include:
    """`_include` or `_revinclude`: from which type over which parameter, to which type ("" any), again and again or once."""

    source: str
    code: str
    target: str
    iterate: bool


@dataclass
class Query:
    """A search as it is run."""

    type: str
    tests: list[Test] = field(default_factory=list)
    sort: list[tuple[str, bool]] = field(default_factory=list)  # code, descending
    count: int = DEFAULT_COUNT
    total: str = "none"
    after: list[Any] | None = None
    includes: list[Include] = field(default_factory=list)
    revincludes: list[Include] = field(default_factory=list)
    ignored: list[Fault] = field(default_factory=list)


def read(resource_type: str, given: Iterable[tuple[str, str]], *, strict: bool) -> Query:
    """The query in `given` (name, value). Unknown parameters: an error when `strict`, else told in `ignored`.

    Raises SearchError for a value, modifier or limit that cannot be.
    """
    query = Query(resource_type)
    rows = [(name, value) for name, value in given if value != "" or name.endswith(":missing")]
    if len(rows) > MOST_PARAMETERS:
        raise SearchError("查询参数过多 (too many parameters)", rule=f"至多 {MOST_PARAMETERS} 个")
    for name, value in rows:
        if "\x00" in name + value:
            raise SearchError("含零字符 (holds NUL)", where=name[:64].replace("\x00", "?"))
        if name in CONTROLS:
            CONTROLS[name](query, value)
        elif name.partition(":")[0] in ("_include", "_revinclude"):
            _include(query, name, value)
        elif name not in ANSWERED:
            _test(query, name, value, strict)
    if sum(len(test.values) for test in query.tests) > MOST_VALUES:
        raise SearchError("查询值过多 (too many values)", rule=f"合计至多 {MOST_VALUES} 个", todo="分批查询")
    return query


def parse(resource_type: str, name: str, value: str) -> Test | None:
    """One parameter of a type; None for one the type does not have. Raises SearchError for a wrong modifier."""
    if name.startswith("_has:"):
        return Test("_has", "", tuple(split(value)), name.removeprefix("_has:"), name)
    head, _, rest = name.partition(".")
    code, _, modifier = head.partition(":")
    known = parameters_of(resource_type).get(code)
    if known is None or known.kind == "special" or code in ("_text", "_content", "_query"):
        return None
    if rest and known.kind != "reference":
        raise SearchError(f"{code} 不是引用，不能链接 (not a reference)", where=name)
    if rest.count(".") >= DEEPEST_CHAIN:
        raise SearchError("链接过深 (chain too deep)", where=name[:200], rule=f"至多 {DEEPEST_CHAIN} 层")
    if modifier and not (
        modifier in MODIFIERS[known.kind] or (known.kind == "reference" and modifier in resource_types())
    ):
        raise SearchError(
            f"{code} 没有这个修饰词 (modifier not supported) {modifier[:40]!r}", where=name[:200],
            rule="、".join(sorted(MODIFIERS[known.kind])),
        )  # fmt: skip
    return Test(code, modifier, tuple(split(value)), rest, name)


def split(value: str, mark: str = ",") -> list[str]:
    """The parts of a value at unescaped marks; escapes are left in. "a\\,b,c" -> ["a\\,b", "c"]"""
    return [part for part in re.split(rf"(?<!\\){re.escape(mark)}", value) if part != ""]


def bare(value: str) -> str:
    """The value without its escapes."""
    return re.sub(r"\\([,$|\\])", r"\1", value)


def prefixed(value: str) -> tuple[str, str]:
    """("ge", "2024-05-01") of "ge2024-05-01"; "eq" when there is none."""
    found = PREFIX.match(value)
    return (found[1], value[2:]) if found else ("eq", value)


def cursor(values: Sequence[Any]) -> str:
    """The place after a row, as text for a link."""
    return base64.urlsafe_b64encode(json.dumps(list(values), default=str).encode()).decode().rstrip("=")


def _test(query: Query, name: str, value: str, strict: bool) -> None:
    test = parse(query.type, name, value)
    if test is not None:
        query.tests.append(test)
        return
    fault = Fault(
        name[:200], "没有这个查询参数 (unknown search parameter)", f"{query.type}", "见 /fhir/metadata"
    )
    if strict:
        raise SearchError(fault.what, where=fault.where, rule=fault.rule, todo=fault.todo)
    query.ignored.append(fault)


def _sort(query: Query, value: str) -> None:
    for part in value.split(","):
        code = part.strip().removeprefix("-")
        if code:
            query.sort.append((code, part.strip().startswith("-")))


def _count(query: Query, value: str) -> None:
    if not value.isdigit() or len(value) > 9:
        raise SearchError("_count 须为非负整数 (must be a whole number)", where="_count")
    query.count = min(int(value), MOST_COUNT)


def _total(query: Query, value: str) -> None:
    if value not in ("none", "estimate", "accurate"):
        raise SearchError("_total 为 none、estimate 或 accurate", where="_total")
    query.total = value


def _after(query: Query, value: str) -> None:
    try:
        query.after = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise SearchError(
            "翻页标记无法识别 (not a page of ours)", where="_after", todo="从第一页起"
        ) from error
    if not isinstance(query.after, list) or not all(
        isinstance(one, str | int | float | None) for one in query.after
    ):
        raise SearchError("翻页标记无法识别 (not a page of ours)", where="_after", todo="从第一页起")


def _include(query: Query, name: str, value: str) -> None:
    head, _, modifier = name.partition(":")
    parts = value.split(":")
    if modifier not in ("", "iterate", "recurse") or parts[0] not in resource_types():
        raise SearchError("包含参数形如 类型:参数[:目标类型] (Type:parameter[:Target])", where=name[:64])
    code = parts[1] if len(parts) > 1 else "*"
    known = parameters_of(parts[0]).get(code)
    if code != "*" and (known is None or known.kind != "reference"):
        raise SearchError(f"{parts[0]} 没有引用参数 (no such reference) {code[:64]!r}", where=name[:64])
    one = Include(parts[0], code, parts[2] if len(parts) > 2 else "", modifier != "")
    (query.includes if head == "_include" else query.revincludes).append(one)


CONTROLS = {"_sort": _sort, "_count": _count, "_total": _total, "_after": _after}
