"""Write a report of the city's pack from the newest export."""

from functools import lru_cache

from django.conf import settings

from kangcheng.kernel.errors import KangchengError
from kangcheng.performance.indicators.selectors import computer
from kangcheng.performance.indicators.spans import span
from kangcheng.performance.reports import docx, html
from kangcheng.performance.reports.compose import Composer, template
from kangcheng.performance.reports.types import Document, Template
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack


class NoReport(KangchengError):
    """The pack has no such report, or not for such a period."""


@lru_cache(maxsize=1)
def city_pack() -> Pack:
    """The pack this city runs."""
    return load_pack(settings.CITY_PACK, root=settings.PACKS_FOLDER)


def templates(pack: Pack) -> list[Template]:
    """Every report the pack has."""
    return [template(entry.data) for entry in pack.of_kind("report")]


def write(*, name: str, period: str, scope: str = "", pack: Pack | None = None) -> Document:
    """Compose report `name` for a period (2024, 2024Q2, 2024-05) and an area code ("" the whole city)."""
    chosen = pack or city_pack()
    entry = chosen.entries.get(("report", name))
    if entry is None:
        known = "、".join(sorted(e.id for e in chosen.of_kind("report")))
        raise NoReport(f"没有这个报告 {name}", where="report", rule=f"有：{known}", todo="改正报告代码")
    report, wanted = template(entry.data), span(period)
    if wanted.kind != report.period:
        raise NoReport(
            f"{report.title} 按{PERIODS[report.period]}编写",
            where=period,
            rule=f"period: {report.period}",
            todo="改正时期",
        )
    with computer(chosen) as computed:
        return Composer(computed, wanted, scope).document(report, city=chosen.heads[chosen.name].title)


PERIODS = {"month": "月", "quarter": "季", "year": "年"}


def as_file(document: Document, suffix: str) -> bytes:
    """The document as .docx or .html."""
    if suffix == ".docx":
        return docx.write(document)
    if suffix == ".html":
        return html.write(document).encode()
    raise NoReport(f"不能写成 {suffix}", where="out", rule=".docx 或 .html", todo="改正文件名")
