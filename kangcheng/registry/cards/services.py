"""Verbs on cards: issue, end, and many at once."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.base.personal import blind_index, forward, seal
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.registry.cards.models import CARD, Card
from kangcheng.registry.cards.types import KINDS, NewCard
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.people.services.merge import locked
from kangcheng.registry.periods import period_fault, person_faults
from kangcheng.registry.permission import require

NUMBER = re.compile(r"[0-9A-Za-z\-]{6,64}")
_COLUMNS = ("id", "person", "kind", "number", "number_index", "valid_from", "valid_to", "why_ended")


class CardError(KangchengError):
    """A card cannot be ended as asked."""


def issue(*, new: NewCard, by: Actor, on: date, why: str = "") -> UUID:
    """Give a card to a person; a number in use by another is refused (Faults)."""
    return _write([new], "card.issue", "person.write", by=by, on=on, why=why)[0]


def bulk(rows: Iterable[NewCard], *, by: Actor, on: date, why: str = "") -> list[UUID]:
    """Give out many cards with one COPY and one audit event."""
    return _write(list(rows), "card.bulk", "person.import", by=by, on=on, why=why)


def end(*, card_id: UUID, by: Actor, on: date, why: str) -> None:
    """The card finds nobody from `on`: lost, replaced, handed back."""
    with acting(by=by, on=on, why=why, action="card.end"):
        row = Card.objects.select_for_update().filter(pk=card_id, valid_to=None).first()
        if row is None:
            raise CardError("没有这张在用凭证 (no such card in use)")
        require(by, "person.write", area=locked(row.person_id).area_code)
        row.valid_to, row.why_ended = max(on, row.valid_from), why
        row.save(update_fields=["valid_to", "why_ended"])
        record(
            action="card.end",
            subject=f"person:{row.person_id}",
            by=by,
            on=on,
            why=why,
            detail={"kind": row.kind},
        )


def _write(
    rows: Sequence[NewCard], action: str, permission: str, *, by: Actor, on: date, why: str
) -> list[UUID]:
    many = action.endswith("bulk")
    faults = person_faults(by, permission, (row.person_id for row in rows), numbered=many)
    faults += _faults(rows, numbered=many)
    if faults:
        raise Faults(sorted(faults, key=lambda fault: fault.line or 0), where="凭证", todo="改正后重试")
    ids = [new_id() for _ in rows]
    with acting(by=by, on=on, why=why, action=action), refusing("凭证"):
        for row in rows:
            forward(Card, "number_index", row.number.strip(), CARD)
        copy_in(Card, _COLUMNS, map(_copied, ids, rows))
        subject = "card:many" if many else f"person:{rows[0].person_id}"
        record(action=action, subject=subject, by=by, on=on, why=why, detail={"rows": len(rows)})
    return ids


def _copied(key: UUID, row: NewCard) -> tuple[object, ...]:
    number = row.number.strip()
    return (
        key, row.person_id, row.kind, seal(number, CARD), blind_index(number, CARD), row.valid_from, row.valid_to, "",
    )  # fmt: skip


def _faults(rows: Sequence[NewCard], *, numbered: bool) -> list[Fault]:
    faults: list[Fault | None] = []
    for line, row in enumerate(rows, 1):
        place = line if numbered else None
        if row.kind not in KINDS:
            faults.append(
                Fault("kind", f"没有这种凭证 (unknown kind) {row.kind!r}", "、".join(KINDS), line=place)
            )
        if not NUMBER.fullmatch(row.number.strip()):
            faults.append(Fault("number", "号码格式不对 (bad number)", "6 至 64 位字母或数字", line=place))
        faults.append(period_fault(row.valid_from, row.valid_to, place))
    return [fault for fault in faults if fault]
