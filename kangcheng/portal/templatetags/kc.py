"""Template words of the portal: two languages, money and dates as officials write them, query strings, charts."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from kangcheng.kernel import dates, money
from kangcheng.portal import words

register = template.Library()
CLASSES = {"jia": ("甲类", "class A"), "yi": ("乙类", "class B"), "zifei": ("自费", "self-paid")}


@register.simple_tag
def t(zh: str, en: str = "") -> str:
    """`{% t "保存" "Save" %}`"""
    return words.t(zh, en)


@register.filter
def yuan(fen: int | None) -> str:
    """1,234.50 (a dash for nothing)."""
    return "—" if fen is None else money.show_yuan(fen)


@register.filter
def insurance_class(code: str) -> str:
    """甲类, 乙类, 自费."""
    zh, en = CLASSES.get(code, (code or "—", code or "—"))
    return words.t(zh, en)


@register.filter
def minus(fen: int) -> int:
    """The other sign: a credit as a positive number."""
    return -fen


@register.filter
def official(fen: int | None) -> str:
    """1,234.50元, 12.35万元, 3.20亿元."""
    return "—" if fen is None else money.show_official(fen)


@register.filter
def words_of_money(fen: int) -> str:
    """人民币大写."""
    return money.in_words(fen)


@register.filter
def day(value: date | None) -> str:
    """2012年3月1日; ISO for English readers."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return words.t(dates.show_date(value), value.isoformat())


@register.filter
def moment(value: datetime | None) -> str:
    """2012年3月1日 09:30 in the city's own time."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    return f"{words.t(dates.show_date(local.date()), local.date().isoformat())} {local:%H:%M}"


@register.filter
def percent(value: Any) -> str:
    """A rate 0..1 as 73.6%."""
    return "—" if value is None else f"{float(value) * 100:.1f}%"


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """`{{ row|get:column.name }}`"""
    if isinstance(mapping, Mapping):
        return mapping.get(key)
    return getattr(mapping, key, None)


@register.simple_tag(takes_context=True)
def may(context: template.Context, name: str) -> bool:
    """`{% may "claims" as may_claims %}`: whether the reader may open the page, so that no link leads to a refusal."""
    from kangcheng.portal.navigation import may_open

    actor = getattr(context.get("request"), "actor", None)
    return actor is not None and may_open(actor, name)


@register.simple_tag(takes_context=True)
def may_visit(context: template.Context, path: str) -> bool:
    """`{% may_visit row.page as ok %}`: as `may`, for an address."""
    from kangcheng.portal import navigation

    actor = getattr(context.get("request"), "actor", None)
    return actor is not None and navigation.may_visit(actor, path)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The current query string with some keys changed; an empty value removes the key."""
    request = context.get("request")
    params: QueryDict = request.GET.copy() if request else QueryDict(mutable=True)
    for key, value in changes.items():
        if value in ("", None):
            params.pop(key, None)
        else:
            params[key] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag
def urlquery(**values: Any) -> str:
    """`{% urlquery purpose=p why=w %}`: key=value pairs for an address, empty ones left out."""
    return urlencode({key: value for key, value in values.items() if value not in ("", None)})


@register.simple_tag
def chart(name: str, option: Mapping[str, Any], height: int = 300, label: str = "") -> SafeString:
    """A chart: the ECharts option as a data script beside an empty box that `kangcheng.js` draws into."""
    data = json.dumps(option, ensure_ascii=False).replace("<", "\\u003c")
    return format_html(
        '<div class="chart" id="{}" style="height:{}px" role="img" aria-label="{}"></div>'
        '<script type="application/json" data-chart="{}">{}</script>',
        name,
        height,
        label,
        name,
        mark_safe(data),  # noqa: S308  JSON with < escaped: cannot close the script
    )
