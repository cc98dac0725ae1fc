"""Releases of the city's pack: what is in force, who published it, and what has changed since."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kangcheng.kernel.errors import KangchengError
from kangcheng.policy import releases as kept
from kangcheng.policy.diff import diff
from kangcheng.policy.pack import Pack
from kangcheng.portal import citypack
from kangcheng.portal.doors import page
from kangcheng.portal.words import Words, t

MOST = 300
STATES = {
    "added": Words("新增", "added"),
    "removed": Words("删除", "removed"),
    "changed": Words("修改", "changed"),
}
TONES = {"added": "good", "removed": "bad", "changed": "info"}


@page("plan.look", "pack.look")
def releases(request: HttpRequest) -> HttpResponse:
    """What the city runs now, the published releases, and the difference between two of them."""
    published = kept.releases(_root(), citypack.pack().name)
    a, b = request.GET.get("a", ""), request.GET.get("b", "")
    context: dict[str, Any] = {
        "running": citypack.pack(),
        "published": list(reversed(published)),
        "is_published": citypack.pack().release_hash in {release.hash for release in published},
        "a": a,
        "b": b,
        "choices": [
            ("", t("正在运行", "running now")),
            *((r.hash, f"{r.hash[:12]} · {r.effective_at}") for r in published),
        ],
    }
    if "a" in request.GET:
        try:
            context["changes"] = _changes(_pack(a), _pack(b))
        except KangchengError as error:
            context["fault"] = error
    return render(request, "portal/plan/releases.html", context)


def _changes(before: Pack, after: Pack) -> list[dict[str, Any]]:
    found = diff(before, after)[:MOST]
    return [
        {
            "entry": one,
            "state": STATES[one.state],
            "tone": TONES[one.state],
            "changes": [str(change) for change in one.changes][:20],
        }
        for one in found
    ]


def _pack(hash_: str) -> Pack:
    return kept.load_release(hash_, _root()) if hash_ else citypack.pack()


def _root() -> Path:
    return Path(settings.DATA) / "releases"
