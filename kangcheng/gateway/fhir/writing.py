"""Create, update, delete: checked whole, owned by a resident the caller may reach, kept with its index and its news."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from kangcheng.access import segments
from kangcheng.gateway.fhir import registered, subjects
from kangcheng.gateway.fhir.exchange import Answer, Asked
from kangcheng.gateway.fhir.newcomers import take
from kangcheng.gateway.fhir.outcome import FhirError, not_found
from kangcheng.gateway.fhir.reading import etag, shown, within
from kangcheng.gateway.fhir.searching import matching_ids
from kangcheng.kernel.errors import Faults
from kangcheng.records.store import selectors as store
from kangcheng.records.store import services
from kangcheng.records.store.types import Draft, Stored
from kangcheng.records.validation.services import faults_of


@dataclass(frozen=True)
class Wish:
    """A resource to be kept: where (None: a new id), and which version it replaces."""

    resource: dict[str, Any]
    logical_id: str | None = None
    expect: int | None = None


def create(asked: Asked, kind: str) -> Answer:
    """POST Type, also with If-None-Exist."""
    resource = checked(asked, kind)
    condition = asked.header("if-none-exist")
    if condition:
        held = matching_ids(asked, kind, condition)
        if len(held) > 1:
            raise FhirError(412, "multiple-matches", "有多条符合条件 (several match)", where="If-None-Exist")
        if held:
            row = store.get(kind, held[0], within(asked))
            return answered(row, asked, 200) if row else Answer(412)
    if kind in registered.TYPES:
        return registered_create(asked, resource)
    return answered(keep(asked, [Wish(resource)])[0], asked, 201)


def registered_create(asked: Asked, resource: dict[str, Any]) -> Answer:
    """POST Patient; the other rendered types are written by the city's own offices."""
    if resource["resourceType"] == "Patient":
        return take(asked, resource)
    raise not_written(resource["resourceType"])


def not_written(kind: str) -> FhirError:
    """Refusal of what the registry's own offices write."""
    return FhirError(
        405, "not-supported", f"{kind} 由登记库维护，不经此接口写入 (kept by the registry)", where=kind
    )


def update(asked: Asked, kind: str, logical_id: str) -> Answer:
    """PUT Type/id: a new version, or the first one under this id."""
    resource = checked(asked, kind)
    if kind in registered.TYPES:
        raise not_written(kind)
    if resource.get("id") != logical_id:
        raise FhirError(
            400, "invalid", "内容的 id 与地址不符 (id differs from the address)", where=f"{kind}.id"
        )
    row = keep(asked, [Wish(resource, logical_id, expected(asked))])[0]
    return answered(row, asked, 201 if row.created else 200)


def update_where(asked: Asked, kind: str) -> Answer:
    """PUT Type?search: the one that matches, or a new one."""
    resource = checked(asked, kind)
    if kind in registered.TYPES:
        raise not_written(kind)
    held = matching_ids(asked, kind, asked.given)
    if len(held) > 1:
        raise FhirError(412, "multiple-matches", "有多条符合条件 (several match)", where=kind)
    if held and resource.get("id", held[0]) != held[0]:
        raise FhirError(400, "invalid", "内容的 id 与符合条件的资源不符 (id differs)", where=f"{kind}.id")
    row = keep(asked, [Wish(resource, held[0] if held else resource.get("id"), expected(asked))])[0]
    return answered(row, asked, 201 if row.created else 200)


def delete(asked: Asked, kind: str, logical_id: str) -> Answer:
    """DELETE Type/id. What is gone already, or was never there for the caller, is the same 204."""
    if kind in registered.TYPES:
        raise not_written(kind)
    actor = asked.caller.actor
    row = store.get(kind, logical_id, within(asked))
    if row is None:
        return Answer(204)
    owned(asked, row)
    gone = services.delete(
        kind, logical_id, by=actor, on=asked.today, why=asked.header("x-reason")[:500], expect=expected(asked)
    )
    return Answer(204, b"", {"ETag": etag(gone)})


def checked(asked: Asked, kind: str) -> dict[str, Any]:
    """The body as a resource of `kind`. Raises Faults with every fault and its path."""
    resource = asked.json()
    faults = faults_of(resource)
    if faults:
        raise Faults(faults, where=kind)
    if resource["resourceType"] != kind:
        raise FhirError(
            400,
            "invalid",
            f"地址为 {kind}，内容为 {resource['resourceType']} (type differs)",
            where="resourceType",
        )
    return resource


def keep(asked: Asked, wishes: Sequence[Wish], *, fresh: bool = False) -> list[Stored]:
    """Write resources for the caller, all or none. `fresh`: their ids were just made, so nothing can stand there."""
    drafts = [replace(_draft(asked, wish), fresh=fresh) for wish in wishes]
    for kind, logical_id in [
        (w.resource["resourceType"], w.logical_id) for w in wishes if w.logical_id and not fresh
    ]:
        _may_replace(asked, kind, logical_id)
    return services.put_many(
        drafts, by=asked.caller.actor, on=asked.today, why=asked.header("x-reason")[:500]
    )


def _draft(asked: Asked, wish: Wish) -> Draft:
    subject: UUID | None = subjects.subject_of(asked, wish.resource)
    segment = segments.of(wish.resource, asked.today)
    return Draft(wish.resource, subject, wish.logical_id, wish.expect, segment, asked.caller.institution)


def _may_replace(asked: Asked, kind: str, logical_id: str) -> None:
    """What is there but not to be seen is not to be replaced; it looks as if the id could not be used."""
    held = store.get(kind, logical_id)
    if held is None:
        return
    if store.get(kind, logical_id, within(asked)) is None:
        raise not_found(kind, logical_id)
    owned(asked, held)


def owned(asked: Asked, held: Stored) -> None:
    """A version is replaced by the institution that wrote it, or by the city's own platform."""
    actor, mine = asked.caller.actor, held.institution_id
    if mine is not None and not actor.where("record.write").covers_institution(mine):
        raise FhirError(
            403, "forbidden", "只能修改本机构写入的资源 (written by another institution)", rule="谁写入谁修改"
        )


def expected(asked: Asked) -> int | None:
    """The version named by If-Match."""
    text = asked.header("if-match")
    if not text:
        return None
    number = text.removeprefix("W/").strip('"')
    if not number.isdigit() or len(number) > 9:
        raise FhirError(400, "invalid", 'If-Match 形如 W/"3"', where="If-Match")
    return int(number)


def answered(row: Stored, asked: Asked, status: int) -> Answer:
    """The answer to a write: the resource, or nothing where the client prefers that."""
    found = shown(row, asked, status)
    found.headers["Location"] = f"{asked.base}{row.type}/{row.logical_id}/_history/{row.version}"
    if "return=minimal" in asked.header("prefer").replace(" ", ""):
        found.body = b""
    return found
