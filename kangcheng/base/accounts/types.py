"""Who acts: the frozen Actor every verb and question is given. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import NAMESPACE_URL, UUID, uuid5

SYSTEM = "system"
Reach = tuple[frozenset[str], frozenset[UUID]]  # areas, institutions


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
    # Where each permission holds; one that is not named here holds wherever the actor does.
    reach: Mapping[str, Reach] = field(default_factory=dict, repr=False, compare=False)
    # Where each role holds, likewise: who leads one hospital and treats at another signs as its head at the first only.
    posts: Mapping[str, Reach] = field(default_factory=dict, repr=False, compare=False)

    def has(self, *roles: str) -> bool:
        """True when the actor holds any of `roles`; the system holds them all."""
        return SYSTEM in self.roles or not self.roles.isdisjoint(roles)

    def may(self, permission: str) -> bool:
        """True when any role of the actor carries `permission` (see roles.py)."""
        return SYSTEM in self.roles or permission in self.permissions

    def where(self, *permissions: str) -> "Actor":
        """The actor only where a grant gives one of `permissions`.

        Who takes money at one hospital and leads the city's bureau takes no money elsewhere and sees nobody there.
        """
        held = [self.reach[name] for name in permissions if name in self.reach]
        if not held or any(name in self.permissions and name not in self.reach for name in permissions):
            return self
        areas = frozenset().union(*(areas for areas, _ in held))
        return replace(
            self,
            areas=tuple(sorted(areas)),
            institutions=frozenset().union(*(institutions for _, institutions in held)),
        )

    def post(self, role: str) -> Reach:
        """Areas and institutions in which the actor holds `role`; nothing when the role is not held."""
        if SYSTEM in self.roles:
            return frozenset({""}), frozenset()
        if role not in self.roles:
            return frozenset(), frozenset()
        return self.posts.get(role, (frozenset(self.areas), self.institutions))

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
