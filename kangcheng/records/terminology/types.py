"""What terminology speaks about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kangcheng.kernel.errors import KangchengError

ICD10 = "urn:oid:2.16.156.10011.2.3.3.11"  # ICD-10, Chinese edition
ICD9CM3 = "urn:oid:2.16.156.10011.2.3.3.12"  # procedures, Chinese edition


class TerminologyError(KangchengError):
    """A code system, value set, map or file that cannot be used."""


@dataclass(frozen=True)
class System:
    """One version of a code system. `trust`: how sure its text is (text, provincial, second-hand, scanned, recalled)."""

    url: str
    title: str
    version: str = ""
    source: str = ""
    trust: str = ""
    count: int = 0


@dataclass(frozen=True)
class Concept:
    """One code. `title` is Chinese, `display` English (or the Chinese again)."""

    system: str
    code: str
    title: str
    display: str = ""
    parent: str = ""

    def coding(self) -> dict[str, str]:
        """The FHIR Coding."""
        return {"system": self.system, "code": self.code, "display": self.display or self.title}


@dataclass(frozen=True)
class Expansion:
    """A page of a value set: `total` codes in all, from `offset`."""

    url: str
    total: int
    offset: int
    concepts: tuple[Concept, ...]

    def resource(self) -> dict[str, object]:
        """The FHIR `ValueSet.expansion`."""
        contains = [one.coding() for one in self.concepts]
        return {"total": self.total, "offset": self.offset, "contains": contains}


@dataclass(frozen=True)
class Judged:
    """Whether a code is valid. `display`: its proper one; `message`: why not."""

    valid: bool
    message: str = ""
    display: str = ""


@dataclass(frozen=True)
class Match:
    """What a code is elsewhere. `equivalence` as FHIR has it (equivalent, wider, narrower, inexact)."""

    system: str
    code: str
    equivalence: str
    title: str = ""


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    url: str
    version: str
    count: int
    on: date
