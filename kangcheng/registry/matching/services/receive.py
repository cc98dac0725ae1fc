"""A record of an institution comes in: it finds its person, waits for somebody to decide, or makes a new one."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import IdentityError, IdentityNumber
from kangcheng.registry.areas.selectors import unknown
from kangcheng.registry.copying import refusing
from kangcheng.registry.matching import candidates, facts
from kangcheng.registry.matching.rules import LINKED, NEW
from kangcheng.registry.matching.services import batch, linking
from kangcheng.registry.matching.services.judge import Birth, Judged, judge
from kangcheng.registry.matching.traits import Read, read
from kangcheng.registry.matching.types import NewRecord, Outcome
from kangcheng.registry.people.columns import identity_index
from kangcheng.registry.people.models import SourceRecord
from kangcheng.registry.people.rules import plain_name
from kangcheng.registry.permission import require

MOST = {"system": 32, "number": 64, "name": 64, "household": 32}


def receive(*, new: NewRecord, by: Actor, on: date, why: str = "") -> Outcome:
    """Take a record in, once per (system, number): the same facts again change nothing, other facts are judged anew.

    Raises Faults for a record without key, name or a known area; NotPermitted outside the actor's areas.
    """
    require(by, "person.write", area=new.area_code)
    _refuse(_faults(new))
    return _take(new, None, by=by, on=on, why=why)


def receive_many(*, rows: Iterable[NewRecord], by: Actor, on: date, why: str = "") -> list[Outcome]:
    """Take a list of records in, all of them or none; every fault with its row number."""
    new = list(rows)
    for area in {row.area_code for row in new}:
        require(by, "person.write", area=area)
    _refuse([fault for line, row in enumerate(new, 1) for fault in _faults(row, line)])
    known = _known(new, by, on) if len(new) >= batch.WORTH else {}
    with acting(by=by, on=on, why=why, action="source.receive"):
        return [_take(row, known.get(str(place)), by=by, on=on, why=why) for place, row in enumerate(new)]


def _known(new: list[NewRecord], by: Actor, on: date) -> dict[str, Judged]:
    """Place in the list -> whom the record is, as far as weights say; newborns go by their mothers."""
    asked = {str(place): _read(row).traits for place, row in enumerate(new) if not row.mother_identity}
    return batch.judged(asked, by=by, on=on)


def _take(new: NewRecord, known: Judged | None, *, by: Actor, on: date, why: str) -> Outcome:
    given = _read(new)
    with acting(by=by, on=on, why=why, action="source.receive"), refusing("来源记录"):
        row, made = SourceRecord.objects.select_for_update().get_or_create(
            system=new.system, number=new.number, defaults={"seen_on": on, "state": "waiting"}
        )
        digest = facts.digest(given.traits)
        if not made and facts.same(row.facts_index, given.traits) and row.birth_order == new.birth_order:
            return _outcome(row, given, changed=False)
        mother, notes = _mother(new)
        _write(row, new, given, digest, mother)
        if row.state == "waiting":
            _settle(row, given, known, by=by, on=on, why=why)
        else:
            _again(row, given, by=by, on=on)
        detail = {"system": row.system, "state": row.state, "how": row.how, "doubts": row.doubts}
        record(action="source.receive", subject=f"source:{row.pk}", by=by, on=on, why=why, detail=detail)
        return _outcome(row, given, notes)


def _settle(row: SourceRecord, given: Read, known: Judged | None, *, by: Actor, on: date, why: str) -> None:
    """Judge a record that is nobody's yet, and write down what comes out."""
    birth = Birth(row.mother_id, row.birth_on, row.birth_order) if row.mother_id and row.birth_on else None
    refused = linking.refused(row)
    judged = known if known and not refused else None
    judged = judged or judge(given.traits, by=by, on=on, birth=birth, refused=refused)
    decision = judged.decision
    if decision.state == LINKED and decision.person:
        weight = decision.candidates[0].scored.weight
        linking.link(row, UUID(decision.person), judged.how, by=by, on=on, why=why, weight=weight)
    elif decision.state != NEW:
        linking.wait(row, decision.candidates, decision.doubts, on=on)
    elif not linking.found(row, by=by, on=on, why=why):
        linking.wait(row, (), ("few",), on=on)


def _again(row: SourceRecord, given: Read, *, by: Actor, on: date) -> None:
    """A linked record has other facts now: the link stays, unless its number has turned out to be another person's."""
    judged: Judged = judge(given.traits, by=by, on=on)
    other = judged.decision.candidates[0].person if judged.decision.candidates else None
    if judged.how == "number" and other and UUID(other) != _golden(row):
        linking.tell("parted", row)
        linking.wait(row, judged.decision.candidates, ("number_of_another",), on=on)
    else:
        row.save()


def _golden(row: SourceRecord) -> UUID | None:
    from kangcheng.registry.people.selectors import resolve

    return resolve(row.person_id) if row.person_id else None


def _read(new: NewRecord) -> Read:
    return read(
        name=new.name, sex=new.sex, birth_on=new.birth_on, phone=new.phone, identity=new.identity,
        area_code=new.area_code, address=new.address, household=new.household,
    )  # fmt: skip


def _write(row: SourceRecord, new: NewRecord, given: Read, digest: bytes, mother: UUID | None) -> None:
    """The facts as read onto the row."""
    traits = given.traits
    row.name, row.sex, row.birth_on = plain_name(new.name), traits.sex, traits.birth
    row.identity = traits.identity or None
    row.identity_index = identity_index(traits.identity) if traits.identity else None
    row.phone, row.address = traits.phone or None, new.address.strip() or None
    row.area_code, row.household = traits.place, traits.household
    row.institution_id, row.mother_id, row.birth_order = new.institution_id, mother, new.birth_order
    row.facts_index = digest


def _mother(new: NewRecord) -> tuple[UUID | None, tuple[Fault, ...]]:
    if not new.mother_identity.strip():
        return None, ()
    try:
        found = candidates.holder(IdentityNumber.parse(new.mother_identity).text)
    except IdentityError as error:
        return None, (Fault("mother_identity", error.what, error.rule, error.todo),)
    what = "母亲未登记 (mother not registered)"
    return found, () if found else (Fault("mother_identity", what, "", "先登记母亲"),)


def _faults(new: NewRecord, line: int | None = None) -> list[Fault]:
    faults = [
        Fault(name, "为空或过长 (missing or too long)", f"1 至 {most} 字", line=line)
        for name, most in MOST.items()
        if len(getattr(new, name)) > most or (name != "household" and not getattr(new, name).strip())
    ]
    if unknown({new.area_code}):
        faults.append(Fault("area_code", f"没有这个区划 (unknown area) {new.area_code!r}", line=line))
    return faults


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Faults(faults, where="来源记录", todo="改正后重报")


def _outcome(
    row: SourceRecord, given: Read, notes: tuple[Fault, ...] = (), *, changed: bool = True
) -> Outcome:
    return Outcome(
        row.pk, row.state, row.how, row.person_id, tuple(row.doubts), (*given.notes, *notes), changed
    )
