"""The rules that settle a claim: the stack of a pack for a scheme, a setting and a day, parsed once per stretch of days. Pure."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from kangcheng.funds.engine import parse
from kangcheng.funds.engine.definition import Account, Stack
from kangcheng.funds.engine.slots import layer_of
from kangcheng.funds.settlement.types import SettlementError
from kangcheng.kernel.dates import Period
from kangcheng.policy.entry import period_of
from kangcheng.policy.pack import Pack, PackAt

CLAUSE = "clause"  # kept beside the entries: citation -> its words
KINDS = ("stack", "benefit", "entitlement", "parameter", "codelist", "tiers", "process")


@dataclass(frozen=True)
class KeptEntry:
    """An entry of a release as it was kept: what it says, without file and lines. Reads like an entry of a pack."""

    kind: str
    id: str
    pack: str
    data: Mapping[str, Any]
    file: str = ""

    @property
    def title(self) -> str:
        """Chinese title."""
        return str(self.data.get("title", self.id))

    @property
    def status(self) -> str:
        """in_force, assumed or expected."""
        return str(self.data.get("status", "in_force"))

    @cached_property
    def period(self) -> Period:
        """Days on which it applies."""
        return period_of(dict(self.data))

    def get(self, key: str, default: Any = None) -> Any:
        """A key of the entry."""
        return self.data.get(key, default)


@dataclass(frozen=True)
class Clause:
    """A clause as it was when the book was kept."""

    citation: str
    document: str
    quote: str


class RuleBook:
    """The money rules of one pack release: what a settlement ran on and can be run on again."""

    def __init__(self, pack: str, release_hash: str, content: Mapping[str, Mapping[str, list[Any]]]) -> None:
        self.pack, self.release_hash, self.content = pack, release_hash, content
        versions: dict[tuple[str, str], Any] = {
            (kind, id_): tuple(KeptEntry(kind, id_, pack, body) for body in bodies)
            for kind, entries in content.items()
            for id_, bodies in entries.items()
        }
        self._pack = Pack(name=pack, order=(pack,), heads={}, versions=versions)
        self._stacks: dict[tuple[str, int], Stack] = {}
        self._chosen: dict[tuple[str, str, int], list[str]] = {}

    @cached_property
    def boundaries(self) -> list[date]:
        """Days on which anything in the book begins or ends, ascending."""
        days: set[date] = set()
        for versions in self.content.values():
            for entries in versions.values():
                for body in entries:
                    for dated in (body, *body.get("values", ()), *body.get("versions", ())):
                        period = period_of(dated)
                        days.update(day for day in (period.start, period.end) if day)
        return sorted(days)

    def stack_for(self, scheme: str, setting: str, on: date) -> Stack:
        """The stack that settles a claim of the scheme and setting on the day. Raises SettlementError when there is none."""
        found = self._meant(scheme, setting, on)
        if len(found) != 1:
            what = (
                "没有适用的待遇顺序 (no stack)"
                if not found
                else f"适用的待遇顺序不止一个: {'、'.join(found)}"
            )
            raise SettlementError(
                what,
                where=f"{scheme}，{setting}，{on}",
                rule=f"政策包 {self.pack} 中 scheme 与 setting 相符的 stack 恰有一个",
                todo="核对就诊类型和参保险种；或在政策包中补充 stack",
            )
        return self.stack(found[0], on)

    def has_stack(self, scheme: str, setting: str, on: date) -> bool:
        """True when some stack is meant for the scheme and setting on the day."""
        return bool(self._meant(scheme, setting, on))

    def stack(self, stack_id: str, on: date) -> Stack:
        """One stack by id as it stands on a day."""
        key = (stack_id, bisect_right(self.boundaries, on))
        if key not in self._stacks:
            at = self.at(on)
            self._stacks[key] = parse.stack(at.get("stack", stack_id), at, release=self.release_hash)
        return self._stacks[key]

    def at(self, on: date) -> PackAt:
        """The book on one day."""
        return self._pack.at(on)

    def lowest(self, tiers: str, on: date) -> str:
        """The lowest level of a tier list, "" when the pack has none."""
        return self.at(on).levels(tiers)[0] if ("tiers", tiers) in self._pack.versions else ""

    def clause(self, citation: str) -> Clause | None:
        """The words of a clause that some rule of the book cites."""
        found = self.content.get(CLAUSE, {}).get(citation)
        return Clause(citation, found[0]["document"], found[0]["quote"]) if found else None

    def _meant(self, scheme: str, setting: str, on: date) -> list[str]:
        key = (scheme, setting, bisect_right(self.boundaries, on))
        if key not in self._chosen:
            self._chosen[key] = self._choose(scheme, setting, on)
        return self._chosen[key]

    def _choose(self, scheme: str, setting: str, on: date) -> list[str]:
        """Ids of the stacks meant for the scheme and setting; a stack without a scheme is only there to be extended."""
        at = self.at(on)
        found = (self.stack(name, on) for name in self.content.get("stack", {}) if at.find("stack", name))
        return [stack.id for stack in found if scheme in stack.scheme and setting in stack.setting]


def content_of(pack: Pack) -> dict[str, dict[str, list[Any]]]:
    """Every version of every money rule of the pack as plain mappings without their worked cases, and the clauses cited."""
    content: dict[str, dict[str, list[Any]]] = {}
    for (kind, id_), versions in pack.versions.items():
        if kind in KINDS:
            bodies = [_without_cases(entry.data) for entry in versions]
            content.setdefault(kind, {})[id_] = bodies
            content.setdefault(CLAUSE, {}).update(_cited(pack, versions))
    return content


def _without_cases(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "cases"}


def _cited(pack: Pack, versions: Iterable[Any]) -> dict[str, list[Any]]:
    citations = {citation for entry in versions for citation in entry.citations}
    return {
        str(citation): [{"quote": clause.quote, "document": pack.documents[citation.document].title}]
        for citation in citations
        if (clause := pack.clauses.get(citation)) is not None
    }


def uses_household(stack: Stack) -> bool:
    """True when an account or accumulator of the stack belongs to the household."""
    for position in stack.order:
        if isinstance(position, Account) and position.owner == "household":
            return True
        benefit = layer_of(position)
        if benefit is not None and benefit.accumulate.owner == "household":
            return True
    return False


def pools_of(stack: Stack) -> tuple[str, ...]:
    """Ids of the pools the stack draws on."""
    layers = [layer_of(position) for position in stack.order]
    return tuple(dict.fromkeys(layer.pool.id for layer in layers if layer is not None and layer.pool))


def lock_number(kind: str, owner: UUID | str) -> int:
    """A signed 64-bit number for an advisory lock on a person, household or pool."""
    digest = hashlib.sha256(f"{kind}:{owner}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
