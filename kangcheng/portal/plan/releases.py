"""Releases of the city's pack: what is in force, who proposed and who approved it, what has changed since; publishing one."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kangcheng.base.audit import AuditEvent, acting, record
from kangcheng.kernel.errors import KangchengError
from kangcheng.policy import releases as kept
from kangcheng.policy.diff import diff
from kangcheng.policy.pack import Pack
from kangcheng.policy.store import read_store
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotAllowed, page
from kangcheng.portal.words import Words, t

MOST = 300
PROPOSED = "pack.propose"  # the audit event that somebody wants the running content published
STATES = {
    "added": Words("新增", "added"),
    "removed": Words("删除", "removed"),
    "changed": Words("修改", "changed"),
}
TONES = {"added": "good", "removed": "bad", "changed": "info"}


@page("plan.look", "pack.look")
def releases(request: Asking) -> HttpResponse:
    """What the city runs now, the published releases, and the difference between two of them."""
    published = kept.releases(_root(), citypack.pack().name)
    is_published = citypack.pack().release_hash in {release.hash for release in published}
    proposal = None if is_published else _proposal()
    a, b = request.GET.get("a", ""), request.GET.get("b", "")
    context: dict[str, Any] = {
        "running": citypack.pack(),
        "published": list(reversed(published)),
        "is_published": is_published,
        "proposal": proposal,
        "may_propose": not is_published and proposal is None and request.actor.may("pack.look"),
        "may_approve": proposal is not None
        and request.actor.may("pack.publish")
        and proposal.actor_id != request.actor.user_id,
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


@page("pack.look")
@require_POST
def propose(request: Asking) -> HttpResponse:
    """Ask that what runs now be published; all its worked cases must hold."""
    failed = len(citypack.standing().checked.failed)
    if failed:
        raise KangchengError(
            t(f"有 {failed} 个算例不符，不能发布", f"{failed} worked cases fail"),
            where=citypack.release(),
            rule=t("发布前算例须全部相符", "all worked cases hold before a release"),
        )
    why, by, on = request.POST.get("why", "").strip()[:200], request.actor, request.today
    with acting(by=by, on=on, why=why, action=PROPOSED):
        record(action=PROPOSED, subject=_subject(), by=by, on=on, why=why)
    messages.success(
        request, t("已提出发布，等待局领导批准。", "Proposed: the bureau leader approves."), extra_tags="good"
    )
    return redirect("portal:releases")


@page("pack.publish")
@require_POST
def publish(request: Asking) -> HttpResponse:
    """A second person approves: the content becomes a release that nobody can change, effective at once."""
    proposal = _proposal()
    if proposal is None or proposal.actor_id == request.actor.user_id:
        raise NotAllowed(
            t("没有由他人提出的发布", "Nobody else has proposed it"),
            where=citypack.release(),
            rule=t("一人提出，另一人批准", "one proposes, another approves"),
        )
    now, by, on = timezone.now(), request.actor, request.today
    with acting(by=by, on=on, why=proposal.why, action="pack.publish"):
        record(action="pack.publish", subject=_subject(), by=by, on=on, why=proposal.why)
        store = read_store(citypack.pack().name, settings.PACKS_FOLDER)
        kept.publish(
            store, citypack.pack(), by=proposal.actor_name, approved_by=by.name, effective_at=now, published_at=now, root=_root()
        )  # fmt: skip
    messages.success(
        request,
        t("已发布，内容从此不可更改。", "Published: the content cannot change any more."),
        extra_tags="good",
    )
    return redirect("portal:releases")


def _proposal() -> AuditEvent | None:
    """The newest proposal of exactly the content that runs now."""
    return AuditEvent.objects.filter(action=PROPOSED, subject=_subject()).order_by("-created_at").first()


def _subject() -> str:
    return f"pack:{citypack.pack().name}:{citypack.pack().release_hash}"


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
