"""What a counter finds on its first page."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from kangcheng.base.accounts.types import Actor
from kangcheng.funds.billing import selectors as billing
from kangcheng.funds.cashier import selectors as cashier
from kangcheng.kernel.money import show_yuan
from kangcheng.portal.counter.places import ids, own
from kangcheng.portal.home import Tile
from kangcheng.portal.words import Words

MOST = 500


def tiles(actor: Actor, today: date) -> Iterable[Tile]:
    """Bills waiting, days not closed, money taken today."""
    if actor.may("claim.settle"):
        waiting = len(billing.waiting(institution_ids=ids(actor, today), limit=MOST))
        yield Tile(
            Words("待结算账单", "Bills waiting"),
            str(waiting),
            reverse("portal:counter"),
            "warn" if waiting else "",
            order=1,
        )
    if actor.may("cash.write"):
        places = own(actor, today)[:20]
        open_days = sum(len(cashier.days_open(institution_id=place.id, before=today)) for place in places)
        yield Tile(
            Words("往日未日结", "Days not closed"),
            str(open_days),
            reverse("portal:cash"),
            "bad" if open_days else "",
            order=2,
        )
        taken = sum(
            cashier.sheet(cashier_id=actor.user_id, institution_id=p.id, day=today).total for p in places
        )
        yield Tile(
            Words("今日收款（元）", "Taken today (yuan)"), show_yuan(taken), reverse("portal:cash"), order=3
        )
