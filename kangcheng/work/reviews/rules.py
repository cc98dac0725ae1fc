"""A review as read from its entry, and its evaluation in plain loops: slow and obvious, for cases. Pure."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.units import parse_number, parse_rate
from kangcheng.policy.entry import clauses_of
from kangcheng.policy.kinds.review import RULES, listed, read
from kangcheng.work.reviews.types import Codes, Found, Gap, Review, ReviewError, Row, Test

# --- reading


def review(data: Mapping[str, Any]) -> Review:
    """The review that a checked `review` entry describes."""
    form = next(name for name in RULES if name in data)
    body, columns, sample = data[form], data["columns"], data.get("sample", {})
    column = body.get("column", "")
    counted = columns.get(body.get("sum", ""), "integer") if form == "totals" else columns.get(column, "")
    return Review(
        id=data["id"],
        title=data["title"],
        title_en=data.get("title_en", ""),
        clause=next(iter(clauses_of(data)), ""),
        form=form,
        columns=columns,
        key=data["key"],
        severity=data["severity"],
        **{name: data.get(name, "") for name in ("table", "unit", "on", "amount", "notice", "planted")},
        where=_tests(data.get("where", {}), columns),
        **_bounds(form, body, counted),
        **_body(body, columns),
        **_sample(sample),
        reply_days=int(data["reply_days"]) if "reply_days" in data else None,
        calendar=data.get("calendar", "working-days"),
        reviewer=tuple(listed(data.get("reviewer", ["inspector", "fund_auditor"]))),
    )


def _body(body: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """What the rule itself says, whichever it is."""
    lists = {"same": "same", "differs": "differs", "missing": "columns", "by": "by"}
    return {
        **{name: body.get(name, "") for name in ("column", "above_column", "codelist", "date", "sum", "per")},
        **{name: tuple(listed(body.get(key, []))) for name, key in lists.items()},
        **{name: _tests(body.get(name, {}), columns) for name in ("first", "second", "part")},
        "times": parse_rate(body.get("times", "1")),
        "gaps": tuple(_gap(row) for row in body.get("gaps", [])),
        "within_days": int(body.get("within_days", "0")),
        "least": int(body.get("least", "1")),
    }


def _sample(sample: Mapping[str, str]) -> dict[str, Any]:
    return {
        "draw": sample.get("draw", ""),
        "share": parse_rate(sample.get("share", "1")),
        "sample_least": int(sample.get("least", "0")),
        "sample_most": int(sample["most"]) if "most" in sample else None,
    }


def _bounds(form: str, body: Mapping[str, Any], kind: str) -> dict[str, Any]:
    if form == "share":
        return {key: parse_rate(body[key]) for key in ("above", "below") if key in body}
    if form == "split":
        return {"below": read(body["each_below"], kind), "above": read(body["together"], kind)}
    return {key: read(body[key], kind) for key in ("above", "below") if key in body}


def _tests(given: Mapping[str, Any], columns: Mapping[str, str]) -> tuple[Test, ...]:
    return tuple(_test(name, test, columns[name]) for name, test in given.items())


def _test(name: str, test: Any, kind: str) -> Test:
    if isinstance(test, Mapping) and "codelist" in test:
        return Test(name, codelist=test["codelist"])
    if isinstance(test, Mapping) and "not" in test:
        return Test(name, tuple(_value(text, kind) for text in listed(test["not"])), negated=True)
    if isinstance(test, Mapping):
        bounds = {key: read(test[key], kind) for key in ("from", "below") if key in test}
        return Test(name, start=bounds.get("from"), below=bounds.get("below"))
    return Test(name, tuple(_value(text, kind) for text in listed(test)))


def _value(text: str, kind: str) -> Any:
    return read(text, kind) if text else ("" if kind in ("text", "id") else None)


def _gap(row: Mapping[str, str]) -> Gap:
    least, most = (int(parse_number(row[key])) if key in row else None for key in ("least", "most"))
    return Gap(row["from"], row["to"], least, most)


def typed(rule: Review, given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of text as rows of typed values; columns left out are empty. Raises Faults."""
    rows, faults, seen = [], [], set()
    for number, raw in enumerate(given, 1):
        row: dict[str, Any] = {}
        for name in raw:
            if name not in rule.columns:
                faults.append(Fault(name, "没有声明的列 (column not declared)", line=number))
        for name, kind in rule.columns.items():
            text = str(raw.get(name, "") or "")
            try:
                row[name] = _value(text, kind)
            except KangchengError as error:
                faults.append(Fault(name, f"{text!r} {error.what}", error.rule, line=number))
        key = row.get(rule.key)
        if not key or key in seen:
            faults.append(Fault(rule.key, f"行的编号为空或重复 (key blank or repeated) {key!r}", line=number))
        seen.add(key)
        rows.append(row)
    if faults:
        raise Faults(faults, where=rule.title, todo="改正后重试")
    return rows


# --- evaluation


def evaluate(rule: Review, rows: Iterable[Row], codes: Codes) -> list[Found]:
    """Every finding of the rule over typed rows, in order. `codes` holds the code lists the rule names."""
    kept = [row for row in rows if passes(rule.where, row, codes)]
    return sorted(_FORMS[rule.form](rule, kept, codes))


def passes(tests: Iterable[Test], row: Row, codes: Codes) -> bool:
    """True when every condition holds; an empty cell is in no span."""
    return all(_passes(test, row[test.column], codes) for test in tests)


def _passes(test: Test, value: Any, codes: Codes) -> bool:
    if test.codelist:
        return value in _codes(test.codelist, codes)
    if test.values is not None:
        return (value in test.values) != test.negated
    if value is None:
        return False
    return (test.start is None or value >= test.start) and (test.below is None or value < test.below)


def _codes(name: str, codes: Codes) -> frozenset[str]:
    if name not in codes:
        raise ReviewError(f"没有代码表 (no such list) {name!r}")
    return codes[name]


def _found(
    rule: Review, rows: Sequence[Row], numbers: Iterable[tuple[str, Any]], group: tuple[str, ...] = ()
) -> Found:
    keys = tuple(sorted(row[rule.key] for row in rows))
    amount = sum(row[rule.amount] or 0 for row in rows) if rule.amount else None
    units = sorted({row[rule.unit] for row in rows if row[rule.unit]}) if rule.unit and rows else []
    return Found(
        group, keys, amount, tuple((name, str(value)) for name, value in numbers), units[0] if units else ""
    )


def _limit(rule: Review, rows: list[Row], codes: Codes) -> Iterator[Found]:
    for row in rows:
        value = row[rule.column]
        if value is None:
            continue
        if rule.above_column:
            other = row[rule.above_column]
            if other is not None and value > other * rule.times:
                yield _found(rule, [row], [(rule.column, value), (rule.above_column, other)])
        elif (rule.above is not None and value > rule.above) or (
            rule.below is not None and value < rule.below
        ):
            yield _found(rule, [row], [(rule.column, value)])


def _outside(rule: Review, rows: list[Row], codes: Codes) -> Iterator[Found]:
    known = _codes(rule.codelist, codes)
    for row in rows:
        value = row[rule.column]
        if value and (value in known) == (rule.form == "inside"):
            yield _found(rule, [row], [(rule.column, value)])


def _missing(rule: Review, rows: list[Row], codes: Codes) -> Iterator[Found]:
    for row in rows:
        empty = [name for name in rule.missing if row[name] in (None, "")]
        if empty:
            yield _found(rule, [row], [("missing", ",".join(empty))])


def _duplicates(rule: Review, rows: list[Row], codes: Codes) -> Iterator[Found]:
    for group in _grouped(rule.same, rows).values():
        if len(group) > 1:
            yield _found(rule, group, [("rows", len(group))])


def _grouped(names: Sequence[str], rows: Iterable[Row]) -> dict[tuple[Any, ...], list[Row]]:
    """Rows by these columns; a row with an empty one belongs to no group."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        values = tuple(row[name] for name in names)
        if all(value not in (None, "") for value in values):
            groups[values].append(row)
    return groups


def _pairs(rule: Review, rows: list[Row], codes: Codes) -> Iterator[Found]:
    for group in _grouped(rule.same, rows).values():
        group.sort(key=lambda row: row[rule.key])
        seen = set()
        for one in group:
            for two in group:
                keys = frozenset((one[rule.key], two[rule.key]))
                if len(keys) == 2 and keys not in seen and _paired(rule, one, two, codes):
                    seen.add(keys)
                    yield _found(
                        rule, [one, two], [(f"{g.start}→{g.end}", _days(g, one, two)) for g in rule.gaps]
                    )


def _paired(rule: Review, one: Row, two: Row, codes: Codes) -> bool:
    if not (passes(rule.first, one, codes) and passes(rule.second, two, codes)):
        return False
    empty = (None, "")
    if any(one[n] in empty or two[n] in empty or one[n] == two[n] for n in rule.differs):
        return False
    return all(_holds(gap, _days(gap, one, two)) for gap in rule.gaps)


def _days(gap: Gap, one: Row, two: Row) -> int | None:
    start, end = one[gap.start], two[gap.end]
    return None if start is None or end is None else (end - start).days


def _holds(gap: Gap, days: int | None) -> bool:
    if days is None:
        return False
    return (gap.least is None or days >= gap.least) and (gap.most is None or days <= gap.most)


def _split(rule: Review, rows: list[Row], codes: Codes) -> Iterator[Found]:
    small = [row for row in rows if row[rule.date] is not None and _is_below(row[rule.column], rule.below)]
    for group in _grouped(rule.same, small).values():
        group.sort(key=lambda row: (row[rule.date], row[rule.key]))
        chain = [group[0]]
        for row in [*group[1:], None]:
            if row is not None and (row[rule.date] - chain[-1][rule.date]).days <= rule.within_days:
                chain.append(row)
                continue
            together = sum(one[rule.column] for one in chain)
            if len(chain) > 1 and together >= rule.above:
                yield _found(rule, chain, [("rows", len(chain)), (rule.column, together)])
            chain = [row] if row is not None else []


def _is_below(value: Any, bound: Any) -> bool:
    return value is not None and value < bound


def _share(rule: Review, rows: list[Row], codes: Codes) -> Iterator[Found]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[_text_of(rule.by, row)].append(row)
    for group, inside in groups.items():
        part = [row for row in inside if passes(rule.part, row, codes)]
        had, whole = _measure(rule, part), _measure(rule, inside)
        if len(inside) < rule.least or whole <= 0:
            continue
        share = Fraction(had, whole)
        if (rule.above is not None and share > rule.above) or (rule.below is not None and share < rule.below):
            yield _found(rule, part, [("part", had), ("whole", whole)], group)


def _measure(rule: Review, rows: Sequence[Row]) -> int:
    return sum(row[rule.sum] or 0 for row in rows) if rule.sum else len(rows)


def _totals(rule: Review, rows: list[Row], codes: Codes) -> Iterator[Found]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if not rule.per:
            groups[_text_of(rule.by, row)].append(row)
        elif row[rule.on] is not None:
            groups[(*_text_of(rule.by, row), period_of(row[rule.on], rule.per))].append(row)
    for group, inside in groups.items():
        total = _measure(rule, inside)
        if total > rule.above:
            yield _found(rule, inside, [(rule.sum or "rows", total)], group)


def period_of(day: date, per: str) -> str:
    """2024-03-05, 2024-03, 2024Q1 or 2024."""
    if per == "day":
        return day.isoformat()
    if per == "month":
        return f"{day:%Y-%m}"
    return f"{day.year}Q{(day.month + 2) // 3}" if per == "quarter" else str(day.year)


def _text_of(names: Sequence[str], row: Row) -> tuple[str, ...]:
    return tuple(text_of(row[name]) for name in names)


def text_of(value: Any) -> str:
    """A value of a group as text: yes and no, ISO dates, nothing as ""."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


_FORMS: dict[str, Callable[[Review, list[Row], Codes], Iterator[Found]]] = {
    "limit": _limit,
    "outside": _outside,
    "inside": _outside,
    "missing": _missing,
    "duplicates": _duplicates,
    "pairs": _pairs,
    "split": _split,
    "share": _share,
    "totals": _totals,
}

# --- samples


def size(rule: Review, count: int) -> int:
    """How many of so many findings are drawn."""
    wanted = max(ceil(rule.share * count), rule.sample_least)
    return min(count, wanted if rule.sample_most is None else min(wanted, rule.sample_most))


def drawn(rule: Review, found: Sequence[Found], seed: str) -> list[Found]:
    """The findings to be looked at: all, a random sample by `seed` (the same seed draws the same), or those of most money."""
    if not rule.draw:
        return list(found)
    ordered = sorted(found)
    if rule.draw == "top":
        return sorted(ordered, key=lambda one: -(one.amount or 0))[: size(rule, len(ordered))]
    return sorted(random.Random(seed).sample(ordered, size(rule, len(ordered))))
