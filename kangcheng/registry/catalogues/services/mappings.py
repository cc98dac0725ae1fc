"""Institution's item to national item: proposed by the institution, decided by another person of the fund."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import new_id
from kangcheng.registry.catalogues.models import HospitalItem, Item, Mapping
from kangcheng.registry.catalogues.services.items import PERMISSION, CatalogueError
from kangcheng.registry.catalogues.types import NewMapping
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.permission import require, require_city
from kangcheng.registry.validity import holds

_COLUMNS = (
    "id", "institution", "hospital_code", "national_code", "status", "valid_from", "valid_to", "proposed_by",
    "decided_by", "decided_on", "reason",
)  # fmt: skip


def propose(*, new: NewMapping, by: Actor, on: date, why: str = "") -> UUID:
    """The institution proposes a mapping. Raises Faults for an item that is not in force or a proposal that waits already."""
    require(by, PERMISSION, institution=new.institution_id)
    with acting(by=by, on=on, why=why, action="mapping.propose"), refusing("目录对照"):
        _refuse(_faults([new]))
        row = Mapping.objects.create(
            institution_id=new.institution_id,
            hospital_code=new.hospital_code,
            national_code=new.national_code,
            status="proposed",
            valid_from=new.valid_from,
            valid_to=new.valid_to,
            proposed_by=by.user_id,
        )
        detail = {"hospital": new.hospital_code, "national": new.national_code}
        record(action="mapping.propose", subject=f"mapping:{row.pk}", by=by, on=on, why=why, detail=detail)
    return row.pk


def approve(*, mapping_id: UUID, by: Actor, on: date, why: str = "") -> None:
    """Another person accepts it; what the item was mapped to before ends on its first day."""
    with acting(by=by, on=on, why=why, action="mapping.approve"), refusing("目录对照"):
        row = _waiting(mapping_id, by)
        before = Mapping.objects.filter(
            institution_id=row.institution_id, hospital_code=row.hospital_code, status="approved", valid_to=None,
            valid_from__lt=row.valid_from,
        )  # fmt: skip
        before.update(valid_to=row.valid_from)
        _decide(row, "approved", by=by, on=on, why=why)


def reject(*, mapping_id: UUID, by: Actor, on: date, why: str) -> None:
    """Another person sends it back, saying why."""
    with acting(by=by, on=on, why=why, action="mapping.reject"), refusing("目录对照"):
        _decide(_waiting(mapping_id, by), "rejected", by=by, on=on, why=why)


def end_mapping(*, mapping_id: UUID, valid_to: date, by: Actor, on: date, why: str) -> None:
    """The mapping holds until the day before `valid_to`."""
    require_city(by, PERMISSION)
    with acting(by=by, on=on, why=why, action="mapping.end"):
        row = Mapping.objects.select_for_update().filter(pk=mapping_id, status="approved").first()
        if row is None or valid_to < row.valid_from:
            raise CatalogueError("没有这条对照，或止期早于起期 (no such mapping, or ends before it starts)")
        row.valid_to = valid_to
        row.save(update_fields=["valid_to"])
        record(action="mapping.end", subject=f"mapping:{row.pk}", by=by, on=on, why=why)


def bulk_mappings(
    rows: Iterable[NewMapping], *, proposed_by: Actor, by: Actor, on: date, why: str = ""
) -> list[UUID]:
    """Many mappings that two different people have gone through already; one COPY, one audit event."""
    given = list(rows)
    require_city(by, PERMISSION)
    for institution_id in {row.institution_id for row in given}:
        require(proposed_by, PERMISSION, institution=institution_id)
    ids = [new_id() for _ in given]
    with acting(by=by, on=on, why=why, action="mapping.bulk"), refusing("目录对照"):
        _refuse(_faults(given, numbered=True))
        copy_in(
            Mapping,
            _COLUMNS,
            (
                (key, r.institution_id, r.hospital_code, r.national_code, "approved", r.valid_from, r.valid_to,
                 proposed_by.user_id, by.user_id, on, "")
                for key, r in zip(ids, given, strict=True)
            ),
        )  # fmt: skip
        detail = {"rows": len(given), "proposed_by": str(proposed_by.user_id)}
        record(action="mapping.bulk", subject="mapping:many", by=by, on=on, why=why, detail=detail)
    return ids


def _waiting(mapping_id: UUID, by: Actor) -> Mapping:
    require_city(by, PERMISSION)
    row = Mapping.objects.select_for_update().filter(pk=mapping_id, status="proposed").first()
    if row is None:
        raise CatalogueError(
            "没有这条待审核的对照 (no such proposal waiting)", where=str(mapping_id), todo="刷新列表"
        )
    return row


def _decide(row: Mapping, status: str, *, by: Actor, on: date, why: str) -> None:
    row.status, row.decided_by, row.decided_on, row.reason = status, by.user_id, on, why
    row.save(update_fields=["status", "decided_by", "decided_on", "reason"])
    detail = {"hospital": row.hospital_code, "national": row.national_code}
    action = "mapping.approve" if status == "approved" else "mapping.reject"
    record(action=action, subject=f"mapping:{row.pk}", by=by, on=on, why=why, detail=detail)


def _faults(rows: Sequence[NewMapping], *, numbered: bool = False) -> list[Fault]:
    """Both ends must be in force on the first day, and of one kind. Two queries a first day."""
    faults = []
    for day in {row.valid_from for row in rows}:
        national = dict(Item.objects.filter(holds(day)).values_list("code", "kind"))
        ours = HospitalItem.objects.filter(
            holds(day), institution_id__in={row.institution_id for row in rows}
        )
        own = {(key, code): kind for key, code, kind in ours.values_list("institution_id", "code", "kind")}
        for line, row in enumerate(rows, 1):
            if row.valid_from == day:
                kinds = own.get((row.institution_id, row.hospital_code)), national.get(row.national_code)
                faults += _ends(row, kinds, line if numbered else None)
    return faults


def _ends(row: NewMapping, kinds: tuple[str | None, str | None], line: int | None) -> list[Fault]:
    faults = []
    for name, kind, code in zip(
        ("hospital_code", "national_code"), kinds, (row.hospital_code, row.national_code), strict=True
    ):
        if kind is None:
            faults.append(
                Fault(name, f"该编码当日不在目录 (code not in force) {code!r}", "先维护目录", line=line)
            )
    if all(kinds) and kinds[0] != kinds[1]:
        faults.append(
            Fault("national_code", "两边种类不同 (kinds differ)", "药品对药品，服务对服务", line=line)
        )
    return faults


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Faults(sorted(faults, key=lambda fault: fault.line or 0), where="目录对照", todo="改正后重试")
