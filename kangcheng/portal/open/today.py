"""Screens that were not updated, on the first page of whoever answers for them."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils import timezone

from kangcheng.base.accounts.types import Actor
from kangcheng.portal.home import Tile
from kangcheng.portal.words import Words
from kangcheng.work.screens import selectors


def tiles(actor: Actor, today: date) -> Iterable[Tile]:
    """How many institutions within reach have screens that did not fetch their feed; for managers and the office."""
    if not (actor.has("institution_manager") or actor.has("bureau_officer")):
        return
    here = actor.where("register.look")
    stale = sum(one.stale for one in selectors.standings(here, timezone.now(), today))
    if stale:
        yield Tile(
            Words("未更新的显示屏", "Screens not updated"),
            str(stale),
            f"{reverse('portal:screens')}?state=stale",
            "warn",
            "",
            40,
        )
