"""Verbs on coverage: grant, end, and many at once. Who paid what is `funds.enrolment`'s; this says who is insured."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.coverage.models import Coverage
from kangcheng.registry.coverage.types import NewCoverage
from kangcheng.registry.people.services.merge import locked
from kangcheng.registry.periods import period_fault, person_faults
from kangcheng.registry.permission import require
from kangcheng.registry.vocabulary import SCHEMES
from kangcheng.registry.vocabulary import fault as code_fault

_COLUMNS = (
    "id", "person", "scheme", "valid_from", "valid_to", "premium", "subsidy", "source", "granted_by", "batch_id",
)  # fmt: skip


class CoverageError(KangchengError):
    """A coverage cannot be ended as asked."""


def grant(*, new: NewCoverage, by: Actor, on: date, why: str = "") -> UUID:
    """Insure a person for a period; returns the row's id. Overlapping periods of one scheme are refused (Faults)."""
    _refuse(_faults([new], on) + person_faults(by, "coverage.write", [new.person_id]))
    with acting(by=by, on=on, why=why, action="coverage.grant"), refusing("参保"):
        row = Coverage.objects.create(
            person_id=new.person_id,
            scheme=new.scheme,
            valid_from=new.valid_from,
            valid_to=new.valid_to,
            premium=new.premium,
            subsidy=new.subsidy,
            source=new.source,
            granted_by=by.user_id,
        )
        detail = {"scheme": new.scheme, "from": new.valid_from.isoformat(), "to": str(new.valid_to or "")}
        record(
            action="coverage.grant", subject=f"person:{new.person_id}", by=by, on=on, why=why, detail=detail
        )
    return row.pk


def end(*, coverage_id: UUID, valid_to: date, by: Actor, on: date, why: str) -> None:
    """Insured until the day before `valid_to`. Raises CoverageError for an unknown row or a day before its start."""
    with acting(by=by, on=on, why=why, action="coverage.end"), refusing("参保"):
        row = Coverage.objects.select_for_update().filter(pk=coverage_id).first()
        if row is None or valid_to < row.valid_from:
            raise CoverageError("没有这条参保，或止期早于起期 (no such row, or ends before it starts)")
        require(by, "coverage.write", area=locked(row.person_id).area_code)
        row.valid_to = valid_to
        row.save(update_fields=["valid_to"])
        detail = {"scheme": row.scheme, "to": valid_to.isoformat()}
        record(action="coverage.end", subject=f"person:{row.person_id}", by=by, on=on, why=why, detail=detail)


def bulk(
    rows: Iterable[NewCoverage], *, by: Actor, on: date, why: str = "", batch_id: UUID | None = None
) -> list[UUID]:
    """Insure many people with one COPY and one audit event; all of them, or none and every fault with its row number."""
    given = list(rows)
    require(by, "person.import")
    faults = _faults(given, on, numbered=True)
    faults += person_faults(by, "coverage.write", (row.person_id for row in given), numbered=True)
    _refuse(faults)
    ids = [new_id() for _ in given]
    with acting(by=by, on=on, why=why, action="coverage.bulk"), refusing("参保"):
        copy_in(
            Coverage,
            _COLUMNS,
            (
                (key, r.person_id, r.scheme, r.valid_from, r.valid_to, r.premium, r.subsidy, r.source, by.user_id, batch_id)
                for key, r in zip(ids, given, strict=True)
            ),
        )  # fmt: skip
        detail = {"rows": len(given), "batch": str(batch_id or "")}
        record(action="coverage.bulk", subject="coverage:many", by=by, on=on, why=why, detail=detail)
    return ids


def _faults(rows: Sequence[NewCoverage], on: date, *, numbered: bool = False) -> list[Fault]:
    bad = {code: code_fault(SCHEMES, code, on, "scheme") for code in {row.scheme for row in rows}}
    faults: list[Fault | None] = []
    for line, row in enumerate(rows, 1):
        place = line if numbered else None
        if bad[row.scheme]:
            faults.append(code_fault(SCHEMES, row.scheme, on, "scheme", place))
        faults.append(period_fault(row.valid_from, row.valid_to, place))
        if row.premium < 0 or row.subsidy < 0:
            faults.append(Fault("premium", "金额为负 (negative amount)", "以分计，不小于 0", line=place))
    return [fault for fault in faults if fault]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Faults(sorted(faults, key=lambda fault: fault.line or 0), where="参保", todo="改正后重试")
