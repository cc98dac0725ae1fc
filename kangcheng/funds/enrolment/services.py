"""Verbs of enrolment: enrol a person, take an enrolment back, take in the treasury's money; and loads."""

from collections.abc import Iterable, Mapping
from datetime import date
from json import dumps
from uuid import UUID

from kangcheng.base import audit, outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.copying import copy_in
from kangcheng.funds.enrolment import selectors
from kangcheng.funds.enrolment.models import Enrolment
from kangcheng.funds.enrolment.types import EnrolmentError, EnrolmentView, NewEnrolment
from kangcheng.funds.ledger import services as ledger
from kangcheng.funds.ledger.types import Booking, Line
from kangcheng.funds.permission import require
from kangcheng.funds.settlement import requests
from kangcheng.kernel.ids import new_id
from kangcheng.policy.pack import Pack
from kangcheng.registry.coverage import services as coverage
from kangcheng.registry.coverage.types import NewCoverage

OWN = "own"  # source of what people pay themselves


def enrol(
    *, person_id: UUID, scheme: str, year: int, pack: Pack, by: Actor, on: date, key: str, method: str = "bank",
    institution_id: UUID | None = None, insure: bool = True,
) -> EnrolmentView:  # fmt: skip
    """Take a person's premium for the year and book who pays the rest; with `insure` the registry covers them for it.

    Raises EnrolmentError when the person is enrolled already, Faults when the registry refuses the coverage.
    """
    require(by, "claim.settle")
    requests.check_key(key)
    print_ = requests.fingerprint("enrol", person=person_id, scheme=scheme, year=year)
    split = selectors.premium(person_id=person_id, scheme=scheme, year=year, pack=pack)
    with audit.acting(by=by, on=on, why="", action="enrolment.enrol"):
        if (done := requests.answered(requests.find(key), key=key, print_=print_)) is not None:
            return selectors.one(done)
        if Enrolment.objects.filter(
            person_id=person_id, scheme=scheme, year=year, withdrawn_on=None
        ).exists():
            raise EnrolmentError(
                f"已参加 {year} 年 {scheme} (enrolled already)",
                where=f"person:{person_id}",
                rule="一人一年一次",
            )
        row = Enrolment.objects.create(
            id=new_id(), person_id=person_id, scheme=scheme, year=year, premium=split.premium, own=split.own,
            subsidies=dict(split.subsidies), paid_on=on, method=method, institution_id=institution_id,
            release_hash=pack.release_hash, enrolled_by=by.user_id,
        )  # fmt: skip
        if insure:
            period = (date(year, 1, 1), date(year + 1, 1, 1))
            subsidy = split.premium - split.own
            new = NewCoverage(person_id, scheme, *period, split.own, subsidy, source="funds.enrolment")
            coverage.grant(new=new, by=by, on=on, why="参保缴费")
        lines = financing_lines(scheme, split.own, split.subsidies)
        if lines:
            ledger.post(Booking("financing", f"enrolment:{row.pk}", on, lines), by=by)
        requests.write(key=key, verb="enrol", print_=print_, subject=row.pk)
        audit.record(
            action="enrolment.enrol", subject=f"person:{person_id}", by=by, on=on, detail={"year": year}
        )
        outbox.append(
            "funds.enrolled", str(row.pk), {"enrolment": str(row.pk), "scheme": scheme, "year": year}
        )
    return selectors.view(row)


def withdraw(*, enrolment_id: UUID, by: Actor, on: date, why: str) -> EnrolmentView:
    """Take an enrolment back: the entry is mirrored and the year is free again. The coverage is ended in the registry."""
    require(by, "claim.settle")
    with audit.acting(by=by, on=on, why=why, action="enrolment.withdraw"):
        row = Enrolment.objects.select_for_update().filter(pk=enrolment_id).first()
        if row is None or row.withdrawn_on is not None:
            raise EnrolmentError(
                "没有这笔参保，或已退保 (unknown or withdrawn)", where=f"enrolment:{enrolment_id}"
            )
        Enrolment.objects.filter(pk=row.pk).update(withdrawn_on=on)
        lines = financing_lines(row.scheme, row.own, row.subsidies)
        mirror = tuple(Line(line.account, -line.amount, line.party) for line in lines)
        ledger.post(Booking("reversal", f"enrolment:{row.pk}", on, mirror, why), by=by)
        audit.record(action="enrolment.withdraw", subject=f"person:{row.person_id}", by=by, on=on, why=why)
    return selectors.one(enrolment_id)


def receive(*, source: str, scheme: str, amount: int, by: Actor, on: date, why: str, key: str) -> None:
    """The treasury (or another source) pays what it owed: `amount` fen from `source` into the fund's account."""
    require(by, "payout.approve")
    if amount <= 0:
        raise EnrolmentError("金额须大于零 (amount must be above zero)", where=str(amount))
    print_ = requests.fingerprint("receive", source=source, scheme=scheme, amount=amount)
    with audit.acting(by=by, on=on, why=why, action="enrolment.receive"):
        if requests.answered(requests.find(key), key=key, print_=print_) is not None:
            return
        subject = new_id()
        lines = (Line(f"bank:{scheme}", amount), Line(f"treasury:{source}", -amount))
        ledger.post(Booking("financing", f"receipt:{subject}", on, lines, why), by=by)
        requests.write(key=key, verb="receive", print_=print_, subject=subject)
        audit.record(action="enrolment.receive", subject=f"treasury:{source}", by=by, on=on, why=why)


def bulk(rows: Iterable[NewEnrolment], *, pack: Pack, by: Actor, on: date, why: str = "批量载入") -> int:
    """Load enrolments with one COPY, one audit event and one entry for each scheme and day; returns how many."""
    require(by, "claim.settle")
    given = list(rows)
    with audit.acting(by=by, on=on, why=why, action="enrolment.bulk"):
        copy_in(Enrolment, _COLUMNS, (_copied(row, pack, by) for row in given))
        for (scheme, day), (own, subsidies) in sorted(_sums(given).items()):
            lines = financing_lines(scheme, own, subsidies)
            if lines:
                ledger.post(Booking("financing", f"enrolment:{scheme}:{day}", day, lines, why), by=by)
        audit.record(
            action="enrolment.bulk",
            subject="enrolment:many",
            by=by,
            on=on,
            why=why,
            detail={"rows": len(given)},
        )
    return len(given)


def financing_lines(scheme: str, own: int, subsidies: Mapping[str, int]) -> tuple[Line, ...]:
    """What people paid comes into the bank; what others owe is receivable; both are income by source."""
    lines = [Line(f"bank:{scheme}", own), Line(f"financing:{OWN}", -own)]
    for source, fen in subsidies.items():
        lines += [Line(f"treasury:{source}", fen), Line(f"financing:{source}", -fen)]
    return ledger.merged(lines)


_COLUMNS = (
    "id", "person_id", "scheme", "year", "premium", "own", "subsidies", "paid_on", "method", "release_hash", "enrolled_by",
    "batch",
)  # fmt: skip


def _copied(row: NewEnrolment, pack: Pack, by: Actor) -> tuple[object, ...]:
    whole = row.own + sum(row.subsidies.values())
    return (
        new_id(), row.person_id, row.scheme, row.year, whole, row.own, dumps(dict(row.subsidies)), row.paid_on,
        row.method, pack.release_hash, by.user_id, True,
    )  # fmt: skip


def _sums(rows: Iterable[NewEnrolment]) -> dict[tuple[str, date], tuple[int, dict[str, int]]]:
    found: dict[tuple[str, date], tuple[int, dict[str, int]]] = {}
    for row in rows:
        own, subsidies = found.get((row.scheme, row.paid_on), (0, {}))
        for source, fen in row.subsidies.items():
            subsidies[source] = subsidies.get(source, 0) + fen
        found[row.scheme, row.paid_on] = (own + row.own, subsidies)
    return found
