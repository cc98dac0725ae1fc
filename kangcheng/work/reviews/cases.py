"""Worked cases of reviews: rows in, findings out, on both evaluators. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.money import parse_yuan, yuan
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds.review import listed
from kangcheng.policy.pack import Pack, PackAt
from kangcheng.policy.workdays import stepped
from kangcheng.work.reviews import rules, sets
from kangcheng.work.reviews.types import Codes, Found, Review

LATEST = date(9999, 1, 1)


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """The findings over a case's rows must be those expected, by plain loops and set by set; so must the day of reply."""
    rule, data = rules.review(entry.data), case.data
    differences = []
    if "rows" in data:
        rows = rules.typed(rule, data["rows"])
        codes = codes_for(rule, pack.at(_day(pack, data)))
        found = rules.evaluate(rule, rows, codes)
        differences += list(_missed(rule, data, found))
        if sets.evaluate(rule, sets.arrow(rule, rows), codes) != found:
            differences.append("两种算法所得不同 (the two evaluators differ)")
    for count, wanted in data.get("drawn", {}).items():
        if rules.size(rule, int(count)) != int(wanted):
            differences.append(f"{count} 条应抽 {wanted}，得 {rules.size(rule, int(count))}")
    if "found" in data:
        got = reply_by(rule, pack, parse_date(data["found"]))
        if got != parse_date(data["reply_by"]):
            differences.append(f"reply_by: 应为 {data['reply_by']}，得 {got}")
    return judged(case, differences)


def codes_for(rule: Review, at: PackAt) -> Codes:
    """The code lists the rule names, as on the day."""
    tests = (*rule.where, *rule.first, *rule.second, *rule.part)
    names = {test.codelist for test in tests if test.codelist} | ({rule.codelist} if rule.codelist else set())
    return {name: frozenset(at.codes(name)) for name in sorted(names)}


def reply_by(rule: Review, pack: Pack, on: date) -> date | None:
    """The last day for the unit's reply: so many working days after the finding; None where no period is set."""
    if rule.reply_days is None:
        return None
    return stepped(pack.at(on).get("calendar", rule.calendar), on, rule.reply_days)[0]


def _day(pack: Pack, data: Mapping[str, Any]) -> date:
    return parse_date(data["found"]) if "found" in data else LATEST


def _missed(rule: Review, data: Mapping[str, Any], found: list[Found]) -> Iterator[str]:
    wanted = [tuple(listed(one)) for one in data.get("expect", [])]
    wanted = wanted if rule.grouped else [tuple(sorted(one)) for one in wanted]
    got = [one.identity for one in found]
    if sorted(wanted) != sorted(got):
        yield f"应得 {sorted(wanted)}，得 {sorted(got)}"
    elif "amounts" in data:
        amounts = {one.identity: one.amount for one in found}
        for identity, text in zip(wanted, data["amounts"], strict=True):
            if parse_yuan(text) != amounts[identity]:
                yield f"{identity} 金额应为 {text}，得 {yuan(amounts[identity] or 0)}"
