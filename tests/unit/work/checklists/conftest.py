"""A round at two township hospitals of a small county."""

from datetime import date
from typing import Any

import pytest

from kangcheng.kernel.ids import new_id
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack
from kangcheng.work.checklists import services
from kangcheng.work.checklists.types import Unit

CHECKLIST = "township-hospital-standard"
GOOD = {
    "area": "1200", "rooms": "all", "toilets": "yes", "doctors-per-thousand": "1.5", "licensed": "yes", "training": "95%",
    "essential-medicines": "0", "records": "0", "deliveries": "yes",
}  # fmt: skip
NEAR, FAR = "150302001", "150303100"


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The demonstration city's rules."""
    return load_pack("kangcheng")


@pytest.fixture
def units() -> list[Unit]:
    """Two hospitals in two counties."""
    made = []
    for number, area in enumerate((NEAR, FAR)):
        place = new_id()
        made.append(
            Unit(
                str(place),
                f"第{number + 1}卫生院",
                area,
                place,
                {"type": "township_hospital", "level": "一级"},
            )
        )
    return made


@pytest.fixture
def opened(db: Any, pack: Pack, units: list[Unit], today: date, actor: Any) -> Any:
    """The round's units by name."""
    from kangcheng.work.checklists.models import RoundUnit

    services.open_round(
        checklist=CHECKLIST, title="2024年评审", year=2024, due_on=date(2024, 12, 31), units=units, pack=pack,
        by=actor("inspector", areas=[""]), on=today,
    )  # fmt: skip
    return {row.name: row for row in RoundUnit.objects.all()}
