"""A ViewDefinition (JSON) to a checked View: every fault at once, each with its place in the document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.records.paths import Path, PathError, compile, shapes
from kangcheng.records.views.types import Column, InvalidView, Selection, Unnest, View

NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]*$")
CONSTANT_TYPES = (
    *(
        "base64Binary",
        "boolean",
        "canonical",
        "code",
        "date",
        "dateTime",
        "decimal",
        "id",
        "instant",
        "integer",
    ),
    *("integer64", "oid", "string", "positiveInt", "time", "unsignedInt", "uri", "url", "uuid"),
)
UNNESTS = ("forEach", "forEachOrNull", "repeat")
_ELEMENT = ("id", "extension", "modifierExtension")
_KEYS = {
    "select": (*_ELEMENT, "column", "select", "unionAll", *UNNESTS),
    "column": (*_ELEMENT, "path", "name", "description", "collection", "type", "tag", "tags"),
    "where": (*_ELEMENT, "path", "description"),
    "constant": (*_ELEMENT, "name", *(shapes.choice_key("value", type) for type in CONSTANT_TYPES)),
}
DEEPEST = 20  # selects within selects
_SELF_MADE = ("rowIndex", "resource", "rootResource", "context")


def read(definition: Any) -> View:
    """The view that `definition` (parsed JSON) describes; raises InvalidView with every fault found."""
    return _Reader().view(definition)


class _Reader:
    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.resource = ""
        self.types: dict[str, str] = {"rowIndex": "integer"}
        self.constants: dict[str, Any] = {}

    def fault(self, where: str, what: str, near: str | None = None) -> None:
        self.faults.append(Fault(where, what, near=near))

    def view(self, definition: Any) -> View:
        if not isinstance(definition, dict):
            raise InvalidView([Fault("", "视图应是一个对象 (a view is a JSON object)")])
        if definition.get("resourceType", "ViewDefinition") != "ViewDefinition":
            self.fault("resourceType", "应为 (should be) ViewDefinition")
        self.resource = self.resource_type(definition.get("resource"))
        for place, constant in self.objects(definition, "constant", ""):
            self.constant(place, constant)
        root = frozenset((self.resource,)) if self.resource else None
        if not definition.get("select"):
            self.fault("select", "必须有，且不空 (required, not empty)")
        top = Selection((), self.selections(definition, "select", "", root, 0), (), None)
        where = tuple(self.conditions(definition))
        self.distinct_names(top)
        if self.faults:
            raise InvalidView(
                self.faults, what=f"无效的视图 (invalid view): {len(self.faults)} 处错误 (faults)"
            )
        return View(str(definition.get("name") or ""), self.resource, top, where, self.constants)

    def resource_type(self, value: Any) -> str:
        if not isinstance(value, str) or not value:
            self.fault("resource", "必须写明资源类型 (required: a resource type)")
            return ""
        if value not in shapes.resource_types() - shapes.ANY:
            near = get_close_matches(value, shapes.resource_types(), 1)
            self.fault(
                "resource", f"没有这种资源 (no such resource type) {value!r}", near[0] if near else None
            )
            return ""
        return value

    def objects(self, owner: Mapping[str, Any], key: str, at: str) -> Iterable[tuple[str, dict[str, Any]]]:
        """The objects in the list `owner[key]`, each with its place; their unknown keys are faults."""
        value = owner.get(key)
        place = f"{at}.{key}".lstrip(".")
        if value is None:
            return
        if not isinstance(value, list):
            self.fault(place, "应是列表 (should be a list)")
            return
        kind = "select" if key == "unionAll" else key
        for number, item in enumerate(value):
            if isinstance(item, dict):
                self.known_keys(f"{place}[{number}]", item, _KEYS[kind])
                yield f"{place}[{number}]", item
            else:
                self.fault(f"{place}[{number}]", "应是对象 (should be an object)")

    def known_keys(self, place: str, item: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in item:
            if key not in known and not key.startswith("_"):
                near = get_close_matches(key, known, 1)
                self.fault(f"{place}.{key}", "没有这个键 (unknown key)", near[0] if near else None)

    def constant(self, place: str, item: dict[str, Any]) -> None:
        name = item.get("name")
        values = {
            type: item[key] for type in CONSTANT_TYPES if (key := shapes.choice_key("value", type)) in item
        }
        if not isinstance(name, str) or not NAME.match(name):
            self.fault(f"{place}.name", f"不能作名称 (not a name): {name!r}")
        elif name in self.types or name in _SELF_MADE:
            self.fault(f"{place}.name", f"重复或已占用 (already taken): {name!r}")
        elif len(values) != 1:
            self.fault(place, f"%{name} 要有且只有一个 value[x] (exactly one value, found {len(values)})")
        else:
            ((self.types[name], self.constants[name]),) = values.items()

    def selections(
        self, owner: Mapping[str, Any], key: str, at: str, focus: Any, depth: int
    ) -> tuple[Selection, ...]:
        if depth > DEEPEST:
            self.fault(at, f"嵌套超过 {DEEPEST} 层 (selects nested too deep)")
            return ()
        return tuple(
            self.selection(place, item, focus, depth) for place, item in self.objects(owner, key, at)
        )

    def selection(self, place: str, item: dict[str, Any], focus: Any, depth: int) -> Selection:
        unnest, inner = self.unnest(place, item, focus)
        columns = tuple(self.column(at, one, inner) for at, one in self.objects(item, "column", place))
        parts = self.selections(item, "select", place, inner, depth + 1)
        union = self.selections(item, "unionAll", place, inner, depth + 1)
        if not (columns or parts or union):
            self.fault(place, "没有列 (no columns): 要有 column、select 或 unionAll")
        self.same_columns(place, union)
        return Selection(tuple(column for column in columns if column), parts, union, unnest)

    def unnest(self, place: str, item: dict[str, Any], focus: Any) -> tuple[Unnest | None, Any]:
        """How the select unnests, and the types of what its columns then start from."""
        given = [key for key in UNNESTS if item.get(key) is not None]
        if not given:
            return None, focus
        if len(given) > 1:
            self.fault(place, f"只能有一个 (only one of): {', '.join(given)}")
        how, value = given[0], item[given[0]]
        if how != "repeat":
            path = self.path(f"{place}.{how}", value, focus)
            return (Unnest(how, (path,)), path.types) if path else (None, None)
        if not isinstance(value, list) or not value:
            self.fault(f"{place}.repeat", "应是路径的列表 (should be a list of paths)")
            return None, None
        paths = [self.path(f"{place}.repeat[{n}]", text, None) for n, text in enumerate(value)]
        return Unnest("repeat", tuple(path for path in paths if path)), None

    def column(self, place: str, item: dict[str, Any], focus: Any) -> Column | None:
        name, collection, type = item.get("name"), item.get("collection", False), item.get("type")
        if not isinstance(name, str) or not NAME.match(name):
            self.fault(f"{place}.name", f"不能作列名 (not a column name): {name!r}")
        if not isinstance(collection, bool):
            self.fault(f"{place}.collection", "应为 true 或 false (should be a boolean)")
        if type is not None and not isinstance(type, str):
            self.fault(f"{place}.type", "应为文字 (should be text)")
        path = self.path(f"{place}.path", item.get("path"), focus)
        if path is None or not isinstance(name, str):
            return None
        known = next(iter(path.types)) if path.types and len(path.types) == 1 else None
        bare = type.rsplit("/", 1)[-1] if isinstance(type, str) else known
        return Column(name, path, bare, collection is True, _sql_type(item))

    def conditions(self, definition: dict[str, Any]) -> Iterable[Path]:
        focus = frozenset((self.resource,)) if self.resource else None
        for place, item in self.objects(definition, "where", ""):
            path = self.path(f"{place}.path", item.get("path"), focus)
            if path and path.types and "boolean" not in path.types:
                self.fault(
                    f"{place}.path", f"不是条件 (not a condition): 得到 {', '.join(sorted(path.types))}"
                )
            elif path:
                yield path

    def path(self, place: str, text: Any, focus: Any) -> Path | None:
        if not isinstance(text, str):
            self.fault(place, f"应是路径 (should be a path), 得 {text!r}")
            return None
        try:
            return compile(text, focus, self.types, self.resource or None)
        except PathError as error:
            self.fault(place, str(error))
            return None

    def same_columns(self, place: str, union: tuple[Selection, ...]) -> None:
        for number, branch in enumerate(union[1:], 1):
            first, found = union[0].all_columns, branch.all_columns
            at = f"{place}.unionAll[{number}]"
            if [column.name for column in found] != [column.name for column in first]:
                wanted = ", ".join(column.name for column in first)
                self.fault(at, f"列与第一支不同 (columns differ from the first branch: {wanted})")
                continue
            clash = [one.name for one, two in zip(first, found, strict=True) if _differ(one, two)]
            if clash:
                self.fault(at, f"列的类型与第一支不同 (types differ): {', '.join(clash)}")

    def distinct_names(self, top: Selection) -> None:
        seen: set[str] = set()
        for column in top.all_columns:
            if column.name in seen:
                self.fault("select", f"列名重复 (column name twice): {column.name}")
            seen.add(column.name)


def _differ(one: Column, two: Column) -> bool:
    """Whether two columns cannot stand in one: numbers over texts, lists over single values."""
    if one.collection != two.collection:
        return True
    return one.type is not None and two.type is not None and family(one.type) != family(two.type)


def family(type: str) -> str:
    """The plain form of a FHIR type: boolean, integer, decimal, text, or the type itself when it has parts."""
    if type in ("boolean", "decimal"):
        return type
    if type in ("integer", "positiveInt", "unsignedInt", "integer64"):
        return "integer"
    return "text" if type in shapes.PRIMITIVES else type


def _sql_type(item: dict[str, Any]) -> str | None:
    tags = item.get("tag", item.get("tags"))
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and tag.get("name") == "ansi/type":
            return str(tag.get("value", "")).upper()
    return None
