"""Questions: which systems there are, what a code means, which codes a value set holds, what a code is elsewhere."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

from kangcheng.records.terminology import packaged
from kangcheng.records.terminology.index import Index
from kangcheng.records.terminology.models import Code, CodeSystem, Mapped
from kangcheng.records.terminology.types import Concept, Expansion, Judged, Match, System, TerminologyError

MOST = 1_000  # codes on one page of an expansion


def systems() -> list[System]:
    """Every code system: packaged ones, and each version of the imported ones."""
    imported = [
        System(row.url, row.title, row.version, row.source, "imported", row.count)
        for row in CodeSystem.objects.order_by("url", "version")
    ]
    return [*packaged.systems().values(), *imported]


def known(system: str) -> bool:
    """Whether anything is known of a code system."""
    return bool(_index(system, None).concepts)


def lookup(system: str, code: str, version: str | None = None) -> Concept | None:
    """What `code` means in `system` (its newest version unless one is named); None when it has no such code."""
    return _index(system, version).by_code.get(code)


def search(system: str, text: str, limit: int = 20, version: str | None = None) -> list[Concept]:
    """Codes for what somebody types: a code, part of a Chinese or English name, or pinyin initials; the best first."""
    return _index(system, version).search(text, limit)


def expand(value_set: str | dict[str, Any], text: str = "", offset: int = 0, count: int = 100) -> Expansion:
    """A page of the codes of a value set: its URL, a code system's URL, or a ValueSet resource with `compose`.

    `text` narrows it as `search` does. Raises TerminologyError for an unknown one, or a `compose` that needs more than
    systems, listed codes and `is-a`/`=` filters on `parent`.
    """
    url = value_set if isinstance(value_set, str) else str(value_set.get("url", ""))
    index = _of_set(url) if isinstance(value_set, str) else Index(_composed(value_set))
    found = index.search(text, len(index.concepts)) if text else list(index.concepts)
    page = found[max(offset, 0) : max(offset, 0) + min(max(count, 0), MOST)]
    return Expansion(url, len(found), offset, tuple(page))


def validate(
    code: str, *, system: str = "", value_set: str | dict[str, Any] | None = None, display: str = ""
) -> Judged:
    """Whether `code` is one of a system's, or of a value set's; a given `display` must be the code's own."""
    if value_set is None:
        found = lookup(system, code)
    else:
        whole = _of_set(value_set) if isinstance(value_set, str) else Index(_composed(value_set))
        found = whole.by_code.get(code)
        if found and system and found.system != system:
            found = None
    if found is None:
        return Judged(False, f"没有这个代码 (no such code) {code!r}")
    if display and display not in (found.title, found.display):
        return Judged(False, f"名称不符，应为 (display should be) {found.title}", found.title)
    return Judged(True, "", found.display or found.title)


def translate(code: str, *, source: str, target: str | None = None) -> list[Match]:
    """What `code` of `source` is in `target` (or in any system): imported maps first, then the packaged ones."""
    held = Mapped.objects.filter(source=source, source_code=code)
    if target is not None:
        held = held.filter(target=target)
    imported = [
        Match(row.target, row.target_code, row.equivalence, _title(row.target, row.target_code))
        for row in held.order_by("target", "target_code")
    ]
    return [*imported, *packaged.translate(source, code, target)]


def _title(system: str, code: str) -> str:
    found = lookup(system, code)
    return found.title if found else ""


def _of_set(url: str) -> Index:
    system = packaged.value_sets().get(url, url.removesuffix("?vs"))
    index = _index(system, None)
    if not index.concepts:
        raise TerminologyError(f"没有这个值集 (no such value set) {url}")
    return index


def _composed(resource: dict[str, Any]) -> list[Concept]:
    compose = resource.get("compose") or {}
    left_out = {(one.system, one.code) for part in compose.get("exclude", []) for one in _included(part)}
    kept: dict[tuple[str, str], Concept] = {}
    for part in compose.get("include", []):
        for one in _included(part):
            if (one.system, one.code) not in left_out:
                kept.setdefault((one.system, one.code), one)
    return list(kept.values())


def _included(part: dict[str, Any]) -> list[Concept]:
    system = str(part.get("system", ""))
    if part.get("concept"):
        return [_listed(system, row) for row in part["concept"]]
    named = [one for url in part.get("valueSet", []) for one in _of_set(url).concepts]
    if not system:
        return named
    concepts = [one for one in _of_set(system).concepts if not part.get("valueSet") or one in named]
    for rule in part.get("filter", []):
        concepts = [one for one in concepts if _passes(one, rule)]
    return concepts


def _listed(system: str, row: dict[str, Any]) -> Concept:
    known_one = lookup(system, row["code"])
    display = row.get("display", "")
    return known_one or Concept(system, row["code"], display or row["code"], display)


def _passes(concept: Concept, rule: dict[str, Any]) -> bool:
    how, value = (rule.get("property"), rule.get("op")), str(rule.get("value", ""))
    if how == ("parent", "="):
        return concept.parent == value
    if how == ("concept", "is-a"):
        return concept.code == value or _below(concept, value)
    raise TerminologyError(f"不支持的筛选 (filter not supported): {how[0]} {how[1]}")


def _below(concept: Concept, top: str) -> bool:
    index, seen = _index(concept.system, None), {concept.code}
    parent = concept.parent
    while parent and parent not in seen:
        if parent == top:
            return True
        seen.add(parent)
        found = index.by_code.get(parent)
        parent = found.parent if found else ""
    return False


def _index(system: str, version: str | None) -> Index:
    rows = CodeSystem.objects.filter(url=system)
    if version is not None:
        rows = rows.filter(version=version)
    newest = (
        rows.order_by("-imported_on", "-version").values_list("id", "count", "imported_on", "url").first()
    )
    if newest is None:
        return packaged.index(system) if not version else Index(())
    return _imported(newest[0], _stamp(newest[0]))


def _stamp(system_id: UUID) -> UUID | None:
    """The first code's own id: another import gives others."""
    return Code.objects.filter(system_id=system_id, position=0).values_list("id", flat=True).first()


@lru_cache(maxsize=16)
def _imported(system_id: UUID, stamp: UUID | None) -> Index:
    url = CodeSystem.objects.values_list("url", flat=True).get(id=system_id)
    rows = list(
        Code.objects.filter(system_id=system_id)
        .order_by("position")
        .values_list("code", "title", "display", "parent", "initials")
    )
    return Index((Concept(url, *row[:4]) for row in rows), (row[4] for row in rows))
