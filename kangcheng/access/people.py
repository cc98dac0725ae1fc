"""The gate to a person: decides, logs the look, and gives or refuses. Pages and endpoints get people here and nowhere else.

Ask before opening a transaction: a refusal is recorded by an INSERT of its own, which a later roll-back would undo.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kangcheng.access.contacts.services import open_contact
from kangcheng.access.emergencies.services import CLINICIANS
from kangcheng.access.errors import NotPermitted, Refused
from kangcheng.access.scope import own, visible
from kangcheng.base import audit
from kangcheng.base.accounts.types import Actor
from kangcheng.base.models import LookLog
from kangcheng.registry.households import selectors as households
from kangcheng.registry.people import selectors as people
from kangcheng.registry.people.types import Contact, Person

PRESENTERS = (*CLINICIANS, "cashier")  # roles to whom a person shows a card
COUNT_CAP = 10_000
Wanted = people.Wanted


@dataclass(frozen=True)
class Page:
    """Some of the people found, and how many there are (no further than COUNT_CAP)."""

    rows: tuple[Person, ...]
    count: int
    capped: bool


@dataclass(frozen=True)
class Look:
    """One look at a person's data, as the person may read it."""

    at: datetime
    who: str
    what: str
    purpose: str
    why: str


def get_person(*, by: Actor, person_id: UUID, on: date, why: str = "", what: str = "person") -> Person:
    """The person, if `by` may see them; the look is logged. Raises Refused: for strangers as for those who do not exist."""
    person = people.get_within(person_id, on, visible(by, on))
    if person is None:
        raise refusal(by, f"person:{person_id}", on, why, what)
    audit.look(by=by, person_id=person.id, what=what, why=why)
    return person


def may_see(*, by: Actor, person_id: UUID, on: date) -> bool:
    """True when `by` may see the person; logs nothing. For links and buttons, never instead of `get_person`."""
    return people.get_within(person_id, on, visible(by, on)) is not None


def get_contact(*, by: Actor, person_id: UUID, on: date, why: str) -> Contact:
    """Identity number, phone and address in the clear: for those who may write, for the person and who acts for them."""
    mine = by.person_id is not None and by.may("own.look") and person_id in own(by.person_id, on)
    if not (mine or by.may("person.write")):
        raise NotPermitted("您的角色不能查看完整号码 (not permitted)", rule="需要权限：登记、修改居民")
    get_person(by=by, person_id=person_id, on=on, why=why, what="contact")
    return people.contact(person_id) or Contact("", "", "")


def find(*, by: Actor, how: str, value: str, on: date, why: str = "") -> list[Person]:
    """People found by what is shown at a counter (`how`: see registry.people.types.FINDS); every one is a logged look.

    Showing it to a clinician or cashier of an institution opens that institution's contact with the person. Others find
    within their scope only. Nobody and nobody-of-yours are the same empty list. Raises IdentityError for a bad number.
    """
    if not (by.may("person.look") or by.may("own.look")):
        raise NotPermitted("您的角色不能查找居民 (not permitted)", rule="需要权限：查看居民")
    found = people.find(by=how, value=value, on=on)
    within = visible(by, on)
    seen = {one.id for one in found if people.get_within(one.id, on, within)}
    here = by.where("person.look")
    if here.institutions and by.has(*PRESENTERS):
        for stranger in (one for one in found if one.id not in seen):
            _meet(stranger.id, here, on, how)
            seen.add(stranger.id)
    shown = [one for one in found if one.id in seen]
    if shown:
        audit.look_many(by=by, person_ids=[one.id for one in shown], what=f"find:{how}", why=why)
    else:
        audit.record(action="access.found_nobody", subject=f"find:{how}", by=by, on=on, why=why)
    return shown


def search(
    *,
    by: Actor,
    wanted: Wanted,
    on: date,
    why: str = "",
    offset: int = 0,
    limit: int = 50,
    what: str = "list",
) -> Page:
    """The people wanted, of those `by` may see, by pinyin; everyone shown is a logged look. The count keeps to the scope too."""
    within = visible(by, on)
    rows = people.search(wanted, on=on, within=within, offset=offset, limit=limit)
    found = people.count(wanted, on=on, within=within, cap=COUNT_CAP)
    if rows:
        audit.look_many(by=by, person_ids=[one.id for one in rows], what=what, why=why)
    return Page(tuple(rows), min(found, COUNT_CAP), found > COUNT_CAP)


def count(*, by: Actor, wanted: Wanted, on: date) -> int:
    """How many people wanted `by` may see, no further than COUNT_CAP."""
    return min(people.count(wanted, on=on, within=visible(by, on), cap=COUNT_CAP), COUNT_CAP)


def household(*, by: Actor, household_id: UUID, on: date, why: str = "") -> list[Person]:
    """The members of a household on the day whom `by` may see, the head first; each is a logged look."""
    ids = [member.person_id for member in households.members(household_id, on)]
    within = visible(by, on)
    rows = [person for person_id in ids if (person := people.get_within(person_id, on, within))]
    if rows:
        audit.look_many(by=by, person_ids=[one.id for one in rows], what="household", why=why)
    return rows


def family(*, by: Actor, on: date) -> list[Person]:
    """For a resident: oneself first, then those one is guardian or agent of."""
    if by.person_id is None or not by.may("own.look"):
        raise NotPermitted("请用居民账户登录 (resident accounts only)")
    me = get_person(by=by, person_id=by.person_id, on=on, what="own")
    others = people.represented(by.person_id, on)
    if others:
        audit.look_many(by=by, person_ids=[one.id for one in others], what="own", why="")
    return [me, *others]


def looks(*, by: Actor, person_id: UUID, on: date, limit: int = 100) -> list[Look]:
    """Who looked at the person, newest first: for the person, who acts for them, and the audit administrator."""
    mine = by.person_id is not None and by.may("own.look") and person_id in own(by.person_id, on)
    if not (mine or by.may("audit.look")):
        raise refusal(by, f"person:{person_id}", on, "", "looks")
    rows = LookLog.objects.filter(person_id__in=people.ids_of(person_id)).order_by("-created_at")[:limit]
    return [Look(row.created_at, row.actor_name, row.what, row.purpose, row.why) for row in rows]


def refusal(by: Actor, subject: str, on: date, why: str, what: str) -> Refused:
    """Record a refusal and give the error to raise."""
    audit.record(action="access.refused", subject=subject, by=by, on=on, why=why, detail={"what": what})
    return Refused()


def _meet(person_id: UUID, by: Actor, on: date, how: str) -> None:
    for institution_id in sorted(by.institutions):
        open_contact(
            person_id=person_id, institution_id=institution_id, kind="visit", by=by, on=on, why=f"出示：{how}"
        )
