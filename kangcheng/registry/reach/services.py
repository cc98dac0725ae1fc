"""The verb of reach: compute one measure for every village and community, and keep the newest answer."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import new_id
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.people.models import Resident
from kangcheng.registry.permission import require_city
from kangcheng.registry.reach.limits import limits
from kangcheng.registry.reach.models import AreaReach
from kangcheng.registry.reach.rules import Road, nearest, within
from kangcheng.registry.reach.types import MEASURES, MINUTE, SITES

PERMISSION = "institution.write"
COLUMNS = (
    "id", "measure", "area_code", "institution", "metres", "seconds", "limit_seconds", "within", "by_road", "computed_on",
)  # fmt: skip
ROAD_COLUMNS = ("from_longitude", "from_latitude", "to_longitude", "to_latitude")
VILLAGE = 5
MOST_ROADS = 500_000


def compute(*, measure: str, by: Actor, on: date, roads: Sequence[Road] = ()) -> int:
    """Compute the measure for all villages and communities of the counties where people live; returns how many in time.

    Institutions open on `on` count; with `roads` the way follows them.
    """
    if measure not in MEASURES:
        raise Faults([Fault("measure", f"没有这个指标 (no such measure) {measure!r}", "、".join(MEASURES))])
    require_city(by, PERMISSION)
    number = limits(measure, on)
    homes = _homes(on)
    points = {code: point for code, point in homes.items() if point is not None}
    sites = {
        str(one.id): (one.longitude, one.latitude)
        for kind in SITES[measure]
        for one in institutions.list_on(on, type=kind)
        if one.longitude is not None and one.latitude is not None
    }
    found = nearest(points, sites, number, roads)
    rows = []
    for code in sorted(homes):
        near = found.get(code)
        rows.append((
            new_id(), measure, code, near.place if near else None, near.metres if near else None,
            near.seconds if near else None, round(number.minutes * MINUTE), within(near, number), bool(roads), on,
        ))  # fmt: skip
    with acting(by=by, on=on, why="", action="reach.compute"), refusing("可达"):
        AreaReach.objects.filter(measure=measure).delete()
        copy_in(AreaReach, COLUMNS, rows)
        detail = {"areas": len(rows), "within": sum(row[7] for row in rows), "roads": len(roads)}
        record(action="reach.compute", subject=f"reach:{measure}", by=by, on=on, detail=detail)
    return sum(row[7] for row in rows)


def read_roads(content: bytes) -> list[Road]:
    """Road segments of a .csv file (`from_longitude,from_latitude,to_longitude,to_latitude`, degrees).

    Raises Faults with every faulty line.
    """
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise Faults(
            [Fault("roads", "路网文件不是 UTF-8 文本 (not UTF-8)", todo="另存为 UTF-8 的 .csv")]
        ) from error
    if missing := set(ROAD_COLUMNS) - set(reader.fieldnames or ()):
        raise Faults(
            [Fault(name, "缺少列 (missing column)", ",".join(ROAD_COLUMNS)) for name in sorted(missing)]
        )
    roads: list[Road] = []
    faults: list[Fault] = []
    for line, row in enumerate(reader, 2):
        try:
            a, b, c, d = (float(row[name] or "") for name in ROAD_COLUMNS)
        except ValueError:
            a = b = c = d = float("nan")
        if not all(abs(x) <= 180 and abs(y) <= 90 for x, y in ((a, b), (c, d))):
            faults.append(Fault("roads", "不是经纬度 (not coordinates)", "以度计", line=line))
        roads.append(((a, b), (c, d)))
        if len(roads) > MOST_ROADS:
            faults.append(Fault("roads", "路段过多 (too many segments)", f"不超过 {MOST_ROADS}", line=line))
            break
    if faults or not roads:
        raise Faults(faults or [Fault("roads", "路网文件没有路段 (no segments)")], where="路网")
    return roads


def _homes(on: date) -> dict[str, tuple[float, float] | None]:
    """Open villages of the counties in which anybody is registered, with where they lie (None: not known)."""
    lived = Resident.objects.values_list("area_code", flat=True).distinct()
    counties = {code[:6] for code in lived if len(code) >= 6}
    return {
        one.code: (one.longitude, one.latitude)
        if one.longitude is not None and one.latitude is not None
        else None
        for county in sorted(counties)
        for one in areas.under(county, level=VILLAGE)
        if one.open_on(on)
    }
