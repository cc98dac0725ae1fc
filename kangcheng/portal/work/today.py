"""What office work finds on the first page."""

from collections.abc import Iterable
from datetime import date

from kangcheng.base.accounts.types import Actor
from kangcheng.portal.home import Tile
from kangcheng.portal.work import checks_today, processes_today


def tiles(actor: Actor, today: date) -> Iterable[Tile]:
    """The tiles of every area of office work."""
    yield from processes_today.tiles(actor, today)
    yield from checks_today.tiles(actor, today)
