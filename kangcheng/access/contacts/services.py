"""Verbs on contacts. Opened by a find at the counter, and by modules that admit, sign or refer a person."""

from datetime import date
from uuid import UUID

from kangcheng.access import periods
from kangcheng.access.contacts.models import Contact
from kangcheng.access.contacts.types import KINDS
from kangcheng.access.errors import NotPermitted
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import KangchengError
from kangcheng.registry.people.selectors import ids_of, resolve
from kangcheng.registry.relations.selectors import acts_for


class ContactError(KangchengError):
    """A contact cannot be opened or withdrawn as asked."""


def open_contact(
    *, person_id: UUID, institution_id: UUID, kind: str, by: Actor, on: date, why: str = "",
    valid_to: date | None = None,
) -> UUID:  # fmt: skip
    """The institution may see the person from `on`: a visit as long as the pack says, others until `valid_to` (or until ended)."""
    if kind not in KINDS or kind == "consent":
        raise ContactError(
            f"没有这种关系 (unknown kind) {kind!r}", todo="visit、stay、contract、referral；同意另行登记"
        )
    if not (by.may("person.look") and by.covers_institution(institution_id)):
        raise NotPermitted("只能登记本机构的关系 (contacts of one's own institution only)")
    if kind == "visit" and valid_to is None:
        valid_to = periods.end_of(periods.VISIT, on)
    return _write(person_id, institution_id, kind, "", valid_to, by=by, on=on, why=why)


def consent(
    *, person_id: UUID, institution_id: UUID, purpose: str, valid_to: date, by: Actor, on: date, why: str = ""
) -> UUID:
    """The person (or guardian, agent) agrees that an institution looks for one purpose until `valid_to`."""
    _only_the_person(person_id, by, on)
    if valid_to <= on or not purpose:
        raise ContactError("同意须写明目的和将来的止期 (consent needs a purpose and a last day ahead)")
    return _write(person_id, institution_id, "consent", purpose, valid_to, by=by, on=on, why=why)


def withdraw(*, contact_id: UUID, by: Actor, on: date, why: str = "") -> None:
    """The person takes a consent back; it ends at once."""
    with acting(by=by, on=on, why=why, action="consent.withdraw"):
        row = (
            Contact.objects.select_for_update()
            .filter(pk=contact_id, kind="consent", withdrawn_on=None)
            .first()
        )
        if row is None:
            raise ContactError("没有这项有效的同意 (no such consent in force)")
        _only_the_person(row.person_id, by, on)
        row.withdrawn_on = on
        row.save(update_fields=["withdrawn_on"])
        record(action="consent.withdraw", subject=f"person:{row.person_id}", by=by, on=on, why=why)


def end(*, contact_id: UUID, by: Actor, on: date, why: str) -> None:
    """The institution has no more to do with the person from `on`."""
    with acting(by=by, on=on, why=why, action="contact.end"):
        row = Contact.objects.select_for_update().filter(pk=contact_id).exclude(kind="consent").first()
        if row is None or not by.covers_institution(row.institution_id):
            raise ContactError("没有这条本机构的关系 (no such contact of one's institution)")
        row.valid_to = max(on, row.valid_from)
        row.save(update_fields=["valid_to"])
        record(action="contact.end", subject=f"person:{row.person_id}", by=by, on=on, why=why)


def _write(
    person_id: UUID, institution_id: UUID, kind: str, purpose: str, valid_to: date | None, *, by: Actor, on: date,
    why: str,
) -> UUID:  # fmt: skip
    golden = resolve(person_id)
    with acting(by=by, on=on, why=why, action="contact.open"):
        row = Contact.objects.create(
            person_id=golden,
            institution_id=institution_id,
            kind=kind,
            purpose=purpose,
            valid_from=on,
            valid_to=valid_to,
            why=why,
            made_by=by.user_id,
        )
        detail = {"institution": str(institution_id), "kind": kind, "purpose": purpose}
        record(action="contact.open", subject=f"person:{golden}", by=by, on=on, why=why, detail=detail)
    return row.pk


def _only_the_person(person_id: UUID, by: Actor, on: date) -> None:
    mine = by.person_id is not None and by.may("own.look")
    if not (
        mine and by.person_id and (by.person_id in ids_of(person_id) or acts_for(by.person_id, person_id, on))
    ):
        raise NotPermitted("同意只能由本人、监护人或代理人给出和撤回 (only the person, guardian or agent)")
