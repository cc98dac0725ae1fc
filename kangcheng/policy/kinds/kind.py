"""What a kind of entry is, and the keys that entries of every kind share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.schema import (
    FLAG,
    Anything,
    At,
    Clause,
    Day,
    Field,
    Id,
    Many,
    Move,
    Record,
    Table,
    Text,
    Type,
    choice,
    optional,
    required,
)

if TYPE_CHECKING:
    from kangcheng.policy.pack import Pack

STATUS = choice("in_force", "assumed", "expected", moved=False)

CHECKED = Record(
    "核对 checked",
    {
        "by": required(Text(), "谁核对 (who checked)"),
        "on": required(Day(), "核对日期 (when)", moved=False, words=("date",)),
        "next": required(Day(), "下次核对 (next check; overdue is a warning)", moved=False),
    },
)

COMMON: dict[str, Field] = {
    "kind": required(Text(), "条目种类 (kind of entry)", moved=False),
    "id": required(Id(), "编号，同类中唯一 (id, unique within the kind)", moved=False),
    "title": required(Text(), "中文名称 (Chinese title)", moved=False),
    "title_en": optional(Text(), "英文名称 (English title)", moved=False),
    "about": optional(Text(), "说明 (explanation)", moved=False),
    "clause": optional(Clause(), "依据的条款 (clause it rests on)", moved=False),
    "clauses": optional(Many(Clause(), single=True), "依据的多个条款 (several clauses)", moved=False),
    "source": optional(Text(), "没有条款时的出处 (source when there is no clause)", moved=False),
    "status": optional(STATUS, "in_force 默认；assumed 来源未载、本包设定；expected 尚未生效", moved=False),
    "from": optional(Day(), "第一天 (first day)"),
    "to": optional(Day(), "最后一天，含当天 (last day, inside)"),
    "checked": optional(CHECKED, "核对记录 (who checked it, when, and when next)", moved=False),
    "note": optional(Text(), "备注 (note)", moved=False),
}

CASE: dict[str, Field] = {
    "name": required(Text(), "这一例说明什么 (what the case shows)"),
    "because": optional(Text(), "算式 (the arithmetic)"),
    "effective": optional(
        Table(FLAG, keys=Day()),
        "某日是否适用 (whether the entry applies on the day: {2021-01-01: yes, 2020-12-31: no})",
    ),
}


def no_faults(entry: Entry, pack: Pack) -> list[Fault]:
    """The check of a kind whose schema says everything."""
    return []


def no_moves(entry: Entry, at: At) -> Iterable[Move]:
    """The moves of a kind whose schema's own moves are all."""
    return ()


def never_same(entry: Entry, move: Move, pack: Pack) -> bool:
    """No move leaves the meaning as it was."""
    return False


@dataclass(frozen=True)
class Kind:
    """A kind of entry.

    `fields`: its own keys. `check` finds what the schema cannot say, `notices` what does not fail the pack.
    `run_case` runs one worked case beside an entry; None when nothing can be run. `case`: keys of a case (None:
    anything); `case_at_most_one`: those that do not stand together.
    `moves`: further changes that `--mutate` should try (a default that was left out); `same`:
    a move that cannot change what the entry means, so that nothing could notice it.
    `cited`: "entry" when the entry itself must name a clause or be `assumed` with a source;
    "" when its values do, or when it rests on none. `proven`: the entry must have cases, and a value that none of them
    notices is an error of `packs check --mutate`. `open`: the type of keys not listed, when any are allowed.
    """

    name: str
    title: str
    fields: dict[str, Field]
    exactly_one: tuple[tuple[str, ...], ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    check: Callable[[Entry, Pack], list[Fault]] = no_faults
    notices: Callable[[Entry, Pack], list[Fault]] = no_faults
    run_case: Callable[[Entry, Case, Pack], CaseResult] | None = None
    case: dict[str, Field] | None = None
    case_at_most_one: tuple[tuple[str, ...], ...] = ()
    moves: Callable[[Entry, At], Iterable[Move]] = no_moves
    same: Callable[[Entry, Move, Pack], bool] = never_same
    cited: str = ""
    proven: bool = False
    open: Type | None = None

    @cached_property
    def case_record(self) -> Record:
        """Keys of one worked case."""
        if self.case is None:
            return Record(f"{self.name} 的算例 (case)", CASE, open=Anything(empty=True))
        return Record(f"{self.name} 的算例 (case)", {**CASE, **self.case}, at_most_one=self.case_at_most_one)

    @cached_property
    def schema(self) -> Record:
        """Every key an entry of this kind may have."""
        cases = optional(Many(self.case_record), "算例 (worked cases; they run in every check)", moved=False)
        return Record(
            self.name,
            {**COMMON, **self.fields, "cases": cases},
            self.exactly_one,
            self.at_most_one,
            self.open,
        )

    def try_case(self, entry: Entry, case: Case, pack: Pack) -> CaseResult:
        """Run one case: its `effective` days here, the rest by the kind's engine."""
        differences = _effective(entry, case)
        if set(case.data) - {"name", "because", "effective"}:
            if self.run_case is None:
                return judged(case, [*differences, f"{self.name} 没有能运行算例的引擎 (no engine runs it)"])
            try:
                differences += self.run_case(entry, case, pack).differences
            except KangchengError as error:
                differences.append(str(error))
            except KeyError as error:
                differences.append(f"算例缺少键 (key missing in the case) {error}")
        return judged(case, differences)


def _effective(entry: Entry, case: Case) -> list[str]:
    differences = []
    for text, wanted in (case.data.get("effective") or {}).items():
        got = "yes" if entry.period.contains(parse_date(text)) else "no"
        if got != wanted:
            differences.append(f"effective {text}: 应为 {wanted}，得 {got}")
    return differences
