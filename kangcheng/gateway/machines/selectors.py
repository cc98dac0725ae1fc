"""Questions about machines."""

from datetime import date
from uuid import UUID

from django.db import connection

from kangcheng.base.accounts.types import Actor, Reach
from kangcheng.gateway.machines.models import Machine
from kangcheng.gateway.machines.services import marks_of
from kangcheng.gateway.machines.types import Caller, Scopes, read_scopes

_FIND = """
    SELECT m.id, m.title, m.institution_id, m.scopes FROM gateway_machinetoken t JOIN gateway_machine m ON m.id = t.machine_id
    WHERE t.mark = ANY(%s) AND t.revoked_at IS NULL AND t.expires_at > now()
      AND m.valid_from <= %s AND (m.valid_to IS NULL OR m.valid_to > %s)
"""


def caller(token: str, purpose: str, on: date) -> Caller | None:
    """Who shows this token; None when it is nobody's, expired or revoked. One query."""
    with connection.cursor() as sql:
        sql.execute(_FIND, [marks_of(token), on, on])
        row = sql.fetchone()
    if row is None:
        return None
    machine_id, title, institution, scopes = row
    held = read_scopes(scopes)
    return Caller(_actor(machine_id, title, institution, held, purpose), held, institution)


def caller_of(machine_id: UUID, purpose: str, on: date) -> Caller | None:
    """A machine in the background, with what it may do today; None when it is served no more."""
    row = Machine.objects.filter(pk=machine_id, valid_from__lte=on).first()
    if row is None or (row.valid_to and row.valid_to <= on):
        return None
    held = read_scopes(row.scopes)
    return Caller(_actor(row.pk, row.title, row.institution_id, held, purpose), held, row.institution_id)


def machines() -> list[Machine]:
    """All of them, by code."""
    return list(Machine.objects.order_by("code"))


def named(code: str) -> Machine | None:
    """The machine of a code."""
    return Machine.objects.filter(code=code).first()


def _actor(machine_id: UUID, title: str, institution: UUID | None, scopes: Scopes, purpose: str) -> Actor:
    """The machine as an actor: it sees whom its institution has to do with, and may register people anywhere."""
    here: Reach = (frozenset(), frozenset({institution})) if institution else (frozenset({""}), frozenset())
    anywhere: Reach = (frozenset({""}), here[1])
    reach: dict[str, Reach] = {}
    if scopes.any("rs"):
        reach |= {"person.look": here, "record.look": here}
    if scopes.any("cud"):
        reach |= {"person.look": here, "record.write": here}
    if scopes.allow("Claim", "c") and institution:
        reach |= {"bill.write": here, "claim.settle": here, "claim.look": here}
    if scopes.allow("Patient", "c"):
        reach["person.write"] = anywhere
    return Actor(
        user_id=machine_id, name=title, roles=frozenset({"machine"}), areas=("",) if not institution else (),
        institutions=here[1], purpose=purpose, permissions=frozenset(reach), reach=reach,
    )  # fmt: skip
