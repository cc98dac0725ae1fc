"""A form as the rows its page shows, and the answers in what the page sends."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from kangcheng.portal.words import t
from kangcheng.records.forms.selectors import shown
from kangcheng.records.forms.types import Answer, Form, Item, Outcome

MOST_RADIOS = 8  # beyond it a choice is a drop-down list
KINDS = {"whole": "number", "number": "number", "date": "date"}


def answers(form: Form, sent: QueryDict) -> dict[str, Answer]:
    """What was filled in, without blanks. Names on the page are the items' ids behind `a_`."""
    found: dict[str, Answer] = {}
    for item in form.every_item():
        given = [one.strip() for one in sent.getlist(f"a_{item.id}") if one.strip()]
        if given and item.formula is None:
            found[item.id] = given if item.type == "several" else given[0]
    return found


def rows(
    form: Form, given: Mapping[str, Answer], found: Outcome, *, every_fault: bool
) -> list[dict[str, Any]]:
    """Every item that is asked, in order. Until the form is sent, only what has been answered is faulted."""
    faults = {fault.where: fault.what for fault in found.faults if every_fault or fault.where in given}
    items = (item for item in form.every_item() if item.id in found.asked)
    return [
        _row(item, given.get(item.id, found.answers.get(item.id, "")), faults.get(item.id, ""))
        for item in items
    ]


def _row(item: Item, answer: Answer, fault: str) -> dict[str, Any]:
    chosen = answer if isinstance(answer, list) else [answer]
    options = [
        {"code": one.code, "title": t(one.title, one.title_en), "chosen": one.code in chosen}
        for one in item.options
    ]
    shape = item.type
    if item.type == "choice":
        shape = "radio" if len(options) <= MOST_RADIOS else "select"
    if item.formula:
        shape = "worked"
    return {
        "id": item.id, "text": t(item.text, item.text_en), "shape": shape, "kind": KINDS.get(item.type, "text"), "unit": item.unit,
        "options": options, "answer": answer if isinstance(answer, str) else "", "fault": fault, "required": item.required,
        "help": item.help, "limits": _limits(item), "longest": item.longest or "", "step": "1" if item.type == "whole" else "any",
    }  # fmt: skip


def _limits(item: Item) -> str:
    least, most = ("" if one is None else shown(one) for one in (item.least, item.most))
    return f"{least}–{most}" if least or most else ""


def conclusions(form: Form, found: Outcome) -> list[dict[str, str]]:
    """Scores with their bands and conclusions, as far as they can be judged."""
    unknown = t("缺答，不可判", "not answered: cannot be judged")
    made = []
    for score in form.scores:
        value = found.scores.get(score.id)
        made.append({"title": t(score.title, score.title_en), "value": unknown if value is None else shown(value),
                     "band": found.bands.get(score.id) or ""})  # fmt: skip
    for result in form.results:
        made.append(
            {
                "title": t(result.title, result.title_en),
                "value": found.results.get(result.id) or unknown,
                "band": "",
            }
        )
    return made
