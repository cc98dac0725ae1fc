"""Verbs of reviews: run a rule over rows, ask the unit, reply, decide, give notice, close, open again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from kangcheng.base import outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.policy.pack import Pack
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.work.checklists.scope import require
from kangcheng.work.reviews import rules, selectors, sets
from kangcheng.work.reviews.cases import codes_for, reply_by
from kangcheng.work.reviews.models import Finding, FindingStep, ReviewRun
from kangcheng.work.reviews.rules import text_of
from kangcheng.work.reviews.types import Found, Review, ReviewError, RunView
from kangcheng.work.reviews.words import explain
from kangcheng.work.templates import services as documents

TOPIC = "work.finding"
MOST_KEPT = 50  # rows kept with a finding
MOST_FINDINGS = 50_000
UNIT = selectors.UNIT_ROLE


def run(
    *, review: str, source: pa.Table | Path, pack: Pack, by: Actor, on: date, start: date | None = None,
    below: date | None = None, seed: str = "", truth: Iterable[Sequence[str]] | None = None, origin: str = "",
) -> RunView:  # fmt: skip
    """Evaluate a review in force on the day over the rows of `source` from `start` to before `below`.

    A finding raised before is not raised again. `truth`: ids of planted defects, to report recall and precision.
    Raises ReviewError when columns are missing or the findings are too many to be looked at.
    """
    entry = pack.at(on).get("review", review)
    rule = rules.review(entry.data)
    require(by, rule.reviewer, None, "")
    table = sets.within(rule, source, start, below)
    found = sets.evaluate(rule, table, codes_for(rule, pack.at(on)))
    if len(found) > MOST_FINDINGS:
        raise ReviewError(
            f"疑点过多 (too many findings): {len(found)}", where=rule.title, todo="缩短期间或收紧界限"
        )
    chosen = {one.identity for one in rules.drawn(rule, found, seed)}
    right, planted = (
        selectors.right([one.keys for one in found], truth) if truth is not None else (None, None)
    )
    with acting(by=by, on=on, why="", action="review.run"):
        fresh = _not_known(rule, found)
        row = ReviewRun.objects.create(
            review=rule.id, title=rule.title, start=start, below=below, source=origin or rule.table or "给定的行",
            rows=table.num_rows, found=len(found), fresh=len(fresh), drawn=len(chosen), seed=seed,
            release_hash=pack.release_hash, content={key: value for key, value in entry.data.items() if key != "cases"},
            run_on=on, run_by=by.user_id, run_name=by.name, right=right, planted=planted,
        )  # fmt: skip
        _raise(row, rule, fresh, chosen, table, on)
        detail = {"review": rule.id, "rows": table.num_rows, "found": len(found), "fresh": len(fresh)}
        record(action="review.run", subject=f"review:{row.pk}", by=by, on=on, detail=detail)
    return selectors.runs(by, pk=row.pk)[0]


def ask(*, finding_id: UUID, words: str, pack: Pack, by: Actor, on: date) -> None:
    """Ask the unit for a reply within the rule's working days (from today)."""
    row, rule = _locked(finding_id, ("open", "replied"), by)
    if row.unit_id is None:
        raise ReviewError("这个疑点没有对应的单位 (no unit to ask)", where=row.explanation[:60])
    row.reply_by = reply_by(rule, pack, on)
    _step(row, "ask", "asked", words, by=by, on=on)


def reply(
    *, finding_id: UUID, words: str, by: Actor, on: date, files: Sequence[tuple[UUID, str]] = ()
) -> None:  # fmt: skip
    """The unit's answer, with evidence. Raises ReviewError without words."""
    row = Finding.objects.filter(pk=finding_id, state="asked").first()
    if row is None:
        raise ReviewError("现在不等待答复 (no reply is waited for)", where=str(finding_id))
    require(by, (UNIT,), row.unit_id, row.area_code)
    if not words.strip():
        raise ReviewError("请写明情况 (say what happened)", where="words")
    _step(row, "reply", "replied", words, by=by, on=on, files=files)


def decide(*, finding_id: UUID, confirmed: bool, words: str, by: Actor, on: date) -> None:
    """The verdict: confirmed or cleared. A rule with a term for replies hears the unit first, or waits until the term is over."""
    row, rule = _locked(finding_id, ("open", "asked", "replied"), by)
    heard = row.state == "replied" or (
        row.state == "asked" and row.reply_by is not None and on > row.reply_by
    )
    if confirmed and rule.reply_days is not None and row.unit_id is not None and not heard:
        raise ReviewError(
            "须先请单位答复，或等答复期满 (the unit is heard first)", where=rule.title,
            rule=f"答复期限 {rule.reply_days} 个工作日", todo="请单位答复",
        )  # fmt: skip
    if not words.strip():
        raise ReviewError("请写明理由 (say why)", where="words")
    _step(
        row, "confirm" if confirmed else "clear", "confirmed" if confirmed else "cleared", words, by=by, on=on
    )


def notify(*, finding_id: UUID, fields: Mapping[str, Any], pack: Pack, by: Actor, on: date) -> UUID:
    """Issue the rule's notice to the unit of a confirmed finding; returns the document's id. Raises ReviewError, Faults."""
    with acting(by=by, on=on, why="", action="finding.notify"):
        row, rule = _locked(finding_id, ("confirmed",), by)
        if not rule.notice or row.notice_id is not None:
            raise ReviewError("没有通知文书，或已通知 (no notice, or given already)", where=rule.title)
        issued = documents.issue(
            template=rule.notice, fields=fields, pack=pack, by=by, on=on, institution_id=row.unit_id, area_code=row.area_code,
            subject=("finding", str(row.pk)),
        )  # fmt: skip
        row.notice_id = issued.id
        _step(row, "notify", "confirmed", issued.number, by=by, on=on)
    return issued.id


def close(*, finding_id: UUID, words: str, by: Actor, on: date, recovered: int | None = None) -> None:
    """A confirmed finding has been dealt with; `recovered`: fen that came back."""
    row, _ = _locked(finding_id, ("confirmed",), by)
    if recovered is not None and (recovered < 0 or (row.amount is not None and recovered > row.amount)):
        raise ReviewError(
            "追回金额不合理 (recovered amount)", where="recovered", rule="不小于零，不超过涉及金额"
        )
    row.recovered = recovered
    _step(row, "close", "closed", words, by=by, on=on)


def reopen(*, finding_id: UUID, why: str, by: Actor, on: date) -> None:
    """Take a verdict back; the finding is open again. Needs a reason."""
    with acting(by=by, on=on, why=why, action="finding.reverse"):
        row, _ = _locked(finding_id, ("confirmed", "cleared", "closed"), by)
        row.recovered = None
        _step(row, "reopen", "open", why, by=by, on=on)


# --- inside


def _not_known(rule: Review, found: Sequence[Found]) -> list[Found]:
    digests = {digest(one): one for one in found}
    known = set(
        Finding.objects.filter(review=rule.id, digest__in=list(digests)).values_list("digest", flat=True)
    )
    return [one for name, one in digests.items() if name not in known]


def digest(found: Found) -> str:
    """What tells a finding from others of its rule: its group, and of row rules its rows."""
    return hashlib.sha256(json.dumps(found.identity, ensure_ascii=False).encode()).hexdigest()


def _raise(
    row: ReviewRun,
    rule: Review,
    fresh: Sequence[Found],
    chosen: set[tuple[str, ...]],
    table: pa.Table,
    on: date,
) -> None:
    rows = _rows(rule, fresh, table)
    units = {one.unit: UUID(one.unit) for one in fresh if _is_id(one.unit)}
    places = institutions.get_many(units.values(), on)
    Finding.objects.bulk_create(
        (
            Finding(
                run=row, review=rule.id, severity=rule.severity, digest=digest(one), keys=list(one.keys[:500]),
                group=list(one.group), numbers=[list(pair) for pair in one.numbers],
                snapshot=[rows[key] for key in one.keys[:MOST_KEPT] if key in rows], explanation=explain(rule, one),
                clause=rule.clause, amount=one.amount, unit_id=units.get(one.unit),
                area_code=places[units[one.unit]].area_code if units.get(one.unit) in places else "",
                found_on=on, drawn=one.identity in chosen,
            )
            for one in fresh
        ),
        batch_size=2_000,
    )  # fmt: skip


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _rows(rule: Review, fresh: Sequence[Found], table: pa.Table) -> dict[str, dict[str, str]]:
    """The rows concerned as they were, by key, values as text."""
    wanted = sorted({key for one in fresh for key in one.keys[:MOST_KEPT]})
    if not wanted:
        return {}
    kept = table.filter(
        pc.is_in(table[rule.key].cast(pa.string()), pa.array(wanted, pa.string()))
    ).to_pylist()
    return {str(row[rule.key]): {name: text_of(value) for name, value in row.items()} for row in kept}


def _locked(finding_id: UUID, states: Sequence[str], by: Actor) -> tuple[Finding, Review]:
    """The finding in one of these states and its rule, when the actor reviews there."""
    row = Finding.objects.select_related("run").filter(pk=finding_id).first()
    if row is None:
        raise ReviewError("没有这个疑点 (no such finding)", where=str(finding_id))
    rule = selectors.rule_of(row.run)
    require(by, rule.reviewer, row.unit_id, row.area_code)
    if row.state not in states:
        raise ReviewError(
            f"疑点现在是 {row.state}，不能这样处理 (not in this state)", where=row.explanation[:60]
        )
    return row, rule


def _step(
    row: Finding,
    do: str,
    state: str,
    words: str,
    *,
    by: Actor,
    on: date,
    files: Sequence[tuple[UUID, str]] = (),
) -> None:
    """One step with its trail; refused when somebody else has moved the finding meanwhile."""
    before = row.state
    with acting(by=by, on=on, why=words[:500], action=f"finding.{do}"):
        moved = Finding.objects.filter(pk=row.pk, state=before).update(
            state=state, reply_by=row.reply_by, recovered=row.recovered, notice_id=row.notice_id
        )
        if not moved:
            raise ReviewError(
                "别人刚刚处理过 (handled by somebody else meanwhile)", where=str(row.pk), todo="刷新后再看"
            )
        row.state = state
        FindingStep.objects.create(
            finding=row, do=do, state=state, by_id=by.user_id, by_name=by.name, on=on, words=words.strip()[:2000],
            files=[[str(id_), name] for id_, name in files],
        )  # fmt: skip
        record(action=f"finding.{do}", subject=f"finding:{row.pk}", by=by, on=on, why=words[:500])
        outbox.append(TOPIC, str(row.pk), {"do": do, "state": state})
