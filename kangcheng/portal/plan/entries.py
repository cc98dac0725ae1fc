"""Entries of the city's pack: the list, and one entry as it stands with its clause, its worked cases and its source."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kangcheng.policy.entry import Entry
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t

KINDS = {
    "parameter": Words("参数", "Parameter"), "tiers": Words("分级", "Tiers"), "codelist": Words("代码表", "Code list"),
    "benefit": Words("待遇", "Benefit"), "entitlement": Words("减免补助", "Entitlement"), "stack": Words("待遇顺序", "Stack"),
    "indicator": Words("指标", "Indicator"), "report": Words("报告", "Report"), "process": Words("流程", "Process"),
    "plan": Words("规划", "Plan"), "calendar": Words("日历", "Calendar"), "document": Words("文件", "Document"),
}  # fmt: skip
STATUS = {
    "in_force": Words("有效", "in force"),
    "assumed": Words("假定值", "assumed"),
    "expected": Words("待生效", "expected"),
}
TONES = {"in_force": "good", "assumed": "warn", "expected": "info"}


def row(entry: Entry) -> dict[str, Any]:
    """An entry as a row of the list."""
    return {
        "title": entry.title, "kind": str(KINDS.get(entry.kind, entry.kind)), "kind_code": entry.kind, "id": entry.id,
        "pack": entry.pack, "status": str(STATUS.get(entry.status, entry.status)), "tone": TONES.get(entry.status, ""),
        "cases": len(entry.cases), "url": reverse("portal:entry", args=(entry.kind, entry.id)),
    }  # fmt: skip


COLUMNS = (
    Column("title", Words("名称", "Title"), order="title", link=lambda r: r["url"]),
    Column("kind", Words("种类", "Kind"), order="kind"),
    Column("id", Words("代码", "Id"), "mono", order="id"),
    Column("pack", Words("政策包", "Pack"), order="pack"),
    Column("status", Words("状态", "Status"), "tag", tone=lambda r: r["tone"]),
    Column("cases", Words("算例", "Cases"), "number", order="cases"),
)


@page("plan.look", "pack.look")
def entries(request: Asking) -> HttpResponse:
    """Every entry of the pack but the documents."""
    rows = [row(e) for e in citypack.pack().entries.values() if e.kind != "document"]
    kinds = sorted({(r["kind_code"], r["kind"]) for r in rows})
    packs = sorted({(r["pack"], r["pack"]) for r in rows})
    filters = (
        Filter("title", Words("名称", "Title"), "title"),
        Filter(
            "kind",
            Words("种类", "Kind"),
            lambda found, text: [r for r in found if r["kind_code"] == text],
            kinds,
        ),
        Filter(
            "pack",
            Words("政策包", "Pack"),
            lambda found, text: [r for r in found if r["pack"] == text],
            packs,
        ),
    )
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=filters, name="条目")
    found = listing(request, rows, COLUMNS, filters=filters, sort="title")
    return render(request, "portal/plan/entries.html", {"listing": found})


@page("plan.look", "pack.look")
def entry(request: Asking, kind: str, id: str) -> HttpResponse:
    """One entry: what it says, which clauses asked for it, its worked cases, the file it stands in."""
    found = citypack.pack().entries.get((kind, id))
    if found is None:
        raise NotFound(t("没有这个条目", "No such entry"), where=f"{kind} {id}")
    shown = {
        key: value
        for key, value in found.data.items()
        if key not in ("kind", "id", "title", "title_en", "cases", "clauses")
    }
    return render(
        request,
        "portal/plan/entry.html",
        {
            "entry": found,
            "kind": KINDS.get(kind, kind),
            "status": STATUS.get(found.status, found.status),
            "tone": TONES.get(found.status, ""),
            "tree": tree(shown),
            "clauses": cited(found),
            "cases": [
                {"name": case.name, "tree": tree(case.data), "line": case.line} for case in found.cases
            ],
        },
    )


def cited(found: Entry) -> list[Any]:
    """The clauses the entry cites, anywhere inside it, in reading order."""
    pack = citypack.pack()
    return [pack.clauses[citation] for citation in dict.fromkeys(found.citations) if citation in pack.clauses]


def tree(value: Any) -> list[dict[str, Any]]:
    """Nested mappings and lists as rows for the template: key, text or children, and the link of a citation."""
    if isinstance(value, dict):
        return [_branch(str(key), item) for key, item in value.items()]
    if isinstance(value, list):
        return [_branch("", item) for item in value]
    return [_branch("", value)]


def _branch(key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict | list):
        return {"key": key, "children": tree(value), "text": "", "url": ""}
    text = str(value)
    url = ""
    if key == "clause" and text.count("#") == 1:
        document, clause = text.split("#")
        url = reverse("portal:clause", args=(document, clause)) if document and clause else ""
    return {"key": key, "children": [], "text": text, "url": url}
