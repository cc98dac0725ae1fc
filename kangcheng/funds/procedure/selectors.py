"""Questions about procedures: one with its steps, what an actor may do next, the rates that the process defines."""

from collections.abc import Collection
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.funds.billing.models import Bill
from kangcheng.funds.procedure.models import Procedure, ProcedureStep
from kangcheng.funds.procedure.types import OpenStep, ProcedureError, ProcedureView, StepView
from kangcheng.funds.settlement import releases
from kangcheng.policy.machine import Journey, Step, begin, missing, open_steps, rate


def procedure(procedure_id: UUID) -> ProcedureView:
    """One procedure. Raises ProcedureError when there is none."""
    row = Procedure.objects.filter(pk=procedure_id).first()
    if row is None:
        raise ProcedureError("没有这个流程 (no such procedure)", where=f"procedure:{procedure_id}")
    return _view(row)


def of_bill(bill_id: UUID) -> ProcedureView | None:
    """The procedure of a bill, None without one."""
    row = Procedure.objects.filter(bill_id=bill_id).first()
    return _view(row) if row else None


def next_steps(procedure_id: UUID, by: Actor) -> list[OpenStep]:
    """Steps that some role of the actor may take now; who must be another person is judged when it is taken."""
    row = Procedure.objects.get(pk=procedure_id)
    entry, journey = entry_of(row), journey_of(row)
    known = {field["id"]: field for field in entry.get("fields", [])}
    found = []
    for role in sorted(by.roles):
        for step in open_steps(entry, journey, role):
            wanted = missing(entry, step["id"], journey.fields)
            names = [name for group in wanted for name in group.split("|")]
            found.append(
                OpenStep(step["id"], step["title"], role, tuple(known[name] for name in names), tuple(wanted))
            )
    return found


def waiting(*, process: str, states: tuple[str, ...], limit: int = 100) -> list[ProcedureView]:
    """Procedures that stand in one of the states, oldest first."""
    rows = Procedure.objects.filter(process=process, state__in=states).order_by("opened_on", "pk")
    return [_view(row) for row in rows[:limit]]


def rate_of(
    *, process: str, rate_id: str, since: date, on: date, institutions: Collection[UUID] | None = None
) -> Fraction | None:
    """A rate the process entry defines (one-time settlement ...) over the procedures opened in the span.

    Only over those of the `institutions`; None: of all. None when there was no procedure.
    """
    found = Procedure.objects.filter(process=process, opened_on__gte=since, opened_on__lte=on)
    if institutions is not None:
        bills = Bill.objects.filter(institution_id__in=institutions)
        found = found.filter(bill_id__in=bills.values("id"))
    rows = list(found.order_by("opened_on"))
    if not rows:
        return None
    return rate(entry_of(rows[-1]), rate_id, [journey_of(row) for row in rows])


def entry_of(row: Procedure) -> Any:
    """The process entry the procedure runs on, from the release it was opened with."""
    return releases.kept(row.release_hash).at(row.opened_on).get("process", row.process)


def journey_of(row: Procedure) -> Journey:
    """Where the procedure stands, from the steps taken."""
    entry = entry_of(row)
    journey = begin(entry)
    fields: dict[str, Any] = {}
    steps, states, since = [], list(journey.states), 0
    for taken in ProcedureStep.objects.filter(procedure=row).order_by("created_at", "pk"):
        given = {**taken.fields, **taken.evidence}
        fields |= given
        since = (taken.done_on - row.opened_on).days
        steps.append(Step(taken.step, str(taken.actor_id), taken.role, since, given))
        states.append(taken.state)
    return Journey(states[-1], since, fields, tuple(steps), tuple(states))


def _view(row: Procedure) -> ProcedureView:
    entry = entry_of(row)
    titles = {step["id"]: step["title"] for step in entry.get("transitions")}
    states = {state["id"]: state for state in entry.get("states")}
    steps = tuple(
        StepView(
            one.step, titles.get(one.step, one.step), one.state, one.actor_id, one.actor_name, one.role, one.done_on,
            one.fields, one.evidence, one.payee_name,
        )
        for one in ProcedureStep.objects.filter(procedure=row).order_by("created_at", "pk")
    )  # fmt: skip
    return ProcedureView(
        row.pk, row.bill_id, row.person_id, row.process, entry.title, row.state, states[row.state]["title"],
        states[row.state].get("final") == "yes", row.opened_on, row.finished_on, steps,
        tuple(one["title"] for one in entry.get("not_asked", [])),
    )  # fmt: skip
