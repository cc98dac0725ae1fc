"""The tables that come with the program, read once: national code tables, FHIR R4's own codes, and maps between them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from kangcheng.records.terminology.index import Index
from kangcheng.records.terminology.types import Concept, Match, System

DATA = Path(__file__).with_name("data")
R4 = "4.0.1"


@cache
def systems() -> dict[str, System]:
    """Every packaged code system by its URL."""
    found: dict[str, System] = {}
    for row in rows("chinese"):
        found.setdefault(
            row["system"], System(row["system"], row["system_title"], "", row["source"], row["trust"])
        )
    for row in rows("fhir"):
        found.setdefault(row["system"], System(row["system"], row["system_title"], R4, "HL7 FHIR R4", "text"))
    return {
        url: System(url, one.title, one.version, one.source, one.trust, len(index(url).concepts))
        for url, one in found.items()
    }


@cache
def value_sets() -> dict[str, str]:
    """Every packaged value set with the code system whose codes it lists, all of them."""
    return {row["value_set"]: row["system"] for row in rows("fhir")}


def index(url: str) -> Index:
    """The codes of a packaged system; an empty index for an unknown one."""
    return _indexes().get(url) or Index(())


def translate(source: str, code: str, target: str | None) -> list[Match]:
    """What a code of `source` is in `target` (or anywhere), by the packaged maps."""
    return [
        Match(
            row["target"], row["target_code"], row["equivalence"], _title(row["target"], row["target_code"])
        )
        for row in rows("maps")
        if row["source"] == source and row["source_code"] == code and target in (None, row["target"])
    ]


@cache
def _indexes() -> dict[str, Index]:
    codes: dict[str, list[Concept]] = {}
    for row in rows("chinese"):
        codes.setdefault(row["system"], []).append(Concept(row["system"], row["code"], row["title"]))
    for row in rows("fhir"):
        concept = Concept(row["system"], row["code"], row["title"], row["display"])
        codes.setdefault(row["system"], []).append(concept)
    return {url: Index(concepts) for url, concepts in codes.items()}


def _title(url: str, code: str) -> str:
    found = index(url).by_code.get(code)
    return found.title if found else ""


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one table of `data/`: chinese, fhir or maps."""
    table = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return tuple(dict(zip(table["columns"], row, strict=True)) for row in table["rows"])
