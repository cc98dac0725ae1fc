"""Views people keep of a register."""

from django.db.models import Q

from kangcheng.base.accounts.types import Actor
from kangcheng.work.registers.models import RegisterView


def views(register: str, by: Actor) -> list[RegisterView]:
    """The actor's own views of the register and those others share, by name."""
    mine = RegisterView.objects.filter(Q(user_id=by.user_id) | Q(shared=True), register=register)
    return list(mine.order_by("title", "id"))
