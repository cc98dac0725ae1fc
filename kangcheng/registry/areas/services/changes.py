"""Verbs on divisions that change: rename, merge, split, take back; and where each lies.

Rows that carry an old code keep it; `selectors.current` leads from an old code to what took its place.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import new_id
from kangcheng.registry.areas import models
from kangcheng.registry.areas.services.load import AreaError
from kangcheng.registry.areas.types import LEVELS, parent_of, well_formed
from kangcheng.registry.copying import refusing
from kangcheng.registry.permission import require

PERMISSION = "institution.write"


def rename(*, code: str, name: str, by: Actor, on: date, document: str) -> UUID:
    """The area has another name from `on`; returns the id of the act. Raises AreaError for a closed or unknown area."""
    with acting(by=by, on=on, why=document, action="area.rename"), refusing("区划"):
        row = _open(code, by, document)
        act = new_id()
        _line(act, "rename", on, (code, row.name), (code, name.strip()), document)
        row.name = name.strip()
        row.save(update_fields=["name"])
        _record("area.rename", act, by, on, document, [code])
    return act


def merge(*, codes: Sequence[str], into: str, by: Actor, on: date, document: str) -> UUID:
    """`codes` end on `on` and are part of `into` from then; their villages stay and count there. Returns the act's id."""
    if into in codes or not codes:
        raise AreaError("不能并入自身，且至少一个区划 (into itself, or nothing to merge)", where=into)
    with acting(by=by, on=on, why=document, action="area.merge"), refusing("区划"):
        target, act = _open(into, by, document), new_id()
        for code in codes:
            row = _open(code, by, document)
            if row.level != target.level:
                raise AreaError("只能并入同级区划 (another level)", where=code, todo="选择同级的区划")
            row.closed_on, row.successor_code = on, into
            row.save(update_fields=["closed_on", "successor_code"])
            _line(act, "merge", on, (code, row.name), (into, target.name), document)
        _record("area.merge", act, by, on, document, [*codes, into])
    return act


def split(*, code: str, parts: Mapping[str, str], by: Actor, on: date, document: str) -> UUID:
    """The area ends on `on` and its `parts` (code -> name, at least two, all new) begin. Returns the act's id.

    Raises Faults for a part whose code is in use, of another level or elsewhere. Rows with the old code keep it: nobody
    knows yet to which part each belongs; they count to the first part until they are moved.
    """
    with acting(by=by, on=on, why=document, action="area.split"), refusing("区划"):
        row, act = _open(code, by, document), new_id()
        if faults := _part_faults(row, parts):
            raise Faults(faults, where="拆分区划", todo="改正后重试")
        for part, name in parts.items():
            models.Area.objects.create(
                code=part, name=name.strip(), level=row.level, parent_code=row.parent_code, opened_on=on
            )
            _line(act, "split", on, (code, row.name), (part, name.strip()), document)
        row.closed_on, row.successor_code = on, next(iter(parts))
        row.save(update_fields=["closed_on", "successor_code"])
        _record("area.split", act, by, on, document, [code, *parts])
    return act


def undo(*, act: UUID, by: Actor, on: date, why: str) -> None:
    """Take an act back: closed areas are open again, the parts of a split go unless rows carry their code by now."""
    with acting(by=by, on=on, why=why, action="area.undo"), refusing("区划"):
        lines = list(models.AreaChange.objects.select_for_update().filter(act=act, undone_on=None))
        if not lines or not why.strip():
            raise AreaError(
                "没有可撤销的变更，或未写原因 (nothing to take back, or no reason)", where=str(act)
            )
        for line in lines:
            require(by, PERMISSION, area=line.old_code)
        _take_back(lines)
        models.AreaChange.objects.filter(act=act).update(undone_on=on)
        _record("area.undo", act, by, on, why, [line.old_code for line in lines])


def locate(*, points: Mapping[str, tuple[float, float]], by: Actor, on: date, why: str = "") -> int:
    """Say where areas lie: code -> (longitude, latitude) in degrees; returns how many are known areas."""
    require(by, PERMISSION)
    with acting(by=by, on=on, why=why, action="area.locate"), refusing("区划"):
        rows = list(models.Area.objects.filter(code__in=list(points)))
        for row in rows:
            require(by, PERMISSION, area=row.code)
            row.longitude, row.latitude = points[row.code]
        models.Area.objects.bulk_update(rows, ["longitude", "latitude"], batch_size=1000)
        detail = {"rows": len(rows)}
        record(action="area.locate", subject="areas", by=by, on=on, why=why, detail=detail)
    return len(rows)


def _open(code: str, by: Actor, document: str) -> models.Area:
    require(by, PERMISSION, area=code)
    if not document.strip():
        raise AreaError("须写明批准文件 (say by which document)", where="document", todo="填写批复文号")
    row = models.Area.objects.select_for_update().filter(code=code, closed_on=None).first()
    if row is None:
        raise AreaError("没有这个在用区划 (no such open area)", where=code, todo="核对区划代码")
    return row


def _part_faults(row: models.Area, parts: Mapping[str, str]) -> list[Fault]:
    faults = [Fault("parts", "至少拆为两个 (at least two parts)")] if len(parts) <= 1 else []
    used = set(models.Area.objects.filter(code__in=list(parts)).values_list("code", flat=True))
    for code, name in parts.items():
        if not well_formed(code) or LEVELS.get(len(code)) != row.level or parent_of(code) != row.parent_code:
            faults.append(
                Fault("parts", f"代码不在同一上级之下 (not beside it) {code!r}", f"上级 {row.parent_code}")
            )
        if code in used:
            faults.append(Fault("parts", f"代码已在用 (code in use) {code!r}", "原代码不得重用"))
        if not name.strip():
            faults.append(Fault("parts", f"缺少名称 (no name) {code!r}"))
    return faults


def _take_back(lines: list[models.AreaChange]) -> None:
    for line in lines:
        if line.kind == "rename":
            models.Area.objects.filter(code=line.old_code).update(name=line.old_name)
        elif line.kind == "split":
            models.Area.objects.filter(code=line.new_code).delete()
        models.Area.objects.filter(code=line.old_code, closed_on=line.on).update(
            closed_on=None, successor_code=""
        )


def _line(act: UUID, kind: str, on: date, old: tuple[str, str], new: tuple[str, str], document: str) -> None:
    models.AreaChange.objects.create(
        act=act, kind=kind, on=on, old_code=old[0], old_name=old[1], new_code=new[0], new_name=new[1],
        document=document,
    )  # fmt: skip


def _record(action: str, act: UUID, by: Actor, on: date, why: str, codes: list[str]) -> None:
    record(action=action, subject=f"area-change:{act}", by=by, on=on, why=why, detail={"codes": codes})
