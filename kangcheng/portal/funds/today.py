"""What the fund's people find on their first page."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from kangcheng.base.accounts.types import Actor
from kangcheng.funds.overview import selectors
from kangcheng.kernel.money import show_official
from kangcheng.portal.funds.overview import newest_day
from kangcheng.portal.home import Tile
from kangcheng.portal.words import Words


def tiles(actor: Actor, today: date) -> Iterable[Tile]:
    """The year's outlay and balance of the newest year."""
    if not actor.may("fund.look"):
        return
    last = newest_day() or today
    found = selectors.overview(since=date(last.year, 1, 1), on=last)
    outlay = sum(found.outlay.values())
    yield Tile(
        Words(f"{last.year}年支出", f"outlay {last.year}"), show_official(outlay), reverse("portal:fund")
    )
    tone = "bad" if found.balance < 0 else ""
    yield Tile(
        Words(f"{last.year}年结余", f"balance {last.year}"),
        show_official(found.balance),
        reverse("portal:fund"),
        tone,
    )
    page = "portal:claims" if actor.may("claim.look") else "portal:fund"
    yield Tile(Words("结算笔数", "settlements"), f"{found.claims:,}", reverse(page))
