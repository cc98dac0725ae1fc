"""A schematic map: homes and places of care as points in a frame, homes out of reach in red. Drawn, not surveyed."""

from datetime import date
from typing import Any

from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.reach.types import SITES, Reach

WIDTH, HEIGHT, MARGIN = 760.0, 520.0, 20.0
MOST_UPLOAD = 20 * 2**20


def drawn(found: list[Reach], on: date) -> dict[str, Any]:
    """Circles of homes (radius by residents) and crosses of institutions, scaled into the frame."""
    homes = [one for one in found if one.longitude is not None and one.latitude is not None]
    if not homes:
        return {"width": WIDTH, "height": HEIGHT, "homes": [], "sites": []}
    used = {one.institution_id for one in found}
    sites = [
        one
        for kind in SITES[found[0].measure]
        for one in institutions.list_on(on, type=kind)
        if one.longitude is not None and one.latitude is not None and (one.id in used)
    ]
    points = [(h.longitude or 0.0, h.latitude or 0.0) for h in homes] + [
        (s.longitude or 0.0, s.latitude or 0.0) for s in sites
    ]
    west, south = min(x for x, _ in points), min(y for _, y in points)
    east, north = max(x for x, _ in points), max(y for _, y in points)
    wide, high = (WIDTH - 2 * MARGIN) / ((east - west) or 1), (HEIGHT - 2 * MARGIN) / ((north - south) or 1)

    def at(longitude: float, latitude: float) -> dict[str, str]:
        x, y = MARGIN + (longitude - west) * wide, HEIGHT - MARGIN - (latitude - south) * high
        return {"x": f"{x:.1f}", "y": f"{y:.1f}"}

    return {
        "width": WIDTH, "height": HEIGHT,
        "homes": [
            at(one.longitude or 0.0, one.latitude or 0.0)
            | {"r": f"{3 + min(one.residents, 400) ** 0.5 / 4:.1f}", "within": one.within, "name": one.name, "minutes": one.minutes}
            for one in homes
        ],
        "sites": [at(one.longitude or 0.0, one.latitude or 0.0) | {"name": one.name} for one in sites],
    }  # fmt: skip
