"""Questions: which forms a pack has, one of them, and what a set of answers comes to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from kangcheng.policy.entry import Entry
from kangcheng.policy.pack import Pack
from kangcheng.records.forms import rules
from kangcheng.records.forms.fhir import answers_of, observations, questionnaire, response
from kangcheng.records.forms.reading import form as read
from kangcheng.records.forms.types import Answer, Form, Outcome

__all__ = ["answers_of", "form", "forms", "observations", "outcome", "questionnaire", "response", "shown"]

shown = rules.shown


def forms(pack: Pack) -> list[Form]:
    """Every form of a pack, by title."""
    found = [_read(entry, pack.release_hash) for entry in pack.entries.values() if entry.kind == "form"]
    return sorted(found, key=lambda form: form.title)


def form(pack: Pack, form_id: str) -> Form | None:
    """One form; None when the pack has none of that id."""
    entry = pack.entries.get(("form", form_id))
    return _read(entry, pack.release_hash) if entry else None


def outcome(form: Form, answers: Mapping[str, Answer]) -> Outcome:
    """Items asked, faults, scores, bands and conclusions of `answers`; see rules.outcome."""
    return rules.outcome(form, answers)


def _read(entry: Entry, release: str) -> Form:
    return _kept(_Named(entry, release))


class _Named:
    """An entry under the name that a release gives it, so that a form is read once."""

    def __init__(self, entry: Entry, release: str) -> None:
        self.entry = entry
        self.key = (entry.pack, entry.id, release)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and self.key == other.key


@lru_cache(maxsize=256)
def _kept(named: _Named) -> Form:
    return read(named.entry)
