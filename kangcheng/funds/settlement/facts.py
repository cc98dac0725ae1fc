"""Facts that decide a settlement, asked of the registry on the deciding day. None of them is taken from the client."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kangcheng.funds.settlement.types import SettlementError
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.institutions.types import Institution
from kangcheng.registry.people import selectors as people
from kangcheng.registry.people import types as people_types

UNINSURED = "none"  # scheme of who is insured nowhere: some stacks are meant for them
LEVELS = "hospital-levels"  # tiers entry of the grades; an institution without one counts as the lowest

# What the registry says; a bill or an eligibility fact may add others (cause, pathway ...) but never these.
OURS = frozenset({"scheme", "setting", "level", "institution", "institution_type", "designated", "place"})
# What holds when nothing else is known.
USUAL = {"referral": "none"}


PLACE_SECONDS = 1.0
MOST_PLACES = 1000
_places: dict[tuple[UUID, date], tuple[float, Institution | None]] = {}


@dataclass(frozen=True)
class Facts:
    """One person at one institution on one day."""

    person: people_types.Facts
    scheme: str
    institution_id: UUID
    institution_code: str
    institution_type: str
    level: str
    designated: bool
    institution_area: str

    @property
    def person_id(self) -> UUID:
        """The golden row."""
        return self.person.person_id

    @property
    def household_id(self) -> UUID | None:
        """The household on the day."""
        return self.person.household_id

    @property
    def categories(self) -> frozenset[str]:
        """What the person counts as on the day."""
        return self.person.categories


def gather(*, person_id: UUID, institution_id: UUID, decided_on: date) -> Facts:
    """Ask people and institutions, one query each. Raises SettlementError for unknown ones and for the dead."""
    person = people.facts(person_id, decided_on)
    if person is None:
        raise SettlementError("没有这位居民 (no such person)", where=f"person:{person_id}")
    if person.death_on is not None and person.death_on < decided_on:
        raise SettlementError(
            f"{decided_on} 晚于死亡日期 {person.death_on} (after death)",
            where=f"person:{person_id}",
            rule="出院（就诊）日期不晚于死亡日期",
            todo="核对日期和居民登记",
        )
    place = _place(institution_id, decided_on)
    if place is None:
        raise SettlementError(
            f"{decided_on} 没有这个机构 (no such institution)", where=f"institution:{institution_id}"
        )
    scheme = person.scheme or UNINSURED
    return Facts(
        person,
        scheme,
        institution_id,
        place.code,
        place.type,
        place.level,
        place.designated,
        place.area_code,
    )


def _place(institution_id: UUID, on: date) -> Institution | None:
    """The institution on the day, asked at most once a second: a busy counter sends patient after patient."""
    key, now = (institution_id, on), time.monotonic()
    kept = _places.get(key)
    if kept is not None and now - kept[0] < PLACE_SECONDS:
        return kept[1]
    if len(_places) >= MOST_PLACES:
        _places.clear()
    found = institutions.get(institution_id, on)
    _places[key] = (now, found)
    return found


def attributes(
    facts: Facts, *, setting: str, disease: str, episode: str, stated: Mapping[str, str]
) -> dict[str, str]:
    """Attributes of the claim: what the bill and the eligibility facts state, and over them what the registry says."""
    found = USUAL | {name: text for name, text in stated.items() if name not in OURS and text}
    found.setdefault("episode", episode)
    if disease:
        found["disease"] = disease
    ours = {
        "scheme": facts.scheme,
        "setting": setting,
        "level": facts.level,
        "institution": facts.institution_code,
        "institution_type": facts.institution_type,
        "designated": "yes" if facts.designated else "no",
        "place": place_of(facts.person.area_code, facts.institution_area),
    }
    return found | {name: text for name, text in ours.items() if text}


def numbers(facts: Facts, *, admitted_on: date, discharged_on: date) -> dict[str, int]:
    """Number facts of the claim: age on the day of discharge, days of the stay (at least one)."""
    return {"age": facts.person.age(discharged_on), "days": max(1, (discharged_on - admitted_on).days)}


def place_of(home: str, institution: str) -> str:
    """Where care was given, seen from home: county, city or away (codelist places), by the area codes."""
    if home[:6] == institution[:6]:
        return "county"
    return "city" if home[:4] == institution[:4] else "away"
