"""Questions about runs and findings; a unit sees what it was asked about, reviewers what lies in their areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.policy.pack import Pack
from kangcheng.work.checklists.scope import NOWHERE
from kangcheng.work.reviews import rules
from kangcheng.work.reviews.models import Finding, FindingStep, ReviewRun
from kangcheng.work.reviews.types import FindingView, Review, ReviewError, RunView, StepView

UNIT_ROLE = "institution_manager"
READERS = ("inspector", "fund_auditor", "fund_officer", "bureau_leader")
SHOWN_TO_UNIT = ("asked", "replied", "confirmed", "cleared", "closed")


def reviews(pack: Pack, on: date) -> list[Review]:
    """The reviews in force on the day."""
    return [rules.review(entry.data) for entry in pack.at(on).all("review")]


def seen(by: Actor) -> Q:
    """A filter on findings: readers see those of their areas, a unit's head those its unit was asked about."""
    if SYSTEM in by.roles:
        return Q()
    found = NOWHERE
    for role in READERS:
        areas, institutions = by.post(role)
        for area in areas:
            found |= Q(area_code__startswith=area) if area else Q()
            if not area:
                return Q()
        found |= Q(unit_id__in=list(institutions)) if institutions else NOWHERE
    _, own = by.post(UNIT_ROLE)
    return found | Q(unit_id__in=list(own), state__in=SHOWN_TO_UNIT) if own else found


def findings(by: Actor, **fixed: Any) -> QuerySet[Finding]:
    """Findings the actor may see, the heaviest and oldest first."""
    return Finding.objects.filter(seen(by), **fixed).select_related("run").order_by("found_on", "pk")


def finding(finding_id: UUID, by: Actor) -> FindingView:
    """One finding with its steps and rows. Raises ReviewError when the actor may not see it."""
    row = findings(by, pk=finding_id).first()
    if row is None:
        raise ReviewError("没有这个疑点 (no such finding)", where=str(finding_id))
    return view(row, row.steps.order_by("pk"))


def view(row: Finding, steps: Iterable[FindingStep] = ()) -> FindingView:
    """A finding as callers see it."""
    return FindingView(
        row.pk, row.run_id, row.review, row.run.title, row.severity, row.state, tuple(row.group or row.keys), tuple(row.keys),
        tuple(row.group), tuple((name, text) for name, text in row.numbers), row.explanation, row.clause, row.amount,
        row.unit_id, row.found_on, row.reply_by, row.drawn, row.recovered, str(row.notice_id or ""),
        tuple(
            StepView(one.do, one.by_name, one.on, one.created_at, one.words, tuple((UUID(id_), name) for id_, name in one.files))
            for one in steps
        ),
        tuple(row.snapshot),
    )  # fmt: skip


def rule_of(run: ReviewRun) -> Review:
    """The review as it was when it ran."""
    return rules.review(run.content)


def rule_of_finding(finding_id: UUID) -> Review:
    """The review that raised a finding."""
    return rule_of(ReviewRun.objects.get(findings=finding_id))


def runs(by: Actor, **fixed: Any) -> list[RunView]:
    """Runs, newest first: for readers of the whole city; numbers only."""
    if SYSTEM not in by.roles and not any(by.post(role)[0] for role in READERS):
        return []
    return [_run(row) for row in ReviewRun.objects.filter(**fixed).order_by("-pk")]


def _run(row: ReviewRun) -> RunView:
    recall = Fraction(row.right or 0, row.planted) if row.planted else None
    precision = Fraction(row.right or 0, row.found) if row.planted is not None and row.found else None
    return RunView(
        row.pk, row.review, row.title, row.start, row.below, row.rows, row.found, row.drawn, row.seed, row.release_hash,
        row.run_on, row.source, recall, precision,
    )  # fmt: skip


def right(found: Iterable[Sequence[str]], planted: Iterable[Sequence[str]]) -> tuple[int, int]:
    """(findings that were planted, planted): both as the ids of their rows in any order; a pair twice counts once."""
    given = {tuple(sorted(ids)) for ids in found}
    truth = {tuple(sorted(ids)) for ids in planted}
    return len(given & truth), len(truth)
