"""Functions that need more than values: conditions run per item, references, extensions, keys, boundaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kangcheng.records.paths import members, operators, shapes
from kangcheng.records.paths import syntax as tree
from kangcheng.records.paths.build import Around, Built, Run, Scope, build, resolved
from kangcheng.records.paths.errors import PathError
from kangcheng.records.paths.functions import FUNCTIONS, SAME, Function, boundary
from kangcheng.records.paths.members import BOOLEAN, STRING, Items

MOST_NODES = 100_000  # that `repeat`, `children` and `descendants` may visit


def call(node: tree.Call, around: Around) -> Built:
    """Build a function call; raises PathError for an unknown function or a wrong number of arguments."""
    special = _SPECIAL.get(node.name)
    if special is not None:
        least, most, builder = special
        _counted(node, least, most)
        return builder(node, around)
    function = FUNCTIONS.get(node.name)
    if function is None:
        known = sorted({*FUNCTIONS, *_SPECIAL})
        raise PathError(
            f"没有这个函数 (no such function) {node.name}()", todo=f"可用 (known): {', '.join(known)}"
        )
    _counted(node, function.least, function.most)
    return _plain(node, function, around)


def _counted(node: tree.Call, least: int, most: int) -> None:
    if not least <= len(node.args) <= most:
        wanted = str(least) if least == most else f"{least}–{most}"
        raise PathError(f"{node.name}() 要 {wanted} 个参数 (takes {wanted}, given {len(node.args)})")


def _plain(node: tree.Call, function: Function, around: Around) -> Built:
    of = build(node.of, around)
    work, run = function.run, of.run
    arguments = [build(argument, around).run for argument in node.args]
    types = of.types if function.types is SAME else function.types
    if not arguments:
        return Built(lambda items, scope: work(run(items, scope)), types)

    def with_arguments(items: Items, scope: Scope) -> Items:
        return work(run(items, scope), *[argument(items, scope) for argument in arguments])

    return Built(with_arguments, types)


def _per_item(node: tree.Call, around: Around) -> tuple[Built, Built]:
    of = build(node.of, around)
    return of, build(node.args[0], around.within(of.types))


def _matching(node: tree.Call, around: Around) -> tuple[Built, Callable[[Items, Scope], Items]]:
    """What stands before the dot, and the function that keeps the items meeting the condition."""
    quick = _quick(node, around)
    if quick is not None:
        return quick
    of, condition = _per_item(node, around)
    run, truth = condition.run, operators.truth

    def keep(items: Items, scope: Scope) -> Items:
        return [
            item
            for place, item in enumerate(items)
            if truth(run([item], scope._replace(place=place) if place else scope)) is True
        ]

    return of, keep


def _quick(node: tree.Call, around: Around) -> tuple[Built, Callable[[Items, Scope], Items]] | None:
    """`where(system = 'phone')`, the commonest condition: one look-up per item."""
    condition = node.args[0]
    if not isinstance(condition, tree.Binary) or condition.sign != "=":
        return None
    left, right = condition.left, condition.right
    if not (
        isinstance(left, tree.Member) and isinstance(left.of, tree.This) and isinstance(right, tree.Literal)
    ):
        return None
    of = build(node.of, around)
    plain = not members.is_choice(of.types, left.name) and right.type == "string"
    if not plain or members.member(of.types, left.name)[1] not in (
        STRING,
        frozenset(("code",)),
        frozenset(("uri",)),
    ):
        return None
    key, value = left.name, right.value
    return of, lambda items, scope: [
        item for item in items if type(item) is dict and (item.get(key) == value or item.get(key) == [value])
    ]


def _where(node: tree.Call, around: Around) -> Built:
    of, keep = _matching(node, around)
    run = of.run
    return Built(lambda items, scope: keep(run(items, scope), scope), of.types)


def _exists(node: tree.Call, around: Around) -> Built:
    if not node.args:
        run = build(node.of, around).run
        return Built(lambda items, scope: [bool(run(items, scope))], BOOLEAN)
    of, keep = _matching(node, around)
    return Built(lambda items, scope: [bool(keep(of.run(items, scope), scope))], BOOLEAN)


def _all(node: tree.Call, around: Around) -> Built:
    of, keep = _matching(node, around)

    def run(items: Items, scope: Scope) -> Items:
        found = of.run(items, scope)
        return [len(keep(found, scope)) == len(found)]

    return Built(run, BOOLEAN)


def _select(node: tree.Call, around: Around) -> Built:
    of, projection = _per_item(node, around)

    def run(items: Items, scope: Scope) -> Items:
        found: Items = []
        for place, item in enumerate(of.run(items, scope)):
            found += projection.run([item], scope._replace(place=place))
        return found

    return Built(run, projection.types)


def _repeat(node: tree.Call, around: Around) -> Built:
    of, projection = _per_item(node, around)
    types = projection.types if projection.types == of.types else None
    step = projection if types else build(node.args[0], around.within(None))
    return Built(lambda items, scope: spread(of.run(items, scope), lambda i: step.run([i], scope)), types)


def spread(start: Items, step: Callable[[Any], Items]) -> Items:
    """Everything reached from `start` by taking `step` again and again, depth first. Raises PathError beyond MOST_NODES."""
    found: Items = []
    waiting = [child for item in reversed(start) for child in reversed(step(item))]
    while waiting:
        item = waiting.pop()
        found.append(item)
        if len(found) > MOST_NODES:
            raise PathError(f"重复展开超过 {MOST_NODES} 个节点 (repeat reached too many nodes)")
        waiting += reversed(step(item))
    return found


def _iif(node: tree.Call, around: Around) -> Built:
    of, condition = _per_item(node, around)
    branches = [build(argument, around.within(of.types)) for argument in node.args[1:]]

    def run(items: Items, scope: Scope) -> Items:
        focus = of.run(items, scope)
        if operators.truth(condition.run(focus, scope)):
            return branches[0].run(focus, scope)
        return branches[1].run(focus, scope) if len(branches) > 1 else []

    types = branches[0].types if len({branch.types for branch in branches}) == 1 else None
    return Built(run, types)


def _not(node: tree.Call, around: Around) -> Built:
    run = build(node.of, around).run

    def negated(items: Items, scope: Scope) -> Items:
        found = operators.truth(run(items, scope))
        return [] if found is None else [not found]

    return Built(negated, BOOLEAN)


def _extension(node: tree.Call, around: Around) -> Built:
    """`extension(url)`; those of a plain value stand beside it, under its name with an underscore."""
    url = build(node.args[0], around).run
    owners = _owners(node.of, around)

    def run(items: Items, scope: Scope) -> Items:
        wanted = operators.single(url(items, scope), "extension")
        return [
            extension
            for owner in owners(items, scope)
            if isinstance(owner, dict)
            for extension in owner.get("extension", ())
            if extension.get("url") == wanted
        ]

    return Built(run, frozenset(("Extension",)))


def _owners(node: tree.Node, around: Around) -> Run:
    of = build(node, around)
    if not isinstance(node, tree.Member) or (of.types and not of.types <= shapes.PRIMITIVES):
        return of.run
    parent = build(node.of, around)
    step, _ = members.member(parent.types, f"_{node.name}")
    return lambda items, scope: [*of.run(items, scope), *step(parent.run(items, scope))]


def _resolve(node: tree.Call, around: Around) -> Built:
    run = build(node.of, around).run

    def targets(items: Items, scope: Scope) -> Items:
        return [found for item in run(items, scope) if (found := resolved(item, scope))]

    return Built(targets, None)


def _resource_key(node: tree.Call, around: Around) -> Built:
    run = build(node.of, around).run

    def keys(items: Items, scope: Scope) -> Items:
        return [item["id"] for item in run(items, scope) if isinstance(item, dict) and "id" in item]

    return Built(keys, STRING)


def _reference_key(node: tree.Call, around: Around) -> Built:
    run, type = build(node.of, around).run, None
    if node.args:
        named = node.args[0]
        if not isinstance(named, tree.Member) or named.name not in shapes.resource_types():
            raise PathError("getReferenceKey() 的参数是资源类型 (takes a resource type)")
        type = named.name

    def keys(items: Items, scope: Scope) -> Items:
        return [key for item in run(items, scope) if (key := members.reference_key(item, type))]

    return Built(keys, STRING)


def _boundary(node: tree.Call, around: Around) -> Built:
    of = build(node.of, around)
    work = boundary(node.name == "highBoundary", of.types)
    return Built(lambda items, scope: work(of.run(items, scope)), of.types)


def _children(node: tree.Call, around: Around) -> Built:
    run = build(node.of, around).run
    if node.name == "children":
        return Built(lambda items, s: [c for item in run(items, s) for c in children(item)], None)
    return Built(lambda items, scope: spread(run(items, scope), children), None)


def children(item: Any) -> Items:
    """The values directly below an element, in order."""
    if not isinstance(item, dict):
        return []
    values = (value for key, value in item.items() if key != "resourceType" and not key.startswith("_"))
    return [
        one for value in values for one in (value if isinstance(value, list) else (value,)) if one is not None
    ]


_SPECIAL: dict[str, tuple[int, int, Callable[[tree.Call, Around], Built]]] = {
    "where": (1, 1, _where),
    "exists": (0, 1, _exists),
    "all": (1, 1, _all),
    "select": (1, 1, _select),
    "repeat": (1, 1, _repeat),
    "iif": (2, 3, _iif),
    "not": (0, 0, _not),
    "extension": (1, 1, _extension),
    "resolve": (0, 0, _resolve),
    "getResourceKey": (0, 0, _resource_key),
    "getReferenceKey": (0, 1, _reference_key),
    "lowBoundary": (0, 0, _boundary),
    "highBoundary": (0, 0, _boundary),
    "children": (0, 0, _children),
    "descendants": (0, 0, _children),
}
