"""Views people keep of a register."""

from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import KangchengError
from kangcheng.work.registers import reach
from kangcheng.work.registers.models import RegisterView
from kangcheng.work.registers.types import Register

LONGEST = 40


class ViewError(KangchengError):
    """A view cannot be kept."""


def keep_view(*, register: Register, title: str, query: str, shared: bool, by: Actor, on: date) -> UUID:
    """Keep filters, sort and columns under a name; a view of that name of the same user is replaced."""
    reach.require_look(register, by)
    title = title.strip()
    if not 0 < len(title) <= LONGEST or len(query) > 1000 or not title.isprintable():
        raise ViewError(
            "视图名称为空或过长 (name blank or too long)", where="title", rule=f"1 至 {LONGEST} 字"
        )
    with acting(by=by, on=on, why="", action="register.keep_view"):
        found, _ = RegisterView.objects.update_or_create(
            register=register.id, user_id=by.user_id, title=title, defaults={"query": query, "shared": shared}
        )
        record(
            action="register.keep_view",
            subject=f"register:{register.id}",
            by=by,
            on=on,
            detail={"shared": shared},
        )
    return found.pk


def drop_view(*, register: Register, view_id: UUID, by: Actor, on: date) -> None:
    """Forget one of the actor's own views."""
    with acting(by=by, on=on, why="", action="register.drop_view"):
        gone, _ = RegisterView.objects.filter(pk=view_id, user_id=by.user_id, register=register.id).delete()
        if not gone:
            raise ViewError("没有您的这个视图 (no such view of yours)", where=str(view_id))
        record(action="register.drop_view", subject=f"register:{register.id}", by=by, on=on)
