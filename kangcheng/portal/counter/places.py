"""The institutions a clerk works at, for choice fields and for narrowing lists."""

from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal.doors import Asking
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.institutions.types import Institution


def own(actor: Actor, on: date) -> list[Institution]:
    """The institutions the actor works at; those of the whole city for whoever is bound to none."""
    if actor.institutions:
        return sorted(institutions.get_many(actor.institutions, on).values(), key=lambda place: place.name)
    return institutions.list_on(on) if "" in actor.areas else []


def narrowed(actor: Actor) -> tuple[UUID, ...] | None:
    """Institution ids a list is narrowed to; None: the whole city."""
    return None if "" in actor.areas else tuple(actor.institutions)


def ids(actor: Actor, on: date) -> tuple[UUID, ...]:
    """Ids of the institutions of `own`."""
    return tuple(actor.institutions) or tuple(place.id for place in own(actor, on))


def chosen(request: Asking, places: list[Institution]) -> Institution:
    """The institution posted or asked for, else the first; refused when it is not one of the clerk's."""
    text = request.POST.get("institution") or request.GET.get("institution") or ""
    found = [place for place in places if str(place.id) == text] or ([] if text else places[:1])
    if not found:
        raise KangchengError(
            "没有可办理的机构",
            where="institution",
            rule="只能办理本机构的业务",
            todo="请安全管理员授予机构范围",
        )
    return found[0]
