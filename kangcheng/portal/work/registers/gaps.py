"""Who should have a row in a register and has none."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.portal.work.registers import shown
from kangcheng.portal.work.registers.listed import LOOK, clauses, opened
from kangcheng.registry.areas import selectors as areas
from kangcheng.work.registers import selectors
from kangcheng.work.registers.types import Covers, Register

EACH = {
    "institution": Words("尚未登记的机构", "Institutions without a row"),
    "county": Words("尚未登记的县区", "Counties without a row"),
    "township": Words("尚未登记的乡镇", "Townships without a row"),
    "village": Words("尚未登记的村", "Villages without a row"),
    "row": Words("尚缺的对象", "Rows without one"),
}
COLUMNS = (
    Column("name", Words("名称", "Name")),
    Column("place", Words("所在地区", "Area")),
    Column("area_code", Words("区划代码", "Code"), kind="mono"),
)


def title_of(register: Register, covers: Covers) -> str:
    """What the missing ones are called."""
    return t(covers.title, covers.title_en) if covers.title else str(EACH[covers.each])


@page(*LOOK)
def gaps(request: Asking, id: str) -> HttpResponse:
    """The list of those without a row, within the actor's reach."""
    register = opened(request, id)
    if register.covers is None:
        raise NotFound(t("这本台账没有应有名单", "Nobody must have a row here"), where=register.id)
    found = selectors.gaps(register, request.actor, request.today)
    paths = areas.paths({one.area_code for one in found if one.area_code})
    rows = [
        {"name": one.name, "place": " ".join(paths.get(one.area_code, ())[-3:]), "area_code": one.area_code}
        for one in found
    ]
    text = Filter("q", Words("名称", "Name"), _named)
    title = title_of(register, register.covers)
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, name=title, filters=(text,))
    empty = Words("都已登记，没有缺的", "Nothing is missing")
    made = listing(request, rows, COLUMNS, filters=(text,), empty=empty)
    context = {
        "register": register, "title": title, "of": shown.title(register), "listing": made, "count": len(rows),
        "clauses": clauses(register),
    }  # fmt: skip
    return render(request, "portal/work/registers/gaps.html", context)


def _named(rows: list[dict[str, str]], text: str) -> list[dict[str, str]]:
    return [row for row in rows if text in row["name"] or text in row["place"]]
