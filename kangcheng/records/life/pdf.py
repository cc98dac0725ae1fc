"""A record on paper: typst sets it with the font that comes with the project."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import typst

from kangcheng.kernel.dates import show_date
from kangcheng.records.life.types import KINDS, NOW, Life, Line, Result

TEMPLATE = Path(__file__).with_name("record.typ")
FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"


def record_pdf(life: Life, *, name: str, number: str, born: date, on: date) -> bytes:
    """The PDF of a record: whose it is (`number` masked), problems, allergies, and every line, the newest first."""
    active = [one.title for one in life.of("Condition") if one.state in NOW]
    content: dict[str, Any] = {
        "head": [["姓名", name], ["证件号", number], ["出生日期", show_date(born)], ["打印日期", show_date(on)]],
        "problems": "、".join(dict.fromkeys(active)) or "无记录",
        "allergies": "、".join(one.title for one in life.of("AllergyIntolerance")) or "无记录",
        "lines": [[show_date(one.on) if one.on else "—", KINDS.get(one.kind, one.kind), one.title, _value(one), one.institution]
                  for one in life.lines],
    }  # fmt: skip
    made: Any = typst.compile(  # type: ignore[misc]
        TEMPLATE.read_bytes(),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
        package_cache_path=str(FONTS),
    )
    return bytes(made)


def _value(one: Line) -> str:
    if not isinstance(one, Result):
        return one.detail
    if one.value is None:
        return one.text
    usual = f"（{one.low}–{one.high}）" if one.low is not None and one.high is not None else ""
    return f"{one.value} {one.unit}{usual}{ {'H': ' 偏高', 'L': ' 偏低'}.get(one.flag, '') }"
