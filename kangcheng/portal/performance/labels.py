"""Codes of a report or a split in words: payers, schemes, levels, entitlements, areas; and in the order of their list."""

from collections.abc import Iterable
from dataclasses import replace

from kangcheng.performance.reports.types import Document, Grid, Section
from kangcheng.portal import citypack
from kangcheng.portal.words import Words, t
from kangcheng.registry.areas import selectors as areas

LISTS = {
    "payer": ("payers",), "source": ("payers", "financing-sources"), "scheme": ("schemes",), "setting": ("settings",),
    "level": ("hospital-levels",), "name": ("financing-sources", "payers"),
}  # fmt: skip
COLUMNS = {
    "payer": Words("付款方", "Payer"), "source": Words("资金来源", "Source"), "scheme": Words("险种", "Scheme"),
    "setting": Words("就诊类型", "Setting"), "level": Words("机构级别", "Level"), "name": Words("名称", "Name"),
    "entitlement": Words("待遇", "Entitlement"), "kind": Words("形式", "Form"), "county_code": Words("县区", "County"),
    "area_code": Words("区划", "Area"),
}  # fmt: skip
FORMS = {
    "waive": Words("减免", "waived"),
    "subsidy": Words("补助", "subsidy"),
    "cap": Words("限价", "price cap"),
}
ANY = ("payers", "schemes", "settings", "hospital-levels", "financing-sources")


def column(name: str) -> str:
    """The title of a breakdown."""
    return str(COLUMNS.get(name, name))


def label(name: str, code: str) -> str:
    """The title of `code` in the breakdown `name`; the code itself when no list knows it."""
    if name in ("county_code", "area_code"):
        return areas.names([code]).get(code, code)
    if name == "kind":
        return str(FORMS.get(code, code))
    return _listed(LISTS.get(name, ()), code) or _entry(code) or code


def in_order(name: str, codes: Iterable[str]) -> list[str]:
    """Codes in the order of their list; what it does not know comes last."""
    known = [code for list_ in LISTS.get(name, ()) for code in citypack.titles(list_)]
    return sorted(codes, key=lambda code: (known.index(code) if code in known else len(known), code))


def in_words(document: Document) -> Document:
    """The same report with the codes of its tables and charts in words, rows in the order of their list."""
    return replace(document, sections=tuple(map(_section, document.sections)))


def _section(section: Section) -> Section:
    grid, chart = section.grid, section.chart
    return replace(
        section,
        grid=_grid(grid) if grid else None,
        chart=replace(chart, labels=tuple(map(_any, chart.labels))) if chart else None,
    )


def _grid(grid: Grid) -> Grid:
    known = [code for list_ in ANY for code in citypack.titles(list_)]
    rows = sorted(grid.rows, key=lambda row: known.index(row[0]) if row[0] in known else len(known))
    return replace(grid, rows=tuple((_any(code), figures) for code, figures in rows))


def _any(code: str) -> str:
    return _listed(ANY, code) or _entry(code) or code


def _listed(lists: Iterable[str], code: str) -> str:
    for name in lists:
        found = citypack.titles(name).get(code)
        if found:
            return t(*found)
    return ""


def _entry(code: str) -> str:
    for kind in ("entitlement", "benefit"):
        entry = citypack.pack().entries.get((kind, code))
        if entry is not None:
            return t(entry.title, entry.title_en)
    return ""
