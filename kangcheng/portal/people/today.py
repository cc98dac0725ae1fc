"""What the area people has for the first page."""

from collections.abc import Iterable
from datetime import date

from kangcheng.base.accounts.types import Actor
from kangcheng.portal.home import Tile


def tiles(actor: Actor, today: date) -> Iterable[Tile]:
    """Tiles for this actor."""
    return ()
