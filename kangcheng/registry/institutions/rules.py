"""What makes an institution registrable. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kangcheng.kernel.errors import Fault
from kangcheng.kernel.ids import uscc_valid
from kangcheng.registry.institutions.types import MOST_LATITUDE, MOST_LONGITUDE, OWNERSHIPS, NewInstitution

LICENCE = re.compile(r"[0-9A-Z]{22}")  # practice licence of a medical institution
MOST_NAME = 100
MOST_BEDS = 100_000


def check(
    new: NewInstitution, types: Mapping[str, str], levels: Mapping[str, str], line: int | None = None
) -> list[Fault]:
    """Every fault of `new`; `types` and `levels` are the codes there are."""
    faults = []
    if not (uscc_valid(new.code) or LICENCE.fullmatch(new.code)):
        faults.append(
            Fault("code", f"不是统一社会信用代码或执业许可证号 (bad code) {new.code!r}", "GB 32100，18 位含校验；或 22 位",
                  "对照证书改正", line=line)
        )  # fmt: skip
    if not new.name.strip() or len(new.name) > MOST_NAME:
        faults.append(Fault("name", "名称为空或过长 (bad name)", f"1 至 {MOST_NAME} 字", line=line))
    if new.type not in types:
        faults.append(
            Fault(
                "type", f"没有这种机构类型 (unknown type) {new.type!r}", "代码表 institution-types", line=line
            )
        )
    if new.level and new.level not in levels:
        faults.append(
            Fault("level", f"没有这个等级 (unknown level) {new.level!r}", "、".join(levels), line=line)
        )
    if new.ownership not in OWNERSHIPS:
        faults.append(
            Fault(
                "ownership",
                f"没有这种所有制 (unknown ownership) {new.ownership!r}",
                "public 或 private",
                line=line,
            )
        )
    if not 0 <= new.beds <= MOST_BEDS:
        faults.append(Fault("beds", "床位数不合理 (bad number of beds)", f"0 至 {MOST_BEDS}", line=line))
    if (new.longitude is None) != (new.latitude is None) or not _on_earth(new.longitude, new.latitude):
        faults.append(
            Fault(
                "longitude", "经纬度不成对或不合理 (bad coordinates)", "经度、纬度以度计，成对填写", line=line
            )
        )
    if new.valid_to and new.valid_to <= new.valid_from:
        faults.append(Fault("valid_to", "止期须晚于起期 (period is empty)", line=line))
    return faults


def _on_earth(longitude: float | None, latitude: float | None) -> bool:
    return abs(longitude or 0) <= MOST_LONGITUDE and abs(latitude or 0) <= MOST_LATITUDE


@dataclass(frozen=True)
class Stage:
    """What one stretch says that a history compares: begin, end, type and the other fields as one tuple."""

    valid_from: date
    valid_to: date | None
    type: str
    facts: tuple[object, ...]


def acts(stages: Sequence[Stage]) -> list[tuple[str, date, int]]:
    """(what happened, day, position of the stage it led to) from the stretches of one institution, oldest first.

    opened, converted (another type), changed (anything else), closed, reopened (after a gap).
    """
    found: list[tuple[str, date, int]] = []
    for place, stage in enumerate(stages):
        before = stages[place - 1] if place else None
        if before is None:
            found.append(("opened", stage.valid_from, place))
        elif before.valid_to != stage.valid_from:
            found.append(("reopened", stage.valid_from, place))
        else:
            found.append(("converted" if before.type != stage.type else "changed", stage.valid_from, place))
        following = stages[place + 1] if place + 1 < len(stages) else None
        if stage.valid_to and (following is None or following.valid_from != stage.valid_to):
            found.append(("closed", stage.valid_to, place))
    return found
