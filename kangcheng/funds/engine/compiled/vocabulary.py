"""What of a claim a stack looks at: its attributes, person categories and numbers, each with a small whole-number code.

Texts that no test and no table tells apart share one code, so a list of a hundred diseases is two codes: in it or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from kangcheng.funds.engine.definition import Condition, Deductible, Fact, Linear, Stack, Table

BITS = 60  # categories in one word


@dataclass(frozen=True)
class Vocabulary:
    """Codes of texts. A text without code, or none at all, has code `others[attribute]`."""

    codes: dict[str, dict[str, int]]  # attribute -> text -> code
    others: dict[str, int]  # attribute -> code of everything else
    categories: dict[str, int]  # category -> bit
    facts: tuple[str, ...]
    computed: frozenset[str]  # facts that amounts and rates are made of; the others are only compared

    @property
    def words(self) -> int:
        """How many 64-bit words the categories of a person take."""
        return -(-len(self.categories) // BITS)


def vocabulary(stack: Stack) -> Vocabulary:
    """The vocabulary of everything the stack says."""
    tests: dict[str, list[frozenset[str]]] = {}
    categories: set[str] = set()
    facts: dict[str, None] = {}
    computed: set[str] = set()
    for node in _nodes(stack):
        if isinstance(node, Condition):
            for name, accepted in node.attributes.items():
                tests.setdefault(name, []).append(accepted)
            categories |= node.categories | node.all_categories
            facts |= dict.fromkeys(node.numbers)
        elif isinstance(node, Table):
            tests.setdefault(node.by, []).extend(frozenset([text]) for text in node.rows)
        elif isinstance(node, (Fact, Linear)):
            name = node.name if isinstance(node, Fact) else node.of
            facts[name] = None
            computed.add(name)
        elif isinstance(node, Deductible) and node.nth:
            facts["nth"] = None
    codes = {name: _classes(accepted) for name, accepted in tests.items()}
    return Vocabulary(
        codes=codes,
        others={name: max(texts.values(), default=-1) + 1 for name, texts in codes.items()},
        categories={name: bit for bit, name in enumerate(sorted(categories))},
        facts=tuple(facts),
        computed=frozenset(computed),
    )


def _classes(tests: list[frozenset[str]]) -> dict[str, int]:
    """One code for all texts that pass the same tests."""
    codes: dict[str, int] = {}
    seen: dict[tuple[bool, ...], int] = {}
    for text in sorted(frozenset().union(*tests)):
        codes[text] = seen.setdefault(tuple(text in test for test in tests), len(seen))
    return codes


def _nodes(node: object) -> Iterator[object]:
    """Every part of a definition, however deep, in the order written. A benefit's own split is not used in a stack."""
    yield node
    if isinstance(node, Mapping):
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, tuple):
        for value in node:
            yield from _nodes(value)
    elif is_dataclass(node) and not isinstance(node, type):
        for part in fields(node):
            value = getattr(node, part.name)
            if part.name != "split" or isinstance(node, Stack):
                yield from _nodes(value)
