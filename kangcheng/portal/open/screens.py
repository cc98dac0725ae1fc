"""What the screens of an institution show, and which institutions have not fetched it.

A screen is known by the key in its address, which is signed by this installation: only who was given the address can
say "fetched", and nothing else can be done with it.
"""

from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kangcheng.kernel.money import yuan
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.areas import selectors as areas
from kangcheng.work.screens import selectors, services
from kangcheng.work.screens.types import Feed

SIGNER = Signer(salt="screen")
COLUMNS = (
    Column("name", Words("机构", "Institution"), order="name"),
    Column("area", Words("所在地", "Area"), order="area"),
    Column("at", Words("最近取用", "Last fetched"), "moment", order="at"),
    Column("times", Words("取用次数", "Fetches"), "number", order="times"),
    Column(
        "state", Words("状态", "State"), "tag", tone=lambda r: "bad" if r["stale"] else "good",
        source=lambda r: t("未更新", "not updated") if r["stale"] else t("正常", "current"),
    ),
    Column("link", Words("屏幕地址", "Address for the screen"), source=lambda r: t("打开", "open"), link=lambda r: r["url"]),
)  # fmt: skip
FILTERS = (
    Filter("name", Words("机构", "Institution"), lambda rows, text: [row for row in rows if text in row["name"]]),
    Filter(
        "state", Words("状态", "State"), lambda rows, text: [row for row in rows if row["stale"] == (text == "stale")],
        [("stale", Words("未更新", "not updated")), ("fresh", Words("正常", "current"))],
    ),
)  # fmt: skip


@require_safe
def screen(request: HttpRequest, key: str) -> HttpResponse:
    """The rolling page of one institution; opening it counts as a fetch. It asks again every ten minutes."""
    found = _fetched(key)
    return render(request, "portal/open/screen.html", {"feed": found, "prices": _prices(found)})


@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """The same as data, for screens with a programme of their own."""
    found = _fetched(key)
    return JsonResponse(
        {
            "institution": found.name,
            "on": timezone.localdate().isoformat(),
            "prices": _prices(found),
            "policies": [{"question": question, "answer": answer} for question, answer in found.answers],
        },
        json_dumps_params={"ensure_ascii": False},
    )


@page("register.look")
def standings(request: Asking) -> HttpResponse:
    """Every institution that must have a screen, when it last fetched its feed; those not updated first."""
    names = {}
    rows: list[dict[str, Any]] = []
    for one in selectors.standings(request.actor, timezone.now(), request.today):
        names[one.area_code] = ""
        url = reverse("portal:screen", args=(SIGNER.sign(str(one.institution_id)),))
        rows.append(
            {
                "name": one.name,
                "area": one.area_code,
                "at": one.fetched_at,
                "times": one.times,
                "stale": one.stale,
                "url": url,
            }
        )
    titles = areas.names(names)
    rows = [row | {"area": titles.get(row["area"], row["area"])} for row in rows]
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=FILTERS, name=t("显示屏", "screens"))
    shown = listing(
        request, rows, COLUMNS, filters=FILTERS, empty=Words("没有应装显示屏的机构", "No institution")
    )
    context = {"listing": shown, "stale": sum(row["stale"] for row in rows), "count": len(rows)}
    return render(request, "portal/open/standings.html", context)


def _fetched(key: str) -> Feed:
    """The feed of the institution whose key this is; the fetch is noted."""
    try:
        institution_id = UUID(SIGNER.unsign(key))
    except (BadSignature, ValueError):
        raise Http404 from None
    found = selectors.feed(institution_id, timezone.localdate())
    if found is None:
        raise Http404
    services.note_fetch(institution_id=institution_id, at=timezone.now())
    return found


def _prices(found: Feed) -> list[dict[str, str]]:
    return [{"name": one.name, "unit": one.unit, "price": yuan(one.price)} for one in found.prices]
