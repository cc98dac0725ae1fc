"""What the pages of records put on the first page: nothing that waits for anybody."""

from collections.abc import Iterable
from datetime import date

from kangcheng.base.accounts.types import Actor
from kangcheng.portal.home import Tile


def tiles(actor: Actor, today: date) -> Iterable[Tile]:
    """No tile."""
    return ()
