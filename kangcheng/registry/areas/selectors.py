"""Questions about areas."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from kangcheng.registry.areas import models
from kangcheng.registry.areas.types import Area, Change, ancestors


def get(code: str) -> Area | None:
    """The area with this code."""
    row = models.Area.objects.filter(code=code).first()
    return _area(row) if row else None


def path(code: str) -> tuple[str, ...]:
    """Names from the province down to `code`; a level that is not in the table is left out. One query."""
    known = names(ancestors(code))
    return tuple(known[part] for part in ancestors(code) if part in known)


def names(codes: Iterable[str]) -> dict[str, str]:
    """Code -> name of those that exist. One query."""
    return dict(models.Area.objects.filter(code__in=set(codes)).values_list("code", "name"))


def paths(codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """`path` of many codes. One query."""
    wanted = set(codes)
    known = names(part for code in wanted for part in ancestors(code))
    return {code: tuple(known[part] for part in ancestors(code) if part in known) for code in wanted}


def children(code: str) -> list[Area]:
    """The areas directly below `code` ("" for the provinces), by code."""
    return [_area(row) for row in models.Area.objects.filter(parent_code=code).order_by("code")]


def under(prefix: str, *, level: int | None = None) -> list[Area]:
    """All areas whose code starts with `prefix`, by code; only those of `level` when given."""
    rows = models.Area.objects.filter(code__startswith=prefix).order_by("code")
    return [_area(row) for row in (rows if level is None else rows.filter(level=level))]


def unknown(codes: Iterable[str]) -> set[str]:
    """Those of `codes` that are in the table at no level. One query."""
    wanted = set(codes)
    return wanted - set(names(wanted))


def find(texts: Iterable[str], *, within: str = "") -> dict[str, list[Area]]:
    """Text -> the areas below `within` with that code or that name, by code: to read the village of a list. One query."""
    wanted = {text for text in texts if text}
    rows = models.Area.objects.filter(Q(code__in=wanted) | Q(name__in=wanted), code__startswith=within)
    found: dict[str, list[Area]] = {text: [] for text in wanted}
    for row in rows.order_by("code"):
        for text in {row.code, row.name} & wanted:
            found[text].append(_area(row))
    return found


def changes(code: str = "") -> list[Change]:
    """Changes of divisions, newest first; only those of `code` (as old or new) when given."""
    rows = models.AreaChange.objects.order_by("-on", "-created_at")
    if code:
        rows = rows.filter(Q(old_code=code) | Q(new_code=code))
    return [
        Change(r.act, r.kind, r.on, r.old_code, r.old_name, r.new_code, r.new_name, r.document, r.undone_on)
        for r in rows
    ]


def current(codes: Iterable[str], on: date) -> dict[str, str]:
    """Old code -> the code that stands for it on the day (itself when it is open), through its ancestors too.

    A village below a merged township keeps its own code but is counted below the successor: "150302001002" under a
    township that went into 150302003 reads as 150302003. One query.
    """
    gone = dict(
        models.Area.objects.filter(closed_on__lte=on)
        .exclude(successor_code="")
        .values_list("code", "successor_code")
    )
    return {code: _followed(code, gone) for code in set(codes)}


def _followed(code: str, gone: dict[str, str]) -> str:
    for part in reversed(ancestors(code)):
        seen = set()
        while part in gone and part not in seen:
            seen.add(part)
            part = gone[part]
        if seen:
            return part
    return code


def _area(row: models.Area) -> Area:
    return Area(
        row.code, row.name, row.level, row.parent_code, row.closed_on, row.successor_code,
        row.opened_on, row.longitude, row.latitude,
    )  # fmt: skip
