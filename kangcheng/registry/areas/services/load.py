"""Verbs on areas."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.registry.areas import models
from kangcheng.registry.areas.types import LEVELS, parent_of, well_formed
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.permission import require

FILES = ("provinces.csv", "cities.csv", "areas.csv", "pilot_streets.csv", "pilot_villages.csv")
COLUMNS = ("id", "code", "name", "level", "parent_code", "successor_code")


class AreaError(KangchengError):
    """An area cannot be changed as asked."""


def load(*, folder: Path, by: Actor, on: date, why: str = "区划代码表") -> int:
    """Take in the division tables (`code,name` in five .csv files); returns how many areas are new.

    Areas that are there already stay; a different name is taken over. Raises Faults for a missing file or a bad code.
    """
    require(by, "system.operate")
    given = dict(_read(folder))
    with acting(by=by, on=on, why=why, action="area.load"), refusing("areas"):
        known = dict(models.Area.objects.values_list("code", "name"))
        fresh = {code: name for code, name in given.items() if code not in known}
        renamed = {code: name for code, name in given.items() if known.get(code, name) != name}
        copy_in(
            models.Area,
            COLUMNS,
            ((new_id(), code, name, LEVELS[len(code)], parent_of(code), "") for code, name in fresh.items()),
        )
        for code, name in renamed.items():
            models.Area.objects.filter(code=code).update(name=name)
        if fresh or renamed:
            detail = {"new": len(fresh), "renamed": len(renamed)}
            record(action="area.load", subject="areas", by=by, on=on, why=why, detail=detail)
    return len(fresh)


def close(*, code: str, by: Actor, on: date, successor_code: str = "", why: str = "") -> None:
    """End an area on `on`; `successor_code` is the one it went into. Rows that carry the old code keep it."""
    require(by, "system.operate")
    with acting(by=by, on=on, why=why, action="area.close"):
        found = models.Area.objects.filter(code=code, closed_on=None)
        if not found.update(closed_on=on, successor_code=successor_code):
            raise AreaError("没有这个在用区划 (no such open area)", where=code, todo="核对区划代码")
        record(
            action="area.close",
            subject=f"area:{code}",
            by=by,
            on=on,
            why=why,
            detail={"into": successor_code},
        )


def _read(folder: Path) -> Iterator[tuple[str, str]]:
    faults = [
        Fault(name, "缺少区划文件 (missing file)", "省、市、县、乡镇、村五个文件", file=str(folder))
        for name in FILES
        if not (folder / name).is_file()
    ]
    if faults:
        raise Faults(faults, where=str(folder))
    for name in FILES:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                if not well_formed(row["code"]) or not row["name"]:
                    faults.append(
                        Fault("code", f"不是区划代码 (bad code) {row['code']!r}", "2、4、6、9 或 12 位数字",
                              line=number, file=name)
                    )  # fmt: skip
                yield row["code"], row["name"]
    if faults:
        raise Faults(faults, where=str(folder))
