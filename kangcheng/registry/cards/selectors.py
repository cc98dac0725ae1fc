"""Questions about cards. Who shows one is found by `people.selectors.find`."""

from uuid import UUID

from kangcheng.registry.cards.models import Card as Row
from kangcheng.registry.cards.types import Card
from kangcheng.registry.people.selectors import ids_of


def of(person_id: UUID) -> list[Card]:
    """The person's cards, newest first."""
    rows = Row.objects.filter(person_id__in=ids_of(person_id)).order_by("-valid_from")
    return [Card(row.pk, row.kind, _tail(row.number), row.valid_from, row.valid_to) for row in rows]


def _tail(number: str) -> str:
    return "*" * max(0, len(number) - 4) + number[-4:]
