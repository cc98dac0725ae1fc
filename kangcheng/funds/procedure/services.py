"""Verbs of procedures: open one over a bill, take a step. Who may do what, and who must be another, is the pack's."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.base import audit, files, outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.billing import selectors as billing
from kangcheng.funds.billing.types import BillView
from kangcheng.funds.permission import require
from kangcheng.funds.procedure import selectors
from kangcheng.funds.procedure.models import Procedure, ProcedureStep
from kangcheng.funds.procedure.types import DIRECT, ProcedureError, ProcedureView
from kangcheng.funds.settlement import releases
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import IdentityError, IdentityNumber, new_id
from kangcheng.policy.machine import Step, begin, take
from kangcheng.policy.pack import Pack

SETTLEMENT = "settlement"  # field of a process that names the settlement it waits for


def open_procedure(*, bill_id: UUID, pack: Pack, by: Actor, on: date, process: str = DIRECT) -> ProcedureView:
    """Open the process over a bill; a bill has one. Opening it twice gives the one that is there."""
    bill = billing.bill(bill_id)
    _here(bill, by)
    book = releases.book_of(pack)
    releases.keep(book)
    entry = book.at(on).get("process", process)
    with audit.acting(by=by, on=on, why="", action="procedure.open"):
        row, made = Procedure.objects.get_or_create(
            bill_id=bill_id,
            defaults={
                "id": new_id(), "person_id": bill.person_id, "process": process, "pack": book.pack,
                "release_hash": book.release_hash, "state": begin(entry).state, "opened_on": on,
                "opened_by": by.user_id,
            },
        )  # fmt: skip
        if made:
            audit.record(action="procedure.open", subject=f"procedure:{row.pk}", by=by, on=on)
    return selectors.procedure(row.pk)


def step(
    *, procedure_id: UUID, do: str, role: str, by: Actor, on: date, fields: Mapping[str, Any] | None = None,
    evidence: Mapping[str, tuple[str, str, bytes]] | None = None,
) -> ProcedureView:  # fmt: skip
    """Take one step as `role`, which the actor must hold.

    `evidence`: field -> (file name, media type, bytes), stored and kept by hash. An identity number is checked, sealed and
    shown masked only. Raises Refused (Faults) with every reason of the process, ProcedureError for a role not held.
    """
    if not by.has(role):
        raise ProcedureError("您没有该角色 (role not held)", where=role, rule="以本人角色办理")
    given = dict(fields or {})
    with audit.acting(by=by, on=on, why=do, action="procedure.step"):
        row = Procedure.objects.select_for_update().filter(pk=procedure_id).first()
        if row is None:
            raise ProcedureError("没有这个流程 (no such procedure)", where=f"procedure:{procedure_id}")
        _here(billing.bill(row.bill_id), by)
        entry = selectors.entry_of(row)
        kinds = {field["id"]: field["type"] for field in entry.get("fields", [])}
        identity = _identity(given, kinds)
        _settled(row, given)
        stored = {name: _stored(one, by) for name, one in (evidence or {}).items()}
        taken = Step(do, str(by.user_id), role, (on - row.opened_on).days, {**given, **stored})
        journey = take(entry, selectors.journey_of(row), taken)
        payee = next((str(given.pop(name)) for name in list(given) if kinds.get(name) == "person"), "")
        ProcedureStep.objects.create(
            id=new_id(), procedure=row, step=do, state=journey.state, actor_id=by.user_id, actor_name=by.name,
            role=role, done_on=on, fields={**given, **({_named(kinds, "person"): payee} if payee else {})},
            evidence=stored, payee_name=payee, payee_identity=identity,
        )  # fmt: skip
        final = {state["id"] for state in entry.get("states") if state.get("final") == "yes"}
        finished = on if journey.state in final else None
        Procedure.objects.filter(pk=row.pk).update(state=journey.state, finished_on=finished)
        audit.record(
            action="procedure.step", subject=f"procedure:{row.pk}", by=by, on=on, detail={"step": do}
        )
        outbox.append("funds.procedure", str(row.pk), {"procedure": str(row.pk), "state": journey.state})
    return selectors.procedure(procedure_id)


def _here(bill: BillView, by: Actor) -> None:
    """Procedures are for those who bill or settle at the institution."""
    require(by, "bill.write" if by.may("bill.write") else "claim.settle", institution=bill.institution_id)


def _identity(given: dict[str, Any], kinds: Mapping[str, str]) -> str | None:
    """Take the identity number out of the fields, leave its mask there, and return it to be sealed."""
    for name in list(given):
        if kinds.get(name) == "identity" and given[name]:
            try:
                number = IdentityNumber.parse(str(given[name]))
            except IdentityError as error:
                raise Faults(
                    [Fault(name, error.what, error.rule, error.todo)], what="领款人证件号不对"
                ) from error
            given[name] = number.masked
            return number.text
    return None


def _settled(row: Procedure, given: dict[str, Any]) -> None:
    """A step that names a settlement needs a live one of this bill."""
    if SETTLEMENT not in given:
        return
    answer = settlements.find(bill_id=row.bill_id)
    if answer is None or str(answer.number) != str(given[SETTLEMENT]):
        raise ProcedureError(
            "该账单没有这笔有效结算 (no such live settlement of the bill)", where=SETTLEMENT, rule="先结算后领款",
            todo="先在窗口结算，再登记结算号",
        )  # fmt: skip


def _stored(one: tuple[str, str, bytes], by: Actor) -> dict[str, str]:
    name, media_type, content = one
    file = files.store(content=content, name=name, media_type=media_type, by=by)
    return {"file": str(file.pk), "sha256": file.sha256, "type": media_type}


def _named(kinds: Mapping[str, str], kind: str) -> str:
    return next(name for name, found in kinds.items() if found == kind)
