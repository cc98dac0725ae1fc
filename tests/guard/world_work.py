"""The office work of both sides: a case, a task, a notice, a checked unit, a finding, a document, a row of a register."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.utils import timezone

from bench import town
from kangcheng.base.accounts.types import Actor, system_actor
from kangcheng.portal import citypack
from kangcheng.work.checklists import selectors as checks
from kangcheng.work.checklists import services as checklists
from kangcheng.work.checklists.types import ON_SITE, Unit
from kangcheng.work.notices import services as notices
from kangcheng.work.processes import services as processes
from kangcheng.work.processes.types import Subject
from kangcheng.work.registers import services as rows
from kangcheng.work.registers import source
from kangcheng.work.reviews import selectors as reviews
from kangcheng.work.reviews import services as findings
from kangcheng.work.tasks import services as tasks
from kangcheng.work.tasks.types import NewTask, Owner
from kangcheng.work.templates import services as documents

BY = system_actor("test")
REGISTER, PROCESS, CHECKLIST, REVIEW = (
    "tcm-halls",
    "equipment-purchase",
    "township-hospital-standard",
    "split-stays",
)
FAILING = {
    "area": "500", "rooms": "all", "toilets": "no", "doctors-per-thousand": "1.5", "licensed": "yes", "training": "95%",
    "essential-medicines": "0", "records": "0", "deliveries": "yes",
}  # fmt: skip


def work(side: Any, number: int, today: date) -> None:
    """Everything an office of the side has on its table; its words are unlike any of the other side."""
    word = ("胡杨", "红柳")[number]
    place = town.staff("institution_manager", number, side.place)
    side.ids |= {
        "case": _case(side, word, place, today), "task": _task(side, word, today), "notice": _notice(side, word, today),
        "finding": _finding(side, word, number, today), "document": _document(side, word, today), "row": _row(side, number, today),
    }  # fmt: skip
    side.ids |= _checked(side, word, today)
    side.said.append(word)


def _case(side: Any, word: str, by: Actor, today: date) -> UUID:
    fields = {"item": f"{word}心电图机", "quantity": "1", "amount": "4200"}
    subject = Subject(id=str(side.place), institution_id=side.place, area_code=side.area[:6])
    case = processes.open(
        process=PROCESS,
        subject=subject,
        pack=citypack.pack(),
        by=by,
        on=today,
        key=f"case-{word}",
        fields=fields,
    )
    return case.id


def _task(side: Any, word: str, today: date) -> UUID:
    owner = Owner(role="institution_manager", institution_id=side.place)
    new = NewTask(f"{word}整改", today + timedelta(days=9), owner, f"task-{word}")
    return tasks.add(task=new, by=BY, on=today).id


def _notice(side: Any, word: str, today: date) -> UUID:
    return notices.announce(
        title=f"{word}政策",
        body="说明",
        clause="",
        area_code=side.area,
        by=BY,
        on=today,
        key=f"notice-{word}",
    )


def _checked(side: Any, word: str, today: date) -> dict[str, UUID]:
    """A unit whose verdict on the spot failed: its round, its sheet, what it has to put right."""
    unit = Unit(str(side.place), f"{word}卫生院", side.area, side.place, {"type": "township_hospital"})
    round_id = checklists.open_round(
        checklist=CHECKLIST, title=f"{word}评审", year=today.year, due_on=today + timedelta(days=90), units=[unit],
        pack=citypack.pack(), by=BY, on=today,
    )  # fmt: skip
    unit_id = checks.units(round_id, BY)[0].pk
    sheet = checklists.submit(
        unit_id=unit_id, stage=ON_SITE, answers=FAILING, remarks={}, pack=citypack.pack(), by=BY, on=today,
        at=timezone.now(),
    )  # fmt: skip
    failed = checks.rectifications(BY, sheet__unit_id=unit_id)[0]
    return {"round": round_id, "unit": unit_id, "sheet": sheet.id, "rectification": failed.id}


def _finding(side: Any, word: str, number: int, today: date) -> UUID:
    day = today - timedelta(days=20)
    stays = pa.table(
        {
            "claim_id": [f"{word}甲", f"{word}乙"], "person_id": ["p", "p"], "institution_id": [str(side.place)] * 2,
            "setting": ["inpatient"] * 2, "disease": ["J18"] * 2, "total": [500_077 + number, 420_077 + number],
            "admitted_on": [day, day + timedelta(days=6)], "discharged_on": [day + timedelta(days=5), day + timedelta(days=9)],
        }
    )  # fmt: skip
    findings.run(review=REVIEW, source=stays, pack=citypack.pack(), by=BY, on=today)
    return reviews.findings(BY, unit_id=side.place)[0].pk


def _document(side: Any, word: str, today: date) -> UUID:
    fields = {
        "unit": f"{word}卫生院", "checklist": "评审", "checked_on": today.isoformat(), "score": "70",
        "items": [{"item": "用房", "due_on": today.isoformat()}],
    }  # fmt: skip
    return documents.issue(
        template="rectification-notice", fields=fields, pack=citypack.pack(), by=BY, on=today, institution_id=side.place,
        area_code=side.area,
    ).id  # fmt: skip


def _row(side: Any, number: int, today: date) -> UUID:
    register = source.current().registers()[REGISTER]
    values = {
        "institution": str(side.place),
        "place": "tcm_hall",
        "staff": 771 + number,
        "since": date(2024, 1, 1),
    }
    return rows.create(register=register, values=values, by=BY, on=today)
