"""Take a record from its person, or give it to another by hand. Nothing is lost: history keeps what was."""

from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import KangchengError
from kangcheng.registry.matching import candidates, facts, thresholds
from kangcheng.registry.matching.models import MatchPair
from kangcheng.registry.matching.rules import Candidate
from kangcheng.registry.matching.services import linking
from kangcheng.registry.people import services as people
from kangcheng.registry.people.models import SourceRecord
from kangcheng.registry.people.selectors import resolve
from kangcheng.registry.people.services.merge import locked
from kangcheng.registry.permission import require

LONGEST = 200


class NotParted(KangchengError):
    """The record cannot be parted from its person."""


def part(*, record_id: UUID, by: Actor, on: date, why: str) -> UUID:
    """The record is not this person's: it becomes a person of its own, what it had filled in is taken back.

    Remembered as "not the same". News: `registry.source.parted`. Returns the new person. Raises NotParted.
    """
    with acting(by=by, on=on, why=why, action="source.revoke"):
        row = linking.locked_record(record_id)
        person_id = _joined(row)
        require(by, "person.write", area=locked(person_id).area_code)
        require(by, "person.write", area=row.area_code)
        linking.unfill(row, by=by, on=on, why=why)
        linking.tell("parted", row)
        _remember(row, resolve(person_id), by=by, on=on, why=why)
        if not linking.found(row, by=by, on=on, why=why):
            raise NotParted(
                "内容不足以另建档案 (too little is known)",
                rule="姓名、性别、出生日期、区划",
                todo="补齐来源记录后再分开",
            )
        detail = {"from": str(person_id), "to": str(row.person_id)}
        record(action="source.revoke", subject=f"source:{row.pk}", by=by, on=on, why=why, detail=detail)
    assert row.person_id
    return row.person_id


def attach(*, record_id: UUID, person_id: UUID, by: Actor, on: date, why: str) -> None:
    """A record that waits belongs to this person, as somebody knows. Raises NotParted when it is somebody's already."""
    with acting(by=by, on=on, why=why, action="source.attach"):
        row = linking.locked_record(record_id)
        if row.state != "waiting":
            raise NotParted("该记录已归并 (linked already)", todo="先分开，再归并到他人")
        golden = resolve(person_id)
        require(by, "person.write", area=locked(golden).area_code)
        linking.link(row, golden, "hand", by=by, on=on, why=why)
        record(
            action="source.attach",
            subject=f"source:{row.pk}",
            by=by,
            on=on,
            why=why,
            detail={"to": str(golden)},
        )


def unmerge(*, absorbed: UUID, by: Actor, on: date, why: str) -> None:
    """Two merged residents are two people: as `people.services.unmerge`, remembered as "not the same"."""
    with acting(by=by, on=on, why=why, action="person.unmerge"):
        golden = resolve(absorbed)
        people.unmerge(absorbed=absorbed, by=by, on=on, why=why)
        both = candidates.traits_of([golden, absorbed])
        for one, other in ((golden, absorbed), (absorbed, golden)):
            MatchPair.objects.filter(person_id=one, other_id=other).update(
                state="different", decided_on=on, decided_by=by.user_id, why=why[:LONGEST],
                facts_index=facts.digest(both[other], both[one]),
            )  # fmt: skip


def _joined(row: SourceRecord) -> UUID:
    """The person the record was joined to; a record that made its person cannot leave while it is all there is."""
    if row.person_id is None:
        raise NotParted("该记录尚未归并 (not linked)", where=row.system)
    if row.how == "new":
        raise NotParted(
            "此人由该记录建档 (the person was made from this record)", rule="分开后来归并的记录，或撤销合并",
            todo="改选另一条来源记录",
        )  # fmt: skip
    return row.person_id


def _remember(row: SourceRecord, person_id: UUID, *, by: Actor, on: date, why: str) -> None:
    one = candidates.record_traits(row)
    weighed: list[Candidate] = candidates.scored(thresholds.model(), one, [person_id])
    both = one, candidates.traits_of([person_id])[person_id]
    MatchPair.objects.filter(record=row, person_id=person_id).exclude(state="open").update(state="closed")
    linking.ask(weighed[0], both, [], on=on, record=row)
    MatchPair.objects.filter(record=row, person_id=person_id).update(
        state="different", decided_on=on, decided_by=by.user_id, why=why[:LONGEST]
    )
