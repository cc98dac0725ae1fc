"""A list of another office, row by row against the register. Reads only: what to do with it is the list's own business."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.registry.matching.rules import LINKED, WAITING
from kangcheng.registry.matching.services.judge import judge
from kangcheng.registry.matching.traits import read
from kangcheng.registry.matching.types import Listed, ListReport, NewRecord
from kangcheng.registry.permission import require

STATES = {LINKED: "matched", WAITING: "waiting"}


def match_list(rows: Iterable[NewRecord], *, by: Actor, on: date) -> ListReport:
    """Who the rows are: matched, waiting (with likely people and the chance of each) or unknown. Writes nothing.

    `system` and `number` of the rows are not used. Somebody outside the actor's areas is given only for an exact number.
    """
    require(by, "person.import")
    return ListReport(tuple(_row(number, row, by, on) for number, row in enumerate(rows, 1)))


def _row(number: int, row: NewRecord, by: Actor, on: date) -> Listed:
    given = read(
        name=row.name, sex=row.sex, birth_on=row.birth_on, phone=row.phone, identity=row.identity,
        area_code=row.area_code, address=row.address, household=row.household,
    )  # fmt: skip
    decision = judge(given.traits, by=by, on=on).decision
    return Listed(
        number,
        STATES.get(decision.state, "unknown"),
        UUID(decision.person) if decision.person else None,
        tuple((UUID(one.person), one.scored.chance) for one in decision.candidates),
        decision.doubts,
        given.notes,
    )
