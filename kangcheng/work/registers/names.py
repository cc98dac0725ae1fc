"""What cells name: institutions, areas, residents, files and rows of other registers, found in the database and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from kangcheng.base.models import StoredFile
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.ids import IdentityNumber
from kangcheng.policy.schema import nearest
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.institutions.types import Institution
from kangcheng.registry.people import selectors as people
from kangcheng.work.registers import source
from kangcheng.work.registers.models import RegisterRow
from kangcheng.work.registers.rules import cells, rows
from kangcheng.work.registers.rules.cells import CellError
from kangcheng.work.registers.types import Register

MOST_REFERENCES = 200_000


class Names:
    """Names as they are on the day. One instance serves one form, or one file of many rows."""

    def __init__(self, on: date) -> None:
        self.on = on
        self._areas: dict[str, str] = {}
        self._people: dict[str, str] = {}
        self._references: dict[str, dict[str, str]] = {}

    @cached_property
    def _institutions(self) -> dict[UUID, Institution]:
        return {one.id: one for one in institutions.list_on(self.on)}

    @cached_property
    def _institutions_by_word(self) -> dict[str, list[UUID]]:
        found: dict[str, list[UUID]] = {}
        for one in self._institutions.values():
            for word in {one.name, one.code, str(one.id)}:
                found.setdefault(word, []).append(one.id)
        return found

    def institution(self, text: str) -> str:
        """Id of an open institution by name, code or id."""
        found = self._institutions_by_word.get(text, [])
        if len(found) != 1:
            near = nearest(text, self._institutions_by_word)
            what = "有同名机构 (several of that name)" if found else "没有这个机构 (no such institution)"
            todo = "改填机构代码" if found else (f"最接近的是 {near}" if near else "")
            raise CellError(f"{what} {text!r}", rule="机构全称或统一社会信用代码", todo=todo)
        return str(found[0])

    def area_of(self, institution_id: str) -> str:
        """Area code of an institution; "" when it is not open."""
        one = self._institutions.get(UUID(institution_id))
        return one.area_code if one else ""

    def prepare(self, register: Register, texts: Iterable[Mapping[str, str]]) -> None:
        """Look all areas of a file up at once."""
        wanted = {
            row[column.id].strip()
            for column in register.columns
            if column.type == "area"
            for row in texts
            if row.get(column.id, "").strip()
        }
        for text, found in areas.find(wanted).items() if wanted else ():
            if len(found) == 1:
                self._areas[text] = found[0].code

    def area(self, text: str) -> str:
        """Code of an area by code or by a name that only one has."""
        if text not in self._areas:
            found = areas.find([text])[text]
            if len(found) != 1:
                what = "有同名区划 (several of that name)" if found else "没有这个区划 (no such area)"
                raise CellError(f"{what} {text!r}", rule="区划代码，或不重名的名称")
            self._areas[text] = found[0].code
        return self._areas[text]

    def person(self, text: str) -> str:
        """Opaque id of a resident by identity number or id."""
        if text not in self._people:
            self._people[text] = self._person(text)
        return self._people[text]

    def _person(self, text: str) -> str:
        try:
            found = (
                people.get(UUID(text))
                if len(text) == 36
                else people.find_by_identity(IdentityNumber.parse(text).text)
            )
        except ValueError:
            found = None
        except KangchengError as error:
            raise CellError("身份证号不对 (not an identity number)", rule=error.rule) from None
        if found is None:
            raise CellError("没有登记这位居民 (not registered)", rule="填身份证号", todo="先登记居民")
        return str(found.id)

    def file(self, text: str) -> str:
        """Id of a stored file."""
        try:
            found = StoredFile.objects.filter(pk=UUID(text)).exists()
        except ValueError:
            found = False
        if not found:
            raise CellError("没有这个附件 (no such file)", rule="附件在表单上传")
        return text

    def reference(self, register: str, text: str) -> str:
        """Id of a row of another register by its label or id."""
        if register not in self._references:
            self._references[register] = labels(register, self.on)
        found = self._references[register].get(text)
        if found is None:
            near = nearest(text, list(self._references[register])[:1000])
            raise CellError(
                f"没有这一行 (no such row) {text!r}",
                todo=f"最接近的是 {near}" if near else "先登记被引用的行",
            )
        return found


def labels(register_id: str, on: date) -> dict[str, str]:
    """Label, as people read it, and id of every row of a register -> its id."""
    register = source.current().registers()[register_id]
    wanted = RegisterRow.objects.filter(register=register_id, removed=False)[:MOST_REFERENCES]
    found: dict[str, str] = {}
    held = [(str(row.id), typed(register, row.data)) for row in wanted.only("id", "data")]
    words = titles(register, [values for _, values in held], on)
    for row_id, values in held:
        found[row_id] = found[rows.label(register, values, words)] = row_id
    return found


def typed(register: Register, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a JSON column holds, as typed values."""
    return {column.id: cells.from_json(column.type, data.get(column.id)) for column in register.columns}


def titles(register: Register, values: Iterable[Mapping[str, Any]], on: date) -> dict[str, str]:
    """Words for the ids and codes in some rows: institutions, areas, references, files. Persons are left to the pages."""
    ids: dict[str, set[str]] = {}
    for column in register.columns:
        held = {str(row[column.id]) for row in values if row.get(column.id) and not column.several}
        ids.setdefault(column.type, set()).update(held)
    found = dict(areas.names(ids.get("area", ())))
    found |= {
        str(id_): name for id_, name in institutions.names(map(UUID, ids.get("institution", ()))).items()
    }
    files = StoredFile.objects.filter(pk__in=ids.get("file", ())).values_list("id", "name")
    found |= {str(id_): name for id_, name in files}
    if ids.get("reference"):
        found |= _references(register, ids["reference"])
    return found


def _references(register: Register, ids: Iterable[str]) -> dict[str, str]:
    known = source.current().registers()
    rows_ = RegisterRow.objects.filter(pk__in=ids).only("id", "register", "data")
    return {
        str(row.id): rows.label(known[row.register], typed(known[row.register], row.data))
        for row in rows_
        if row.register in known
    }
