"""Verbs on imports: try a list, take it in whole, match the rest later, take it back."""

import hashlib
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef
from psycopg.types.json import Jsonb

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.base.personal import seal
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.registry.cards.models import Card
from kangcheng.registry.categories import services as categories
from kangcheng.registry.categories.models import PersonCategory
from kangcheng.registry.categories.types import NewCategory
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.coverage.models import Coverage
from kangcheng.registry.households import services as households
from kangcheng.registry.households.models import Household, Membership
from kangcheng.registry.households.types import NewHousehold, NewMember
from kangcheng.registry.imports.columns import after
from kangcheng.registry.imports.models import ImportBatch, ImportRow
from kangcheng.registry.imports.plans import Plan, known_people, plan
from kangcheng.registry.imports.types import KINDS, Report
from kangcheng.registry.people import services as people
from kangcheng.registry.people.columns import identity_index
from kangcheng.registry.people.models import IDENTITY, Resident
from kangcheng.registry.people.rules import same_name
from kangcheng.registry.permission import require

MOST_SOURCE = 64
_ROW = ("id", "batch", "number", "identity", "identity_index", "name", "values", "reason")


class ImportRefused(KangchengError):
    """A list cannot be taken in or back as asked."""


def check(*, kind: str, content: bytes, file_name: str, by: Actor, on: date) -> Report:
    """Dry run: what the list would do, with every fault by row and column. Writes nothing."""
    _allowed(kind, by)
    return plan(kind, content, file_name, by=by, on=on).report()


def apply(
    *, kind: str, content: bytes, file_name: str, source: str, by: Actor, on: date, why: str = ""
) -> Report:
    """Take the list in, all of it or nothing. Raises Faults with every faulty row; the same file twice is refused.

    Rows that match nobody do not stop it: they wait (see `selectors.unmatched`, `match_again`).
    """
    _allowed(kind, by)
    if not source.strip() or len(source) > MOST_SOURCE:
        raise Faults(
            [Fault("source", "请写明名单来源 (say whose list)", f"1 至 {MOST_SOURCE} 字")], where=file_name
        )
    made = plan(kind, content, file_name, by=by, on=on)
    if made.faults:
        report = made.report()
        raise Faults(report.faults, where=file_name, todo="改正后整份重传；本次未写入任何内容")
    with acting(by=by, on=on, why=why, action="import.apply"), refusing(file_name):
        batch = _open_batch(made, content, source, by, on)
        write = {"residents": _write_residents, "categories": _write_categories}[kind]
        write(made, batch.pk, source, by, on, why)
        detail = {"kind": kind, "rows": made.rows, "created": batch.created, "unmatched": batch.unmatched}
        record(action="import.apply", subject=f"import:{batch.pk}", by=by, on=on, why=why, detail=detail)
    return made.report(batch.pk)


def match_again(*, by: Actor, on: date, why: str = "复核未匹配名单", batch_id: UUID | None = None) -> int:
    """Give the mark to waiting rows whose person has been registered since; returns how many rows found theirs."""
    _allowed("categories", by)
    with acting(by=by, on=on, why=why, action="import.match"), refusing("未匹配名单"):
        rows = ImportRow.objects.select_for_update().filter(matched_on=None, batch__state="applied")
        waiting = list(rows.filter(batch_id=batch_id) if batch_id else rows)
        known = known_people(row.identity for row in waiting)
        found = 0
        for row in waiting:
            person = known.get(row.identity)
            if person and same_name(person.name, row.name) and by.covers_area(person.area_code):
                _grant_waiting(row, person.id, by, on, why)
                found += 1
        record(
            action="import.match",
            subject=f"import:{batch_id or 'all'}",
            by=by,
            on=on,
            why=why,
            detail={"rows": found},
        )
    return found


def undo(*, batch_id: UUID, by: Actor, on: date, why: str) -> None:
    """Take an import back: its marks are withdrawn, its people deregistered (their numbers are free again).

    Raises Faults when people of the list have got marks, coverage or cards from elsewhere since.
    """
    with acting(by=by, on=on, why=why, action="import.undo"), refusing("撤销导入"):
        batch = ImportBatch.objects.select_for_update().filter(pk=batch_id, state="applied").first()
        if batch is None:
            raise ImportRefused("没有这个可撤销的批次 (no such import to take back)", where=str(batch_id))
        _allowed(batch.kind, by)
        if batch.applied_by != by.user_id:
            require(by, "person.import", area="")  # another's list: only for the whole city
        take_back = {"residents": _take_back_residents, "categories": _take_back_categories}[batch.kind]
        count = take_back(batch_id, by, on, why)
        batch.state, batch.undone_by, batch.undone_on, batch.undone_why = "undone", by.user_id, on, why
        batch.save(update_fields=["state", "undone_by", "undone_on", "undone_why"])
        record(
            action="import.undo", subject=f"import:{batch_id}", by=by, on=on, why=why, detail={"rows": count}
        )


def _allowed(kind: str, by: Actor) -> None:
    if kind not in KINDS:
        raise ImportRefused(f"没有这种名单 (no such list) {kind!r}", todo="、".join(KINDS))
    require(by, "person.import")
    require(by, "category.write" if kind == "categories" else "person.write")


def _open_batch(made: Plan, content: bytes, source: str, by: Actor, on: date) -> ImportBatch:
    return ImportBatch.objects.create(
        kind=made.kind,
        file_name=made.file_name[-255:],
        sha256=hashlib.sha256(content).hexdigest(),
        source=source,
        rows=made.rows,
        created=len(made.people) + len(made.grants),
        unchanged=made.unchanged,
        unmatched=len(made.unmatched),
        state="applied",
        applied_by=by.user_id,
        applied_on=on,
    )


def _write_categories(made: Plan, batch_id: UUID, source: str, by: Actor, on: date, why: str) -> None:
    grants = [
        NewCategory(new.person_id, new.category, new.valid_from, new.valid_to, source, new.evidence)
        for _, new in made.grants
    ]
    categories.bulk(grants, by=by, on=on, why=why, batch_id=batch_id)
    copy_in(
        ImportRow,
        _ROW,
        (_waiting_row(batch_id, row.number, row.values, one.reason) for row, one in made.unmatched),
    )


def _waiting_row(batch_id: UUID, number: int, values: dict[str, object], reason: str) -> tuple[object, ...]:
    identity = str(values["identity"])
    last = after(values["last_day"])  # type: ignore[arg-type]
    kept = {
        "category": values["category"],
        "valid_from": str(values["valid_from"]),
        "valid_to": str(last) if last else None,
        "village": values["village"] or "",
        "evidence": values["evidence"] or "",
    }
    sealed = seal(identity, IDENTITY), identity_index(identity)
    return (new_id(), batch_id, number, *sealed, values["name"], Jsonb(kept), reason)


def _write_residents(made: Plan, batch_id: UUID, source: str, by: Actor, on: date, why: str) -> None:
    ids = people.bulk((new for _, new in made.people), by=by, on=on, why=why, batch_id=batch_id)
    seats = [
        (row, key, new) for (row, new), key in zip(made.people, ids, strict=True) if row.values["household"]
    ]
    numbers = {row.values["household"]: new.area_code for row, _, new in seats}
    homes = dict(Household.objects.filter(number__in=numbers).values_list("number", "id"))
    fresh = [NewHousehold(number, area, new_id()) for number, area in numbers.items() if number not in homes]
    homes |= {home.number: home.id for home in fresh if home.id}
    members = [
        NewMember(key, homes[row.values["household"]], row.values["role"], on) for row, key, _ in seats
    ]
    if members:
        households.bulk(fresh, members, by=by, on=on, why=why, batch_id=batch_id)


def _grant_waiting(row: ImportRow, person_id: UUID, by: Actor, on: date, why: str) -> None:
    values = row.values
    start, end = date.fromisoformat(values["valid_from"]), values["valid_to"]
    new = NewCategory(
        person_id,
        values["category"],
        start,
        date.fromisoformat(end) if end else None,
        row.batch.source,
        values["evidence"],
    )
    held = PersonCategory.objects.filter(person_id=person_id, category=new.category)
    if not held.filter(valid_from=new.valid_from, valid_to=new.valid_to).exists():
        categories.bulk([new], by=by, on=on, why=why, batch_id=row.batch_id)
    row.person_id, row.matched_on = person_id, on
    row.save(update_fields=["person_id", "matched_on"])


def _take_back_categories(batch_id: UUID, by: Actor, on: date, why: str) -> int:
    return categories.withdraw_batch(batch_id=batch_id, by=by, on=on, why=why)


def _take_back_residents(batch_id: UUID, by: Actor, on: date, why: str) -> int:
    mine = Resident.objects.filter(batch_id=batch_id).values("pk")
    used = {
        "人员类别": PersonCategory.objects.filter(person_id__in=mine).count(),
        "参保": Coverage.objects.filter(person_id__in=mine).count(),
        "凭证": Card.objects.filter(person_id__in=mine).count(),
    }
    faults = [
        Fault(what, f"已有 {count} 条后续登记 (used since)", "撤销不得留下无主的登记", "先撤销这些登记")
        for what, count in used.items()
        if count
    ]
    if faults:
        raise Faults(faults, where="撤销导入")
    Membership.objects.filter(batch_id=batch_id).delete()
    inhabited = Membership.objects.filter(household_id=OuterRef("pk"))
    Household.objects.filter(~Exists(inhabited), batch_id=batch_id).delete()
    gone = Resident.objects.filter(batch_id=batch_id, left_why="")
    return gone.update(left_on=on, left_why="error")
