"""What administrators find on their first page."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from kangcheng.access.emergencies import selectors as emergencies
from kangcheng.base.accounts import selectors as accounts
from kangcheng.base.accounts.types import Actor
from kangcheng.portal.home import Tile
from kangcheng.portal.words import Words


def tiles(actor: Actor, today: date) -> Iterable[Tile]:
    """Accounts without a role, first passwords never changed, today's audit events."""
    if actor.may("account.write") or actor.may("role.grant"):
        roleless = sum(1 for user in accounts.users().filter(is_active=True) if not user.grants.all())
        url = reverse("portal:accounts")
        yield Tile(
            Words("没有角色的账户", "Accounts without a role"),
            str(roleless),
            url + "?state=roleless",
            "warn" if roleless else "",
        )
        first = accounts.users().filter(is_active=True, must_change_password=True).count()
        yield Tile(
            Words("尚未更改初始口令", "First password not changed"),
            str(first),
            url + "?state=first",
            "warn" if first else "",
        )
    if actor.may("audit.look"):
        from kangcheng.portal.admin.logs import events_of_day, looks_of_day

        yield Tile(
            Words("今日审计事件", "Audit events today"), str(events_of_day(today)), reverse("portal:audit")
        )
        waiting = len(emergencies.waiting())
        yield Tile(
            Words("紧急查看待复核", "Emergency openings to review"),
            str(waiting),
            reverse("portal:emergencies"),
            "bad" if waiting else "",
        )
        yield Tile(Words("今日查阅", "Looks today"), str(looks_of_day(today)), reverse("portal:looks"))
