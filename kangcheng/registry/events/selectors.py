"""Questions about life events."""

from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.registry.events.models import LifeEvent
from kangcheng.registry.events.types import Effect, Event


def of_person(person_id: UUID) -> list[Event]:
    """The events of one person, newest first."""
    return [event(row) for row in LifeEvent.objects.filter(person_id=person_id).order_by("-created_at")]


def latest(*, by: Actor, kind: str = "", limit: int = 500) -> list[Event]:
    """Events of people in the actor's areas, newest first."""
    rows = LifeEvent.objects.select_related("person").order_by("-created_at")
    if kind:
        rows = rows.filter(kind=kind)
    if not by.may("person.write"):
        return []
    here = by.where("person.write")
    return [event(row) for row in rows[:limit] if here.covers_area(row.person.area_code)]


def event(row: LifeEvent) -> Event:
    """A row as Event."""
    effects = tuple(
        Effect(one["table"], UUID(one["id"]), one["about"], one["before"], one["after"])
        for one in row.effects
    )
    return Event(
        row.pk, row.person_id, row.kind, row.happened_on, row.created_at, row.why, row.state, effects, row.reversed_on,
        row.reversed_why,
    )  # fmt: skip
