"""What `packs check` finds in a register entry beyond its schema, and how its worked cases run. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.kernel.money import parse_yuan, yuan
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds import register as schema
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import nearest
from kangcheng.work.registers.rules import cells, formula, rows
from kangcheng.work.registers.rules.definition import definition
from kangcheng.work.registers.rules.inference import kind_of, kinds_of
from kangcheng.work.registers.rules.lake import lake_row
from kangcheng.work.registers.types import Register

Figures = Callable[[Entry, Case, Pack, Mapping[str, list[dict[str, Any]]]], list[str]]
Line = tuple[int, dict[str, Any]]
EPOCH = date(2000, 1, 1)


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Formulas read columns that stand before them, and give what their column is; examples of rules can be read."""
    faults = schema.check(entry, pack)
    if faults:
        return faults
    register = definition(entry, pack)
    kinds = kinds_of(register.columns)
    for number, derived in enumerate(register.derived):
        faults += _formula_faults(entry, ("derived", number, "formula"), derived.formula, kinds, derived.type)
        kinds[derived.id] = "number" if derived.type == "money" else derived.type
    plain = kinds_of(register.columns)
    for number, rule in enumerate(register.rules):
        faults += _formula_faults(entry, ("rules", number, "must"), rule.must, plain, "flag")
    return faults


def _formula_faults(
    entry: Entry, path: tuple[str | int, ...], text: str, kinds: dict[str, str], wanted: str
) -> list[Fault]:
    try:
        for name in sorted(formula.names(text) - kinds.keys() - {"today"}):
            return [
                entry.fault(path, f"算式读不到这一列 (no such column) {name!r}", near=nearest(name, kinds))
            ]
        got = kind_of(text, kinds)
    except KangchengError as error:
        return [entry.fault(path, error.what, rule=error.rule)]
    wanted = "number" if wanted == "money" else wanted
    if got not in (wanted, "blank"):
        return [entry.fault(path, f"算式得 {got}，列是 {wanted} (formula gives another type)")]
    return []


@dataclass
class Names:
    """What cells of a worked case name: any institution, person or file; areas by code; rows of `others` by their key."""

    others: dict[str, list[str]] = field(default_factory=dict)

    def institution(self, text: str) -> str:
        """The name itself."""
        return text

    person = file = institution

    def area(self, text: str) -> str:
        """A code of 2 to 12 digits."""
        if not (text.isascii() and text.isdigit() and len(text) in cells.DIGITS.values()):
            raise cells.CellError(f"{text!r} 不是区划代码 (not an area code)", rule="2、4、6、9 或 12 位数字")
        return text

    def reference(self, register: str, text: str) -> str:
        """The label of a row given in the case."""
        if text not in self.others.get(register, []):
            raise cells.CellError(f"没有这一行 (no such row) {text!r}", rule=register)
        return text


@dataclass
class Played:
    """What a case came to: typed rows by line, words of faults by line, rows refused left out."""

    register: Register
    on: date
    role: str | None
    lines: dict[int, dict[str, Any]]
    faults: dict[int, list[str]]


def run_case(entry: Entry, case: Case, pack: Pack, figures: Figures | None = None) -> CaseResult:
    """Take the rows in, make the changes, compare what was expected; `figures` computes indicators over what was kept."""
    if "expect" not in case.data and "change" not in case.data:
        return judged(case, ["没有 expect (nothing is expected)"])
    played = play(entry, case, pack)
    differences = _changes(played, case)
    expect = case.data.get("expect", {})
    differences += [*_counted(played, expect), *_derived(played, expect), *_payables(played, expect)]
    if "figures" in expect:
        if figures is None:
            differences.append("这里不能算指标 (no engine of figures here)")
        else:
            differences += figures(entry, case, pack, lake_rows(played, case, pack))
    return judged(case, differences)


def play(entry: Entry, case: Case, pack: Pack) -> Played:
    """Read and check the rows of a case as an import would, each against those before it."""
    on = parse_date(case.data["on"]) if "on" in case.data else EPOCH
    register = definition(entry, pack, on if "on" in case.data else None)
    names = Names({id_: _labels(pack, id_, given) for id_, given in case.data.get("others", {}).items()})
    own: list[Line] = []
    found: dict[int, list[str]] = {}
    names.others.setdefault(register.id, [])
    for line, texts in enumerate(case.data.get("rows", []), 1):
        values, faults = rows.read_row(register, texts, names, line)
        faults += rows.row_faults(register, values, on, line) if not faults else []
        faults += rows.write_faults(register, values, case.data.get("role"), line)
        if not faults:
            faults += list(rows.same_faults(register, [(line, values)], [kept for _, kept in own]))
        if faults:
            found[line] = [str(fault) for fault in faults]
        else:
            own.append((line, values))
            names.others[register.id].append(rows.label(register, values))
    return Played(register, on, case.data.get("role"), dict(own), found)


def _labels(pack: Pack, id_: str, given: list[dict[str, str]]) -> list[str]:
    entry = pack.entries.get(("register", id_))
    if entry is None:
        raise KangchengError(f"没有这本台账 (no such register) {id_!r}", where="others")
    other = definition(entry, pack)
    return [rows.label(other, rows.read_row(other, texts, Names())[0]) for texts in given]


def _changes(played: Played, case: Case) -> list[str]:
    differences = []
    for number, change in enumerate(case.data.get("change", []), 1):
        line, wanted = int(change["row"]), change.get("refused")
        refused = _change(played, line, change)
        if wanted is None and refused:
            differences.append(f"改动 {number}: {refused}")
        elif wanted is not None and (not refused or wanted not in refused):
            differences.append(f"改动 {number}: 应被拒绝 ({wanted})，得 {refused or '做成了'}")
    return differences


def _change(played: Played, line: int, change: dict[str, Any]) -> str:
    """Make one change; the words of its refusal, or nothing."""
    register, before = played.register, played.lines.get(line)
    if before is None:
        return f"没有第 {line} 行 (no such row)"
    on = parse_date(change["on"]) if "on" in change else played.on
    read, faults = rows.read_row(register, change.get("set", {}), Names())
    after = {**before, **{name: read.get(name) for name in change.get("set", {})}}
    faults += rows.row_faults(register, after, on) if not faults else []
    faults += rows.write_faults(register, after, change.get("role", played.role), before=before)
    faults += rows.closed_faults(register, before, after, on, adjust=change.get("adjust") == "yes")
    others = [values for place, values in played.lines.items() if place != line]
    faults += list(rows.same_faults(register, [(line, after)], others)) if not faults else []
    if not faults:
        played.lines[line] = after
    return "；".join(str(fault) for fault in faults)


def _counted(played: Played, expect: dict[str, Any]) -> list[str]:
    found = []
    if "rows" in expect and int(expect["rows"]) != len(played.lines):
        found.append(f"应收下 {expect['rows']} 行，收下 {len(played.lines)} 行")
    wanted = {int(line): _listed(words) for line, words in (expect.get("faults") or {}).items()}
    for line, got in sorted(played.faults.items()):
        if line not in wanted:
            found.append(f"第 {line} 行: {'；'.join(got)}")
    for line, words in wanted.items():
        said = "；".join(played.faults.get(line, []))
        found += [
            f"第 {line} 行: 错误里应有 {word!r}，得 {said or '没有错误'}"
            for word in words
            if word not in said
        ]
    return found


def _derived(played: Played, expect: dict[str, Any]) -> list[str]:
    found, register = [], played.register
    types = {one.id: one.type for one in register.derived} | {"kept_until": "date"}
    for line, wanted in (expect.get("derived") or {}).items():
        if int(line) not in played.lines:
            found.append(f"第 {line} 行没有收下 (row was refused)")
            continue
        got = rows.derive(register, played.lines[int(line)], played.on)
        for name, text in wanted.items():
            if name not in got:
                found.append(f"没有推算列 (no such derived column) {name!r}")
            elif _worded(types[name], got[name]) != text:
                found.append(
                    f"第 {line} 行 {name}: 应为 {text}，得 {_worded(types[name], got[name]) or '空'}"
                )
    return found


def _worded(type_: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return cells.written(type_, value, {})


def _payables(played: Played, expect: dict[str, Any]) -> list[str]:
    if "payables" not in expect:
        return []
    pay = played.register.payable
    if pay is None:
        return ["没有 payable (nothing is payable)"]
    got = {
        str(line): yuan(values[pay.amount])
        for line, values in played.lines.items()
        if rows.fulfils(pay.when, values) and values.get(pay.amount) and values.get(pay.on)
    }
    wanted = {line: yuan(parse_yuan(text)) for line, text in expect["payables"].items()}
    return [] if got == wanted else [f"应付: 应为 {wanted}，得 {got}"]


def lake_rows(played: Played, case: Case, pack: Pack) -> dict[str, list[dict[str, Any]]]:
    """The lake tables of the case: this register's rows as kept, and those of `others`."""
    places = case.data.get("institutions", {})
    found = {played.register.table: _lines(played.register, played.lines, played.on, places)}
    for id_, given in case.data.get("others", {}).items():
        other = definition(pack.entries["register", id_], pack, played.on)
        read = {line: rows.read_row(other, texts, Names())[0] for line, texts in enumerate(given, 1)}
        found[other.table] = _lines(other, read, played.on, places)
    return found


def _lines(
    register: Register, lines: dict[int, dict[str, Any]], on: date, places: Mapping[str, str]
) -> list[dict[str, Any]]:
    found = []
    for line, values in lines.items():
        owner = values.get(register.owner) if register.owner else None
        column = register.column(register.owner)
        institution = owner if column is not None and column.type == "institution" else None
        area = places.get(institution or "", "") if institution else (owner or "")
        found.append(
            lake_row(register, values, on, row_id=f"{register.id}:{line}", area=area, institution=institution)
        )
    return found


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
