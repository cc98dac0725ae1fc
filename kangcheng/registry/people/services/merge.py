"""Say that two rows are one person, and take it back. No other table is rewritten: the alias leads to the golden row."""

from datetime import date
from uuid import UUID

from django.utils import timezone

from kangcheng.base import outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.registry.copying import refusing
from kangcheng.registry.people import models
from kangcheng.registry.permission import require


class PersonMissing(KangchengError):
    """There is no such person."""


def merge(*, golden: UUID, absorbed: UUID, by: Actor, on: date, why: str) -> None:
    """From now on `absorbed` (and whoever it had absorbed) stands for `golden`. News: `registry.person.merged`.

    Raises PersonMissing, and Faults when `golden` itself is absorbed or `absorbed` already stands for another.
    """
    with acting(by=by, on=on, why=why, action="person.merge"), refusing("合并"):
        rows = {row.pk: row for row in _both(golden, absorbed)}
        for row in rows.values():
            require(by, "person.write", area=row.area_code)
        if models.PersonAlias.objects.filter(person_id=golden, until=None).exists():
            raise Faults([Fault("golden", "该居民已并入另一人 (golden row is absorbed)", "", "改选其主记录")])
        now = timezone.now()
        followers = list(models.PersonAlias.objects.filter(golden_id=absorbed, until=None))
        models.PersonAlias.objects.filter(pk__in=[row.pk for row in followers]).update(until=now)
        for person_id in [absorbed, *(row.person_id for row in followers)]:
            models.PersonAlias.objects.create(
                person_id=person_id, golden_id=golden, since=now, why=why, made_by=by.user_id
            )
        _tell("merged", golden, absorbed)
        record(
            action="person.merge",
            subject=f"person:{golden}",
            by=by,
            on=on,
            why=why,
            detail={"absorbed": str(absorbed)},
        )


def unmerge(*, absorbed: UUID, by: Actor, on: date, why: str) -> None:
    """`absorbed` is a person of their own again, and whoever they had absorbed before comes back to them.

    News: `registry.person.unmerged`. Raises PersonMissing when `absorbed` stands for nobody.
    """
    with acting(by=by, on=on, why=why, action="person.unmerge"):
        alias = models.PersonAlias.objects.select_for_update().filter(person_id=absorbed, until=None).first()
        if alias is None:
            raise PersonMissing("该居民没有并入他人 (not absorbed)", where=str(absorbed))
        require(by, "person.write", area=locked(absorbed).area_code)
        alias.until = timezone.now()
        alias.save(update_fields=["until"])
        back = _bring_back(alias, by, why)
        _tell("unmerged", alias.golden_id, absorbed)
        detail = {"absorbed": str(absorbed), "followers": [str(person_id) for person_id in back]}
        record(
            action="person.unmerge", subject=f"person:{alias.golden_id}", by=by, on=on, why=why, detail=detail
        )


def _bring_back(alias: models.PersonAlias, by: Actor, why: str) -> list[UUID]:
    """Those who were led on by this merge stand for `alias.person` again, unless they were parted from it meanwhile."""
    led_on = models.PersonAlias.objects.filter(golden_id=alias.person_id, until=alias.since).values(
        "person_id"
    )
    followers = models.PersonAlias.objects.filter(
        person_id__in=led_on, golden_id=alias.golden_id, since=alias.since, until=None
    )
    ids = [row.person_id for row in followers]
    followers.update(until=alias.until)
    for person_id in ids:
        models.PersonAlias.objects.create(
            person_id=person_id,
            golden_id=alias.person_id,
            since=alias.until,
            why=why[:200],
            made_by=by.user_id,
        )
    return ids


def add_source(*, person_id: UUID, system: str, number: str, by: Actor, on: date, why: str = "") -> None:
    """Another system knows this person as `number`. A number that leads to somebody else is refused."""
    with acting(by=by, on=on, why=why, action="person.source"), refusing("来源"):
        require(by, "person.write", area=locked(person_id).area_code)
        row, _ = models.SourceRecord.objects.get_or_create(
            system=system, number=number, defaults={"person_id": person_id, "seen_on": on}
        )
        if row.person_id != person_id:
            raise Faults(
                [Fault("number", "该编号已属于另一人 (number of another person)", "一个编号一人")],
                where=system,
            )
        record(
            action="person.source",
            subject=f"person:{person_id}",
            by=by,
            on=on,
            why=why,
            detail={"system": system},
        )


def locked(person_id: UUID) -> models.Resident:
    """The row, locked until the transaction ends. Raises PersonMissing."""
    row = models.Resident.objects.select_for_update().filter(pk=person_id).first()
    if row is None:
        raise missing(person_id)
    return row


def missing(person_id: UUID) -> PersonMissing:
    """The error for an id that is nobody's."""
    return PersonMissing("没有这位居民 (no such person)", where=str(person_id), todo="核对后重试")


def _both(golden: UUID, absorbed: UUID) -> list[models.Resident]:
    """Both rows, locked in one order, so that two merges never wait for each other."""
    rows = list(models.Resident.objects.select_for_update().filter(pk__in=[golden, absorbed]).order_by("pk"))
    found = {row.pk for row in rows}
    for person_id in (golden, absorbed):
        if person_id not in found:
            raise missing(person_id)
    return rows


def _tell(what: str, golden: UUID, absorbed: UUID) -> None:
    payload = {"golden": str(golden), "absorbed": str(absorbed)}
    outbox.append(f"registry.person.{what}", str(golden), payload)
