"""What planners find on their first page."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from kangcheng.base.accounts.types import Actor
from kangcheng.policy.trace import figures
from kangcheng.portal.home import Tile
from kangcheng.portal.plan import standing
from kangcheng.portal.words import Words


def tiles(actor: Actor, today: date) -> Iterable[Tile]:
    """Clauses that run, worked cases that fail; nothing until the pack has been checked once."""
    if not (actor.may("plan.look") or actor.may("pack.look")):
        return
    found = standing.known()
    if found is None:
        return
    counts = figures(found.clauses)
    yield Tile(
        Words("可执行条款", "Executable clauses"),
        f"{counts['executable']} / {counts['clauses']}",
        reverse("portal:plan"),
    )
    failed = len(found.checked.failed)
    yield Tile(
        Words("不符的算例", "Failing cases"), str(failed), reverse("portal:entries"), "bad" if failed else ""
    )
