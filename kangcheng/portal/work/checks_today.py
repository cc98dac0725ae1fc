"""What is to be put right, and findings that wait for the reader, on the first page."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from kangcheng.base.accounts.types import Actor
from kangcheng.portal.home import Tile
from kangcheng.portal.words import Words, t
from kangcheng.work.checklists import selectors as checklists
from kangcheng.work.reviews import selectors as reviews


def tiles(actor: Actor, today: date) -> Iterable[Tile]:
    """Overdue rectifications, findings to reply to, replies to decide on; nothing where there is nothing."""
    if actor.may("plan.look") or actor.may("inspect.write"):
        here = actor.where("plan.look", "inspect.write")
        waiting = checklists.rectifications(here, state__in=checklists.OPEN)
        late = sum(row.due_on is not None and row.due_on < today for row in waiting)
        if waiting:
            hint = t(f"逾期 {late}", f"{late} late") if late else ""
            yield Tile(
                Words("待整改", "To put right"),
                str(len(waiting)),
                reverse("portal:rectifications"),
                "bad" if late else "warn",
                hint,
                12,
            )
    if actor.has(reviews.UNIT_ROLE):
        yield from _findings(actor, "asked", Words("待答复的疑点", "Findings to reply to"))
    if actor.may("claim.audit") or actor.may("inspect.write"):
        yield from _findings(actor, "replied", Words("已答复待复核", "Replies to decide on"))


def _findings(actor: Actor, state: str, title: Words) -> Iterable[Tile]:
    count = reviews.findings(actor, state=state).count()
    if count:
        yield Tile(title, str(count), f"{reverse('portal:findings')}?state={state}", "warn", "", 13)
