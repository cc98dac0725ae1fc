"""Questions about rounds, sheets, differences and rectifications; each answers only with units the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kangcheng.base.accounts.types import Actor
from kangcheng.policy.pack import Pack
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.work.checklists import rules
from kangcheng.work.checklists.models import Rectification, Round, RoundUnit, Sheet
from kangcheng.work.checklists.rules import applicable as applicable
from kangcheng.work.checklists.rules import preview as preview
from kangcheng.work.checklists.rules import show_points as show_points
from kangcheng.work.checklists.scope import holds as holds
from kangcheng.work.checklists.scope import seen
from kangcheng.work.checklists.sheets import blank_sheet as blank_sheet
from kangcheng.work.checklists.sheets import how as how
from kangcheng.work.checklists.sheets import read_sheet as read_sheet
from kangcheng.work.checklists.types import (
    ON_SITE,
    RECHECK,
    SELF,
    ChecklistError,
    CheckView,
    Difference,
    RectificationView,
    RoundView,
    Standard,
    Unit,
)

OPEN = ("open", "reported")


def standards(pack: Pack, on: date) -> list[Standard]:
    """The checklists in force on the day, in reading order."""
    return [rules.standard(entry.data) for entry in pack.at(on).all("checklist")]


def standard_of(row: Round) -> Standard:
    """The standard a round was opened with."""
    return _read(row.pk)


@lru_cache(maxsize=256)
def _read(round_id: UUID) -> Standard:
    return rules.standard(Round.objects.values_list("content", flat=True).get(pk=round_id))


def units_for(standard: Standard, on: date, *, area: str = "") -> list[Unit]:
    """The institutions the standard is for, open on the day, by name."""
    found = [
        one
        for kind in standard.types or ("",)
        for one in institutions.list_on(on, area=area, type=kind)
        if not standard.levels or one.level in standard.levels
    ]
    return [
        Unit(
            str(one.id),
            one.name,
            one.area_code,
            one.id,
            {"type": one.type, "level": one.level, "ownership": one.ownership},
        )
        for one in found
    ]


def rounds(by: Actor, **fixed: Any) -> list[RoundView]:
    """Rounds with at least one unit the actor may see, newest first, with counts over those units."""
    mine = seen(by, "units__")
    rows = Round.objects.filter(mine, **fixed).annotate(
        all_=Count("units", filter=mine, distinct=True),
        self_=Count("units", filter=mine & Q(units__self_score__isnull=False), distinct=True),
        judged=Count("units", filter=mine & Q(units__score__isnull=False), distinct=True),
        good=Count("units", filter=mine & Q(units__met=True), distinct=True),
    )
    return [_round(row) for row in rows.order_by("-year", "-opened_on", "title")]


def _round(row: Any) -> RoundView:
    return RoundView(
        row.pk, row.checklist, row.title, row.year, row.opened_on, row.due_on, row.closed_on, row.release_hash,
        row.all_, row.self_, row.judged, row.good,
    )  # fmt: skip


def get_round(round_id: UUID, by: Actor) -> tuple[RoundView, Standard]:
    """A round and its standard. Raises ChecklistError when the actor may see none of its units."""
    found = rounds(by, pk=round_id)
    if not found:
        raise ChecklistError("没有这一轮 (no such round)", where=str(round_id))
    return found[0], _read(round_id)


def units(round_id: UUID, by: Actor) -> QuerySet[RoundUnit]:
    """The units of a round that the actor may see, by name."""
    return RoundUnit.objects.filter(seen(by), round_id=round_id).order_by("name", "pk")


def unit(unit_id: UUID, by: Actor) -> RoundUnit:
    """One unit. Raises ChecklistError when the actor may not see it."""
    row = RoundUnit.objects.filter(seen(by), pk=unit_id).select_related("round").first()
    if row is None:
        raise ChecklistError("没有这个单位 (no such unit)", where=str(unit_id))
    return row


def as_unit(row: RoundUnit) -> Unit:
    """The unit as it was put into the round."""
    return Unit(row.subject, row.name, row.area_code, row.institution_id, row.attributes)


def sheets(row: RoundUnit, *, drafts: bool = False) -> list[CheckView]:
    """Sheets of a unit, oldest first; reversed ones included, drafts when asked."""
    found = row.sheets.all() if drafts else row.sheets.exclude(state="draft")
    return [view(one) for one in found.order_by("pk")]


def draft(row: RoundUnit, stage: str) -> Sheet | None:
    """The sheet of a stage that is not submitted yet."""
    return row.sheets.filter(stage=stage, state="draft").first()


def standing(row: RoundUnit, stage: str) -> Sheet | None:
    """The submitted sheet of a stage that was not reversed; of re-checks the newest."""
    return row.sheets.filter(stage=stage, state="submitted").order_by("-pk").first()


def latest_verdict(row: RoundUnit) -> Sheet | None:
    """The newest re-check, else the on-site verdict."""
    return standing(row, RECHECK) or standing(row, ON_SITE)


def view(row: Sheet) -> CheckView:
    """A sheet as callers see it."""
    return CheckView(
        row.pk, row.stage, row.answers, row.remarks, fraction(row.score), fraction(row.full), row.grade, bool(row.met),
        tuple(row.failed), tuple(row.vetoed), row.by_id, row.by_name, row.on, row.submitted_at or row.created_at,
        row.reversed_on, row.reversed_why,
    )  # fmt: skip


def fraction(value: Decimal | None) -> Fraction:
    """Points of a column as an exact number; nothing is nought."""
    return Fraction(value) if value is not None else Fraction(0)


def differences(row: RoundUnit) -> list[Difference]:
    """Items on which the unit's own answers and the verdict disagree, in the standard's order; empty until both are there."""
    own, verdict = standing(row, SELF), standing(row, ON_SITE)
    if own is None or verdict is None:
        return []
    found = _read(row.round_id)
    one, two = _points(own), _points(verdict)
    return [
        Difference(
            name,
            own.answers.get(name),
            verdict.answers.get(name),
            one.get(name, Fraction(0)),
            two.get(name, Fraction(0)),
        )
        for name in found.items
        if own.answers.get(name) != verdict.answers.get(name)
    ]


def points_of(row: Sheet | None) -> dict[str, Fraction]:
    """Item -> points of a sheet; empty without one."""
    return _points(row) if row else {}


def _points(row: Sheet) -> dict[str, Fraction]:
    return {one["id"]: Fraction(one["points"]) for one in row.items}


def rectifications(by: Actor, **fixed: Any) -> list[RectificationView]:
    """What is to be put right at units the actor may see, the earliest deadline first."""
    rows = Rectification.objects.filter(seen(by, "unit__"), **fixed).select_related("unit__round")
    return [_rectification(row) for row in rows.order_by("due_on", "unit__name", "pk")]


def _rectification(row: Rectification) -> RectificationView:
    return RectificationView(
        row.pk, row.unit.round_id, row.unit_id, row.unit.subject, row.unit.name, row.unit.round.checklist, row.item,
        row.title, row.due_on, row.state, row.reported_on, row.report, row.closed_on, row.clause,
    )  # fmt: skip


def comparison(checklist: str, by: Actor) -> dict[str, dict[int, Fraction]]:
    """Unit -> year -> score of the newest verdict of that year, over all rounds of a checklist."""
    rows = RoundUnit.objects.filter(seen(by), round__checklist=checklist, score__isnull=False)
    found: dict[str, dict[int, Fraction]] = {}
    for row in rows.select_related("round").order_by("name", "round__year", "judged_on"):
        found.setdefault(row.name, {})[row.round.year] = fraction(row.score)
    return found


def met_rate(checklist: str, year: int, by: Actor) -> tuple[int, int]:
    """(met, judged) over the units of a checklist's rounds of a year."""
    rows = RoundUnit.objects.filter(seen(by), round__checklist=checklist, round__year=year, met__isnull=False)
    return rows.filter(met=True).count(), rows.count()


def weakest(round_id: UUID, by: Actor) -> list[tuple[str, int]]:
    """(item, units that did not meet it) by the newest verdicts of a round, the most first."""
    counts: dict[str, int] = {}
    for row in units(round_id, by).prefetch_related("sheets"):
        verdict = _newest(row.sheets.all())
        for name in verdict.failed if verdict else ():
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _newest(rows: Iterable[Sheet]) -> Sheet | None:
    good = [row for row in rows if row.state == "submitted" and row.stage in (ON_SITE, RECHECK)]
    return max(good, key=lambda row: row.pk, default=None)


def answers_for_recheck(row: RoundUnit) -> Mapping[str, str]:
    """The newest verdict's answers, to which a re-check gives new ones for the items it looks at."""
    verdict = latest_verdict(row)
    return dict(verdict.answers) if verdict else {}
