"""What crosses the border of machines. Scopes are those of SMART on FHIR 2 (`system/Observation.rs`); 1 is read too."""

import re
from dataclasses import dataclass
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import KangchengError
from kangcheng.records.definitions.selectors import resource_types

FORM = re.compile(r"system/(\*|[A-Za-z]+)\.(c?r?u?d?s?|read|write|\*)")
LETTERS = {"read": "rs", "write": "cud", "*": "cruds"}


class MachineError(KangchengError):
    """A machine or token cannot be made, or is not known."""


@dataclass(frozen=True)
class Scopes:
    """Which interactions (c, r, u, d, s) with which resource types."""

    allowed: frozenset[tuple[str, str]]

    def allow(self, resource_type: str, letter: str) -> bool:
        """True when the interaction with the type is within the scopes."""
        return ("*", letter) in self.allowed or (resource_type, letter) in self.allowed

    def types(self) -> frozenset[str] | None:
        """The types that may be read or searched; None for all."""
        held = frozenset(kind for kind, letter in self.allowed if letter in "rs")
        return None if "*" in held else held

    def any(self, letters: str) -> bool:
        """True when any type may be used in any of these ways."""
        return any(letter in letters for _, letter in self.allowed)


ALL = Scopes(frozenset(("*", letter) for letter in "cruds"))
READ = Scopes(frozenset(("*", letter) for letter in "rs"))


@dataclass(frozen=True)
class Caller:
    """Who speaks: the actor, what may be done, and the institution its writing is done in."""

    actor: Actor
    scopes: Scopes
    institution: UUID | None
    machine: bool = True


def read_scopes(text: str) -> Scopes:
    """Scopes out of their text. Raises MachineError for one that is none."""
    allowed = set()
    for word in text.split():
        found = FORM.fullmatch(word)
        if found is None or not found[2] or (found[1] != "*" and found[1] not in resource_types()):
            raise MachineError(
                f"范围无法识别 (unknown scope) {word[:64]!r}", where="scopes", rule="system/资源类型.cruds",
                todo="例如 system/Observation.rs system/Patient.c",
            )  # fmt: skip
        allowed |= {(found[1], letter) for letter in LETTERS.get(found[2], found[2])}
    return Scopes(frozenset(allowed))
