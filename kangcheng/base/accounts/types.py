"""Who acts: the frozen Actor every verb and question is given. Pure."""

from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, UUID, uuid5

SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """One user (or the system) acting for one purpose, with the roles valid on the day and where they hold.

    `areas` are area codes: a prefix covers everything below it and "" the whole city. `institutions` are those the
    grants were bound to. `person_id` is the resident the user is, if any.
    """

    user_id: UUID
    name: str
    roles: frozenset[str] = frozenset()
    areas: tuple[str, ...] = ()
    institutions: frozenset[UUID] = frozenset()
    purpose: str = ""
    person_id: UUID | None = None
    permissions: frozenset[str] = field(default=frozenset(), repr=False)

    def has(self, *roles: str) -> bool:
        """True when the actor holds any of `roles`; the system holds them all."""
        return SYSTEM in self.roles or not self.roles.isdisjoint(roles)

    def may(self, permission: str) -> bool:
        """True when any role of the actor carries `permission` (see roles.py)."""
        return SYSTEM in self.roles or permission in self.permissions

    def covers_area(self, code: str) -> bool:
        """True when `code` lies in an area of the actor."""
        return any(code.startswith(area) for area in self.areas)

    def covers_institution(self, institution_id: UUID) -> bool:
        """True when the actor works there, or for the whole city."""
        return institution_id in self.institutions or "" in self.areas


def system_actor(name: str) -> Actor:
    """The city's own programme `name` (an import, a nightly job) as an actor; the same name gives the same id."""
    return Actor(
        user_id=uuid5(NAMESPACE_URL, f"kangcheng:system:{name}"),
        name=name,
        roles=frozenset({SYSTEM}),
        areas=("",),
        purpose=name,
    )
