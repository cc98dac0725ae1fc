"""What each kind of event does to the registry. Each change is written and told as an Effect, so that it can be taken back."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.registry.categories.models import PersonCategory
from kangcheng.registry.categories.types import REGISTERED_POOR
from kangcheng.registry.coverage.models import Coverage
from kangcheng.registry.events.types import Effect, NewEvent
from kangcheng.registry.households.models import Membership
from kangcheng.registry.people import services as people
from kangcheng.registry.people.models import Resident
from kangcheng.registry.people.selectors import ids_of
from kangcheng.registry.people.types import NewPerson
from kangcheng.registry.validity import holds

DATED: dict[str, Any] = {"coverage": Coverage, "category": PersonCategory, "membership": Membership}
RESIDENT = ("death_on", "area_code", "left_on", "left_why")
DAYS = ("death_on", "left_on", "valid_from", "valid_to")
DAY = timedelta(days=1)


def apply(new: NewEvent, *, by: Actor, on: date) -> list[Effect]:
    """Write what the event does; returns every change in order."""
    return list(ACTS[new.kind](new, by, on))


def _death(new: NewEvent, by: Actor, on: date) -> Iterator[Effect]:
    yield from _resident(
        new.person_id,
        lambda: people.record_death(
            person_id=new.person_id, death_on=new.happened_on, by=by, on=on, why=new.why
        ),
    )
    yield from _ended(new.person_id, new.happened_on + DAY, ("coverage", "category", "membership"))


def _depart(new: NewEvent, by: Actor, on: date) -> Iterator[Effect]:
    yield from _resident(
        new.person_id,
        lambda: people.leave(person_id=new.person_id, reason="moved", by=by, on=new.happened_on, why=new.why),
    )
    yield from _ended(new.person_id, new.happened_on, ("coverage", "category", "membership"))


def _move(new: NewEvent, by: Actor, on: date) -> Iterator[Effect]:
    """Home elsewhere in the city: cover goes along, the old household is left, marks of the old county are looked at anew."""
    old = Resident.objects.values_list("area_code", flat=True).get(pk=new.person_id)
    if not new.area_code or new.area_code == old:
        raise Faults([Fault("area_code", "须填写迁入的另一区划 (another area is needed)")], where="迁移")
    yield from _resident(
        new.person_id,
        lambda: people.update(person_id=new.person_id, area_code=new.area_code, by=by, on=on, why=new.why),
    )
    if new.area_code[:6] != old[:6]:
        yield from _ended(new.person_id, new.happened_on, ("membership",))


def _marriage(new: NewEvent, by: Actor, on: date) -> Iterator[Effect]:
    """The person joins the household of the spouse."""
    home = Membership.objects.filter(holds(new.happened_on), person_id=new.other_id).first()
    if new.other_id is None or new.other_id == new.person_id or home is None:
        raise Faults([Fault("other_id", "配偶须是另一位有户的居民 (spouse with a household)")], where="结婚")
    role = "spouse" if home.role == "head" else "other"
    yield from _ended(new.person_id, new.happened_on, ("membership",))
    yield _made("membership", Membership, person_id=new.person_id, household_id=home.household_id, role=role,
                valid_from=new.happened_on)  # fmt: skip


def _poverty_in(new: NewEvent, by: Actor, on: date) -> Iterator[Effect]:
    yield _made(
        "category", PersonCategory, person_id=new.person_id, category=REGISTERED_POOR, valid_from=new.happened_on,
        source=new.source or "乡村振兴局", granted_by=by.user_id,
    )  # fmt: skip


def _poverty_out(new: NewEvent, by: Actor, on: date) -> Iterator[Effect]:
    found = list(_ended(new.person_id, new.happened_on, ("category",), category=REGISTERED_POOR))
    if not found:
        raise Faults(
            [Fault("person_id", "当日不在贫困名单内 (not registered as poor then)")], where="退出贫困"
        )
    yield from found


def _birth(new: NewEvent, by: Actor, on: date) -> Iterator[Effect]:
    """A child of the person: registered, in the mother's household, with the household's poverty mark."""
    mother = Resident.objects.get(pk=new.person_id)
    child = people.register(
        new=NewPerson(name=new.newborn_name or f"{mother.name[:1]}婴", area_code=mother.area_code, sex=new.newborn_sex,
                      birth_on=new.happened_on, source="出生医学证明"),
        by=by, on=on, why=new.why,
    )  # fmt: skip
    yield Effect("person", child, "新生儿", None, {"birth_on": new.happened_on.isoformat()})
    home = Membership.objects.filter(holds(new.happened_on), person_id=new.person_id).first()
    if home is not None:
        role = "child" if home.role in ("head", "spouse") else "other"
        yield _made("membership", Membership, person_id=child, household_id=home.household_id, role=role,
                    valid_from=new.happened_on)  # fmt: skip
    marks = PersonCategory.objects.filter(
        holds(new.happened_on), person_id=new.person_id, category=REGISTERED_POOR
    )
    if marks.exists():
        yield _made(
            "category", PersonCategory, person_id=child, category=REGISTERED_POOR, valid_from=new.happened_on,
            source="随母认定", granted_by=by.user_id,
        )  # fmt: skip


ACTS = {
    "birth": _birth, "death": _death, "move": _move, "depart": _depart, "marriage": _marriage,
    "poverty_in": _poverty_in, "poverty_out": _poverty_out,
}  # fmt: skip


def take_back(effects: Iterable[Effect], *, by: Actor, on: date, why: str) -> None:
    """Undo in reverse order: new rows go, changed ones say again what they said. Raises Faults when one was changed since."""
    for one in reversed(list(effects)):
        if one.table == "resident":
            _restore(Resident.objects.filter(pk=one.id), one)
        elif one.table == "person":
            people.leave(person_id=one.id, reason="error", by=by, on=on, why=why)
        elif one.before is None:
            DATED[one.table].objects.filter(pk=one.id).delete()
        else:
            _restore(DATED[one.table].objects.filter(pk=one.id), one)


def _restore(rows: Any, one: Effect) -> None:
    if not rows.filter(**_days(one.after)).update(**_days(one.before or {})):
        raise Faults(
            [Fault(one.table, f"“{one.about}”之后又改动过 (changed since)", "先撤销后来的改动")],
            where="撤销生命事件",
        )


def _days(values: dict[str, Any]) -> dict[str, Any]:
    """The columns with their days read back from text."""
    return {key: date.fromisoformat(text) if text and key in DAYS else text for key, text in values.items()}


def _resident(person_id: UUID, write: Any) -> Iterator[Effect]:
    """The resident's row before and after `write`."""
    before = Resident.objects.values(*RESIDENT).get(pk=person_id)
    write()
    after = Resident.objects.values(*RESIDENT).get(pk=person_id)
    changed = {key for key in RESIDENT if before[key] != after[key]}
    yield Effect("resident", person_id, "居民登记", _said(before, changed), _said(after, changed))


def _ended(person_id: UUID, day: date, tables: Iterable[str], **narrow: Any) -> Iterator[Effect]:
    """Rows that hold on or after `day` end there; those that begin later never hold."""
    for table in tables:
        rows = DATED[table].objects.select_for_update().filter(person_id__in=ids_of(person_id), **narrow)
        for row in rows.filter(Q(valid_to=None) | Q(valid_to__gt=day)):
            before = row.valid_to
            row.valid_to = max(day, row.valid_from)
            row.save(update_fields=["valid_to"])
            about = getattr(row, "scheme", "") or getattr(row, "category", "") or getattr(row, "role", "")
            yield Effect(table, row.pk, about, _iso({"valid_to": before}), _iso({"valid_to": row.valid_to}))


def _made(table: str, model: Any, **values: Any) -> Effect:
    row = model.objects.create(**values)
    about = values.get("scheme") or values.get("category") or values.get("role", "")
    return Effect(table, row.pk, about, None, {"valid_from": row.valid_from.isoformat()})


def _said(values: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return _iso({key: values[key] for key in sorted(keys)})


def _iso(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
