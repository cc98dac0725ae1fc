"""What the area people has for the first page."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from kangcheng.access.exports import selectors as exports
from kangcheng.base.accounts.types import Actor
from kangcheng.portal.home import Tile
from kangcheng.portal.words import Words
from kangcheng.registry.catalogues import selectors as catalogues
from kangcheng.registry.categories.types import REGISTERED_POOR
from kangcheng.registry.imports import selectors as imports


def tiles(actor: Actor, today: date) -> Iterable[Tile]:
    """Exports to decide or ready, lists' rows without a person, mappings to decide."""
    yield from _exports(actor, today)
    if actor.may("person.import"):
        unmatched = len(imports.unmatched(by=actor.where("person.import")))
        yield Tile(
            Words("名单中未匹配", "List rows without a person"),
            str(unmatched),
            reverse("portal:unmatched"),
            "warn" if unmatched else "",
        )
        rate = imports.marking_rate(today, category=REGISTERED_POOR)
        share = f"{float(rate.share) * 100:.1f}%" if rate.share is not None else "—"
        yield Tile(Words("贫困标识覆盖率", "Poverty mark coverage"), share, reverse("portal:imports"))
    if actor.may("catalogue.write"):
        proposed = [
            m for m in catalogues.mappings(status="proposed") if actor.covers_institution(m.institution_id)
        ]
        others = sum(m.proposed_by != actor.user_id for m in proposed)
        yield Tile(
            Words("待审核目录对照", "Mappings to decide"),
            str(others),
            reverse("portal:mappings"),
            "warn" if others else "",
        )
        mine = [m for m in catalogues.mappings(status="rejected") if m.proposed_by == actor.user_id]
        if mine:
            url = reverse("portal:mappings") + "?status=rejected"
            yield Tile(Words("被退回的对照", "Mappings sent back"), str(len(mine)), url, "warn")


def _exports(actor: Actor, today: date) -> Iterable[Tile]:
    url = reverse("portal:exports")
    waiting = exports.to_decide(actor)
    if waiting:
        yield Tile(Words("待审批导出", "Exports to decide"), str(len(waiting)), url, "warn")
    if actor.may("person.export"):
        ready = [one for one in exports.mine(actor) if one.open_on(today) and not one.fetches]
        if ready:
            yield Tile(Words("已批准可导出", "Exports ready"), str(len(ready)), url, "warn")
