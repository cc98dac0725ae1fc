"""How pages show what processes hold: values by type, names of places, tones of states."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.money import show_yuan
from kangcheng.policy.entry import Entry
from kangcheng.policy.guards import data_of
from kangcheng.portal import citypack
from kangcheng.portal.templatetags.kc import day
from kangcheng.portal.words import t
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.work.processes.types import CaseView


def titled(row: Mapping[str, Any]) -> str:
    """Title of a state, step or field in the reader's language."""
    return t(row["title"], row.get("title_en", row["title"]))


def value(datum: Mapping[str, Any], given: Any) -> str:
    """A stored value as a reader sees it."""
    kind = datum["type"]
    if kind == "money":
        return f"{show_yuan(int(given))} {t('元', 'yuan')}"
    if kind == "flag":
        return t("是", "yes") if given == "yes" else t("否", "no")
    if kind == "quantity":
        return f"{given} {datum['unit']}"
    if kind == "date":
        return str(day(parse_date(str(given))))
    if kind == "code" and datum.get("codelist"):
        return citypack.title(datum["codelist"], str(given))
    if kind == "institution":
        return _institution(str(given))
    if kind == "place":
        return areas.names([str(given)]).get(str(given), str(given))
    return str(given)


def _institution(text: str) -> str:
    from uuid import UUID

    try:
        return institutions.names([UUID(text)]).get(UUID(text), text)
    except ValueError:
        return text


def filled(entry: Entry, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(title, value) of what is filled in, in the order of the entry."""
    known = data_of(entry)
    return [(titled(known[name]), _safe(known[name], fields[name])) for name in known if name in fields]


def _safe(datum: Mapping[str, Any], given: Any) -> str:
    try:
        return value(datum, given)
    except (KangchengError, ValueError):
        return str(given)


def belongs(case: CaseView) -> str:
    """The institution or area of a case in words."""
    if case.subject.institution_id:
        return institutions.names([case.subject.institution_id]).get(case.subject.institution_id, "—")
    code = case.subject.area_code
    return areas.names([code]).get(code, code) if code else "—"


def due_words(due_at: datetime | None, now: datetime, sure: bool = True) -> str:
    """How long is left, or by how much it is late."""
    if due_at is None:
        return "—"
    left = timezone.localtime(due_at).date() - timezone.localtime(now).date()
    mark = "" if sure else t("（暂定）", " (provisional)")
    if due_at < now:
        return t(f"逾期 {max(-left.days, 1)} 天", f"{max(-left.days, 1)} days late") + mark
    return (
        t("今日到期", "due today") if not left.days else t(f"还剩 {left.days} 天", f"{left.days} days left")
    ) + mark


def tone(final: bool, due_at: datetime | None, now: datetime) -> str:
    """Colour of a state: done, late, due within a day, under way."""
    if final:
        return "good"
    if due_at is None:
        return "info"
    return "bad" if due_at < now else "warn" if (due_at - now).days < 1 else "info"
