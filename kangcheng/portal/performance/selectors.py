"""Codes of a report or a split in words: payers, schemes, levels, entitlements, areas; and in the order of their list."""

from collections.abc import Iterable
from dataclasses import replace

from kangcheng.performance.reports.types import Chart, Document, Figure, Grid, Section
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
    return _listed(LISTS.get(name, ANY), code) or _entry(code) or code


def in_order(name: str, codes: Iterable[str]) -> list[str]:
    """Codes in the order of their list; what it does not know comes last."""
    known = [code for list_ in LISTS.get(name, ()) for code in citypack.titles(list_)]
    return sorted(codes, key=lambda code: (known.index(code) if code in known else len(known), code))


def in_words(document: Document) -> Document:
    """The same report with its codes in words (tables, charts, sources, scope), rows in the order of their list."""
    return replace(
        document,
        scope=label("area_code", document.scope) if document.scope else "",
        sections=tuple(map(_section, document.sections)),
        figures=tuple(map(_figure, document.figures)),
    )


def _section(section: Section) -> Section:
    grid, chart = section.grid, section.chart
    return replace(
        section,
        grid=replace(grid, rows=tuple(_rows(grid))) if grid else None,
        chart=_chart(chart) if chart and chart.by else chart,
    )


def _rows(grid: Grid) -> list[tuple[str, tuple[Figure, ...]]]:
    """Rows of a breakdown by the order of its first column's list; a row of one indicator has its title already."""
    named = [(figures[0].of if figures else (), title, figures) for title, figures in grid.rows]
    if not named or not named[0][0]:
        return list(grid.rows)
    order = in_order(named[0][0][0][0], [group[0][1] for group, _, _ in named])
    named.sort(key=lambda row: order.index(row[0][0][1]))
    return [(_group(group), tuple(map(_figure, figures))) for group, _, figures in named]


def _chart(chart: Chart) -> Chart:
    return replace(chart, labels=tuple(label(chart.by, code) for code in chart.labels))


def _figure(figure: Figure) -> Figure:
    return (
        replace(figure, formula=t(f"其中：{_group(figure.of)}", f"of which {_group(figure.of)}"))
        if figure.of
        else figure
    )


def _group(of: tuple[tuple[str, str], ...]) -> str:
    return " · ".join(label(name, code) if code else t("未注明", "not stated") for name, code in of)


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
