"""From the tree of an expression to one Python callable, with what is known of types worked out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from kangcheng.records.paths import members, operators, shapes
from kangcheng.records.paths import syntax as tree
from kangcheng.records.paths.errors import PathError
from kangcheng.records.paths.members import BOOLEAN, DECIMAL, INTEGER, STRING, Items, Types

Env = Mapping[str, Any]
Resolve = Callable[[Any], dict[str, Any] | None]


class Scope(NamedTuple):
    """What is the same for a whole evaluation, and `$index` of the innermost loop."""

    resource: Any
    resolve: Resolve | None
    env: Env
    place: int = 0


Run = Callable[[Items, Scope], Items]


class Built(NamedTuple):
    """A part of an expression, ready to run on a focus, and the FHIR types it yields (None: not known)."""

    run: Run
    types: Types


@dataclass(frozen=True)
class Around:
    """What surrounds the part being built: types of the focus, of the resource, and of the constants (None: any allowed)."""

    focus: Types
    root: Types
    constants: Mapping[str, str] | None

    def within(self, types: Types) -> Around:
        """The same with another focus: the arguments of `where(...)` and its kin."""
        return Around(types, self.root, self.constants)


def build(node: tree.Node, around: Around) -> Built:
    """Build any part. Raises PathError for unknown names, types, functions and constants."""
    return _BUILDERS[type(node)](node, around)


def _literal(node: tree.Literal, around: Around) -> Built:
    value = [node.value]
    return Built(lambda items, scope: value, frozenset((node.type,)))


def _empty(node: tree.Empty, around: Around) -> Built:
    return Built(lambda items, scope: [], None)


def _this(node: tree.This, around: Around) -> Built:
    return Built(lambda items, scope: items, around.focus)


def _position(node: tree.Position, around: Around) -> Built:
    return Built(lambda items, scope: [scope.place], INTEGER)


def _variable(node: tree.Variable, around: Around) -> Built:
    name = node.name
    if name in ("resource", "rootResource", "context"):
        return Built(lambda items, scope: [scope.resource], around.root)
    if around.constants is not None and name not in around.constants:
        near = "、".join(sorted(around.constants)) or "无 none"
        raise PathError(f"没有定义的常量 (undefined constant) %{name}", todo=f"已定义 (defined): {near}")

    def run(items: Items, scope: Scope) -> Items:
        if name not in scope.env:
            raise PathError(f"没有给出的变量 (variable not given) %{name}")
        value = scope.env[name]
        return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]

    declared = around.constants.get(name) if around.constants else None
    return Built(run, frozenset((declared,)) if declared else None)


def _member(node: tree.Member, around: Around) -> Built:
    if node.first and node.name in shapes.resource_types():
        only = members.resources(node.name)
        known: Types = around.focus if node.name in shapes.ANY and around.focus else frozenset((node.name,))
        return Built(lambda items, scope: only(items), known)
    of = build(node.of, around)
    step, types = members.member(of.types, node.name)
    run = of.run
    if isinstance(node.of, tree.This):
        return Built(lambda items, scope: step(items), types)
    return Built(lambda items, scope: step(run(items, scope)), types)


def _index(node: tree.Index, around: Around) -> Built:
    of, at = build(node.of, around), build(node.at, around)

    def run(items: Items, scope: Scope) -> Items:
        place = operators.single(at.run(items, scope), "[]")
        if place is None:
            return []
        if not isinstance(place, int) or isinstance(place, bool):
            raise PathError("序号应为整数 (an index is a whole number)")
        found = of.run(items, scope)
        return found[place : place + 1] if place >= 0 else []

    return Built(run, of.types)


def _minus(node: tree.Minus, around: Around) -> Built:
    of = build(node.of, around)
    return Built(lambda items, scope: operators.worked("-", [0], of.run(items, scope)), of.types)


def _union(node: tree.Union, around: Around) -> Built:
    """`|`; a part that starts at another resource type than the one at hand is left out here, not at every run."""
    parts = [build(part, around) for part in node.parts if not _foreign(part, around.focus)]
    types = _joined([part.types for part in parts])
    if len(parts) == 1:
        one = parts[0].run
        return Built(lambda items, scope: operators.distinct(one(items, scope)), types)
    runs = [part.run for part in parts]

    def run(items: Items, scope: Scope) -> Items:
        return operators.distinct([item for one in runs for item in one(items, scope)])

    return Built(run, types)


def _joined(several: list[Types]) -> Types:
    known = [types for types in several if types is not None]
    return frozenset().union(*known) if len(known) == len(several) else None


def _foreign(node: tree.Node, focus: Types) -> bool:
    """Whether a path starts with the name of a resource type that the focus is known not to be."""
    while not isinstance(node, tree.This):
        if isinstance(node, tree.Member) and node.first:
            named = node.name in shapes.resource_types() - shapes.ANY
            return bool(focus) and named and node.name not in (focus or ())
        if not isinstance(node, tree.Member | tree.Call | tree.Typed | tree.Index):
            return False
        node = node.of
    return False


def _typed(node: tree.Typed, around: Around) -> Built:
    if node.type not in shapes.data_types():
        raise PathError(f"没有这种类型 (no such type) {node.type!r}")
    if isinstance(node.of, tree.Union) and node.how == "as":
        return _union(tree.Union(tuple(tree.Typed("as", part, node.type) for part in node.of.parts)), around)
    if isinstance(node.of, tree.Call) and node.of.name == "resolve":
        return _resolves_to(node, around)
    chosen = _chosen(node, around)
    of = build(node.of, around)
    if node.how == "as":
        return chosen or _kept(of, node.type)
    if chosen is not None:
        run, only = of.run, chosen.run
        return Built(lambda items, s: [bool(only(items, s))] if run(items, s) else [], BOOLEAN)
    fits = members.of_type(of.types, node.type)
    return Built(lambda items, scope: [fits(item) for item in of.run(items, scope)], BOOLEAN)


def _kept(of: Built, type: str) -> Built:
    fits = members.of_type(of.types, type)
    return Built(lambda items, scope: [i for i in of.run(items, scope) if fits(i)], frozenset((type,)))


def _chosen(node: tree.Typed, around: Around) -> Built | None:
    """`value as Quantity` on a choice: straight to `valueQuantity`."""
    if not isinstance(node.of, tree.Member) or node.type in shapes.resource_types():
        return None
    of = build(node.of.of, around)
    found = members.choice(of.types, node.of.name, node.type)
    if found is None:
        return None
    step, types = found
    if of.types is None:
        return _chosen_or_plain(node.of.name, of, step, types, node.type)
    return Built(lambda items, scope: step(of.run(items, scope)), types)


def _chosen_or_plain(name: str, of: Built, step: members.Step, types: Types, type: str) -> Built:
    """The same where the element's owner is of unknown type: it may also be a plain element of that type."""
    plain, fits = members.member(frozenset(), name)[0], members.of_type(None, type)

    def run(items: Items, scope: Scope) -> Items:
        owners = of.run(items, scope)
        found = step(owners)
        if found:
            return found
        exact = [owner for owner in owners if isinstance(owner, dict) and name in owner]
        return [item for item in plain(exact) if fits(item)]

    return Built(run, types)


def _resolves_to(node: tree.Typed, around: Around) -> Built:
    """`resolve() is Patient`, from the reference itself: nothing need be fetched."""
    of = build(node.of.of, around)  # type: ignore[attr-defined]
    any_type = node.type in shapes.ANY

    def hit(item: Any, scope: Scope) -> bool:
        found = members.type_of_reference(item)
        if found is None:
            target = resolved(item, scope)
            found = target.get("resourceType") if target else None
        return found is not None and (any_type or found == node.type)

    if node.how == "is":
        return Built(lambda items, scope: [hit(item, scope) for item in of.run(items, scope)], BOOLEAN)

    def run(items: Items, scope: Scope) -> Items:
        hits = (item for item in of.run(items, scope) if hit(item, scope))
        return [target for item in hits if (target := resolved(item, scope))]

    return Built(run, frozenset((node.type,)))


def resolved(item: Any, scope: Scope) -> dict[str, Any] | None:
    """The resource a reference points at: contained, fetched by the caller's `resolve`, or only its type and id."""
    text = item.get("reference") if isinstance(item, dict) else item
    if isinstance(text, str) and text.startswith("#"):
        inside = scope.resource.get("contained", []) if isinstance(scope.resource, dict) else []
        return next((one for one in inside if one.get("id") == text[1:]), None)
    if scope.resolve is not None:
        return scope.resolve(item)
    key, type = members.reference_key(item, None), members.type_of_reference(item)
    return {"resourceType": type, "id": key} if key and type else None


def _binary(node: tree.Binary, around: Around) -> Built:
    left, right = build(node.left, around), build(node.right, around)
    sign = node.sign
    if sign in ("and", "or", "xor", "implies"):
        return Built(_logic(sign, left.run, right.run), BOOLEAN)
    if sign in ("=", "!="):
        return Built(_equality(sign == "=", left, right), BOOLEAN)
    if sign in ("~", "!~"):
        return Built(
            lambda items, s: [
                operators.equivalent(left.run(items, s), right.run(items, s))[0] is (sign == "~")
            ],
            BOOLEAN,
        )
    if sign in operators.ORDERS:
        return Built(
            lambda items, s: operators.compared(sign, left.run(items, s), right.run(items, s)), BOOLEAN
        )
    if sign in ("in", "contains"):
        return Built(_within(*((left, right) if sign == "in" else (right, left))), BOOLEAN)
    types = STRING if sign == "&" else left.types if sign in ("+", "-", "*", "mod") else DECIMAL
    return Built(lambda items, s: operators.worked(sign, left.run(items, s), right.run(items, s)), types)


def _logic(sign: str, left: Run, right: Run) -> Run:
    truth, logic = operators.truth, operators.logic

    def run(items: Items, scope: Scope) -> Items:
        found = logic(sign, truth(left(items, scope)), lambda: truth(right(items, scope)))
        return [] if found is None else [found]

    return run


def _equality(wanted: bool, left: Built, right: Built) -> Run:
    known = (left.types or frozenset()) | (right.types or frozenset())
    as_moments = bool(known & shapes.MOMENTS)
    one, two, equals = left.run, right.run, operators.equals

    def run(items: Items, scope: Scope) -> Items:
        found = equals(one(items, scope), two(items, scope), as_moments)
        return [found[0] is wanted] if found else []

    return run


def _within(item: Built, pool: Built) -> Run:
    def run(items: Items, scope: Scope) -> Items:
        one = operators.single(item.run(items, scope), "in")
        if one is None:
            return []
        return [any(operators.equal(one, other, False) for other in pool.run(items, scope))]

    return run


def _call(node: tree.Call, around: Around) -> Built:
    from kangcheng.records.paths.calls import call  # the two build each other's parts

    return call(node, around)


_BUILDERS: dict[type[tree.Node], Callable[[Any, Around], Built]] = {
    tree.Literal: _literal,
    tree.Empty: _empty,
    tree.This: _this,
    tree.Position: _position,
    tree.Variable: _variable,
    tree.Member: _member,
    tree.Index: _index,
    tree.Minus: _minus,
    tree.Union: _union,
    tree.Typed: _typed,
    tree.Binary: _binary,
    tree.Call: _call,
}
