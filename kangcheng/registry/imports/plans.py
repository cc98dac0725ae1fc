"""What a list would do: each row matched, sorted into new, known, unmatched or faulty. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.sheets import Reading, Row, read_rows
from kangcheng.kernel.errors import Fault
from kangcheng.kernel.ids import mask_identity
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.areas.types import Area
from kangcheng.registry.categories.models import PersonCategory
from kangcheng.registry.categories.types import NewCategory
from kangcheng.registry.households.models import Household
from kangcheng.registry.imports.columns import after, columns
from kangcheng.registry.imports.types import Note, Report, Unmatched
from kangcheng.registry.people.models import PersonAlias, Resident
from kangcheng.registry.people.rules import check, same_name
from kangcheng.registry.people.services.register import registered
from kangcheng.registry.people.types import NewPerson
from kangcheng.registry.validity import overlap

HEADINGS = {"identity": "身份证号", "name": "姓名", "sex": "性别", "birth_on": "出生日期", "phone": "电话",
            "area_code": "居住村（社区）", "valid_to": "有效期止"}  # fmt: skip


@dataclass
class Plan:
    """The rows of a file, sorted."""

    kind: str
    file_name: str
    rows: int = 0
    unchanged: int = 0
    people: list[tuple[Row, NewPerson]] = field(default_factory=list)
    grants: list[tuple[Row, NewCategory]] = field(default_factory=list)
    unmatched: list[tuple[Row, Unmatched]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def refuse(self, row: Row, where: str, what: str, rule: str = "", todo: str = "") -> None:
        """Note a fault of `row`."""
        self.faults.append(
            Fault(HEADINGS.get(where, where), what, rule, todo, line=row.number, file=self.file_name)
        )

    def report(self, batch_id: UUID | None = None) -> Report:
        """The plan as its reader sees it, faults in the order of the file."""
        return Report(
            kind=self.kind,
            file_name=self.file_name,
            rows=self.rows,
            created=len(self.people) + len(self.grants),
            unchanged=self.unchanged,
            unmatched=tuple(one for _, one in self.unmatched),
            faults=tuple(sorted(self.faults, key=lambda fault: fault.line or 0)),
            notes=tuple(self.notes),
            batch_id=batch_id,
        )


@dataclass(frozen=True)
class Known:
    """A registered person as far as matching needs one."""

    id: UUID
    name: str
    area_code: str


def plan(kind: str, content: bytes, file_name: str, *, by: Actor, on: date) -> Plan:
    """Read the file and sort its rows. Raises SheetError when it cannot be read at all."""
    reading = read_rows(content, [asked.column for asked in columns(kind, on)], name=file_name)
    made = Plan(kind, file_name, rows=_count(reading), faults=list(reading.faults))
    fill = {"residents": _residents, "categories": _categories}[kind]
    fill(made, reading.rows, by, on)
    return made


def known_people(numbers: Iterable[str]) -> dict[str, Known]:
    """Identity number -> the golden row it leads to. Three queries, however many."""
    ids = registered(numbers)
    golden = dict(PersonAlias.objects.filter(until=None).values_list("person_id", "golden_id"))
    wanted = {golden.get(person_id, person_id) for person_id in ids.values()}
    rows = {row.pk: row for row in Resident.objects.filter(pk__in=wanted).only("name", "area_code")}
    found = {number: rows[golden.get(person_id, person_id)] for number, person_id in ids.items()}
    return {number: Known(row.pk, row.name, row.area_code) for number, row in found.items()}


def _count(reading: Reading) -> int:
    """Rows of the file: the good ones, and those with a fault (a faulty heading row has none)."""
    return len(reading.rows) + len({fault.line for fault in reading.faults} - {1})


def _categories(made: Plan, rows: list[Row], by: Actor, on: date) -> None:
    known = known_people(row.values["identity"] for row in rows)
    here = by.where("person.import")
    held = _held({person.id for person in known.values()})
    paths = areas.paths({person.area_code for person in known.values()})
    for row in rows:
        person = known.get(row.values["identity"])
        if person is None or not here.covers_area(person.area_code):
            # Who lives elsewhere waits like somebody unknown: a trial must not tell who is registered where.
            made.unmatched.append((row, _unmatched(row, "not_registered")))
        elif not same_name(person.name, row.values["name"]):
            made.unmatched.append((row, _unmatched(row, "name_differs")))
        else:
            _grant(made, row, person, held)
            _note_village(made, row, person, paths.get(person.area_code, ()))


def _held(ids: set[UUID]) -> dict[tuple[UUID, str], list[tuple[date, date | None]]]:
    held = defaultdict(list)
    rows = PersonCategory.objects.filter(person_id__in=ids)
    for person_id, code, start, end in rows.values_list("person_id", "category", "valid_from", "valid_to"):
        held[person_id, code].append((start, end))
    return held


def _grant(made: Plan, row: Row, person: Known, held: dict[Any, list[tuple[date, date | None]]]) -> None:
    """A row is new, there already with the same period, or in the way of another period; the file's own rows count too."""
    values = row.values
    period = values["valid_from"], after(values["last_day"])
    others = held[person.id, values["category"]]
    if period[1] is not None and period[1] <= period[0]:
        made.refuse(row, "valid_to", "止期早于起期 (ends before it starts)", "止期含当天", "改正日期")
    elif period in others:
        made.unchanged += 1
    elif any(overlap(period, other) for other in others):
        made.refuse(
            row,
            "有效期起",
            "与已有的同类别期间重叠 (periods overlap)",
            "同一类别同一天只有一条",
            "先结束原期间，或改起期",
        )
    else:
        others.append(period)
        new = NewCategory(person.id, values["category"], *period, evidence=values["evidence"] or "")
        made.grants.append((row, new))


def _note_village(made: Plan, row: Row, person: Known, path: tuple[str, ...]) -> None:
    village = row.values["village"]
    if village and village not in (*path, person.area_code):
        made.notes.append(
            Note(row.number, f"名单写“{village}”，登记在“{'/'.join(path[2:]) or person.area_code}”")
        )


def _unmatched(row: Row, reason: str) -> Unmatched:
    values = row.values
    masked = mask_identity(values["identity"])
    return Unmatched(row.number, masked, values["name"], values["village"] or "", values["category"], reason)


def _residents(made: Plan, rows: list[Row], by: Actor, on: date) -> None:
    places = areas.find(row.values["area"] for row in rows)
    known = known_people(row.values["identity"] for row in rows)
    first: dict[str, int] = {}
    here = by.where("person.import")
    for row in rows:
        number = row.values["identity"]
        earlier = first.setdefault(number, row.number)
        if earlier != row.number:
            made.refuse(
                row, "identity", f"与第 {earlier} 行重复 (number twice)", "一个身份证号一行", "删去重复行"
            )
        elif number not in known:
            _new_person(made, row, places[row.values["area"]], by, on)
        elif not here.covers_area(known[number].area_code):
            made.refuse(
                row,
                "identity",
                "该号码不能在本区划登记 (not to be registered in your area)",
                "",
                "由市级经办核对",
            )
        elif same_name(known[number].name, row.values["name"]):
            made.unchanged += 1
        else:
            made.refuse(row, "name", "该号码已登记为另一姓名 (registered under another name)", "", "核对证件")
    _households(made, on)


def _new_person(made: Plan, row: Row, places: list[Area], by: Actor, on: date) -> None:
    values = row.values
    if len(places) != 1:
        what = "区划不存在 (unknown area)" if not places else "重名，无法确定 (several areas of this name)"
        made.refuse(row, "area_code", what, "须在区划代码表中", "改填 12 位区划代码")
        return
    if not by.covers_area(places[0].code):
        made.refuse(row, "area_code", "不在您的职责区划内 (outside your area)", "", "由该区划导入")
        return
    given: dict[str, Any] = {name: values[name] or "" for name in ("phone", "address", "ethnicity", "sex")}
    new = NewPerson(
        values["name"],
        places[0].code,
        values["identity"],
        birth_on=values["birth_on"],
        source="import",
        **given,
    )
    checked = check(new, on, row.number)
    for fault in checked.faults:
        made.refuse(row, fault.where, fault.what, fault.rule, fault.todo)
    if bool(values["household"]) != bool(values["role"]):
        made.refuse(
            row, "户号", "户号与户主关系须一起填 (household and role go together)", "", "补齐或都不填"
        )
    elif not checked.faults:
        made.people.append((row, checked.person))


def _households(made: Plan, on: date) -> None:
    """One head per household of the file, counting the heads there are."""
    seats = [(row, row.values["household"]) for row, _ in made.people if row.values["role"] == "head"]
    present = Household.objects.filter(
        number__in={number for _, number in seats}, members__role="head", members__valid_to=None
    )
    heads = dict.fromkeys(present.values_list("number", flat=True), 0)
    for row, number in seats:
        if number in heads:
            place = f"第 {heads[number]} 行" if heads[number] else "登记中"
            made.refuse(
                row, "与户主关系", f"该户在{place}已有户主 (two heads)", "一户一位户主", "改正关系或户号"
            )
        heads.setdefault(number, row.number)
