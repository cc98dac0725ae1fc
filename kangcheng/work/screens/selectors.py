"""Questions about screens: the feed of an institution, and which institutions have not fetched theirs."""

from datetime import date, datetime, timedelta
from uuid import UUID

from kangcheng.base.accounts.types import Actor, system_actor
from kangcheng.registry.catalogues import selectors as catalogues
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.work.registers import selectors as registers
from kangcheng.work.registers.types import Asked
from kangcheng.work.screens.models import ScreenFetch
from kangcheng.work.screens.types import Feed, Price, Standing

SCREENS, ANSWERS = "display-screens", "policy-answers"
MOST_PRICES, MOST_ANSWERS = 200, 50
FRESH = timedelta(hours=24)  # a screen that has not asked for a day shows yesterday's prices


def feed(institution_id: UUID, on: date) -> Feed | None:
    """Prices in force and public answers on the day; None when the institution is not open."""
    place = institutions.get(institution_id, on)
    if place is None:
        return None
    items = catalogues.hospital_items(institution_id, on, limit=MOST_PRICES)
    prices = tuple(Price(item.name, item.unit, item.price) for item in items)
    return Feed(institution_id, place.name, prices, tuple(answers(on)[:MOST_ANSWERS]))


def answers(on: date) -> list[tuple[str, str]]:
    """Question and answer of every policy answer that is public on the day; none when the city keeps no such register."""
    return [(str(row["question"]), str(row["answer"])) for row in public_rows(ANSWERS, on)]


def public_rows(register_id: str, on: date) -> list[dict[str, object]]:
    """The values of all rows of a register that hold on the day, for pages that anybody may open."""
    found = registers.registers().get(register_id)
    if found is None:
        return []
    rows = registers.every(found, Asked(as_of=on), system_actor("public"))
    return [dict(row.values) | registers.derived(found, row, on) for row in rows]


def standings(by: Actor, now: datetime, on: date) -> list[Standing]:
    """Institutions within the actor's reach that must have a screen, those that never fetched first."""
    found = registers.registers().get(SCREENS)
    kinds = found.covers.of if found is not None and found.covers is not None else ()
    seen = {row.institution_id: row for row in ScreenFetch.objects.all()}
    rows = []
    for place in (one for kind in kinds for one in institutions.list_on(on, type=kind)):
        if place.id in by.institutions or by.covers_area(place.area_code):
            row = seen.get(place.id)
            at = row.fetched_at if row else None
            stale = at is None or now - at > FRESH
            rows.append(Standing(place.id, place.name, place.area_code, at, row.times if row else 0, stale))
    return sorted(rows, key=lambda one: (one.fetched_at is not None, one.fetched_at or now, one.name))
