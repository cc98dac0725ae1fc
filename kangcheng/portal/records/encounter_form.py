"""What the page of a visit offers, and the visit in what it sends."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from kangcheng.kernel.errors import Fault, Faults
from kangcheng.portal import citypack
from kangcheng.portal.words import t
from kangcheng.records.recognition.types import Decision, Earlier
from kangcheng.records.terminology import selectors as terminology
from kangcheng.records.validation.types import ICD10_SYSTEM
from kangcheng.records.visits.types import Coded, Measured, Note
from kangcheng.registry.catalogues import selectors as catalogues

DIAGNOSES, TESTS, MEDICINES, RESULTS, LONGEST = 3, 4, 5, 4, 4000
TAG = re.compile(r"<[^>]*>")


def offered(on: date) -> dict[str, Any]:
    """Empty rows, the essential medicines, the quantities that can be measured."""
    essential = [one for one in catalogues.search("", on, kind="drug", limit=1000) if one.essential]
    measured = [
        (code, t(row["title"], row.get("title_en", "")), row["attributes"]["unit"])
        for code, row in _measured().items()
    ]
    return {
        "medicines": [(one.code, one.name) for one in essential], "measured": measured,
        "rows": {"diagnoses": [""] * DIAGNOSES, "tests": [{}] * TESTS, "medicines": [("", "")] * MEDICINES,
                 "results": [("", "")] * RESULTS},
    }  # fmt: skip


def diagnoses(text: str, on: date, most: int) -> list[tuple[str, str]]:
    """Code and name of what is typed: of the imported ICD-10, else of the city's own catalogue."""
    if not text:
        return []
    if terminology.known(ICD10_SYSTEM):
        return [(one.code, one.title) for one in terminology.search(ICD10_SYSTEM, text, most)]
    return [(one.code, one.name) for one in catalogues.search(text, on, kind="diagnosis", limit=most)]


def codes(typed: Iterable[str]) -> list[str]:
    """The code at the head of each text of a data list ("fee-ct CT平扫")."""
    return [text.split()[0] for text in typed if text.strip()]


def filled(sent: QueryDict, known: Mapping[str, Earlier]) -> dict[str, Any]:
    """The rows as they were sent, each test with the result there is already."""
    tests = [{"text": text, "earlier": known.get((text.split() or [""])[0]), "reason": reason, "decision": decision}
             for text, reason, decision in _tests(sent)]  # fmt: skip
    return {
        "diagnoses": sent.getlist("diagnosis")[:DIAGNOSES], "tests": tests,
        "medicines": list(zip(sent.getlist("medicine"), sent.getlist("dose"), strict=False))[:MEDICINES],
        "results": list(zip(sent.getlist("measured"), sent.getlist("value"), strict=False))[:RESULTS],
    }  # fmt: skip


def note(sent: QueryDict, on: date, known: Mapping[str, Earlier]) -> Note:
    """The visit. Raises Faults for unknown codes, unreadable values, and tests that lack a decision."""
    faults: list[Fault] = []
    complaint, findings, plan = words(sent)
    found = Note(
        complaint, findings, plan, diagnoses=tuple(_diagnosed(sent, on, faults)),
        tests=tuple(_ordered(sent, on, known, faults)), medicines=tuple(_prescribed(sent, on, faults)),
        results=tuple(_values(sent, faults)),
    )  # fmt: skip
    if faults:
        raise Faults(faults, where=t("病历", "visit"))
    return found


def words(sent: QueryDict) -> tuple[str, str, str]:
    """Complaint, findings, plan."""
    complaint, findings, plan = (
        sent.get(name, "").strip()[:LONGEST] for name in ("complaint", "findings", "plan")
    )
    return complaint, findings, plan


def sections(resource: dict[str, Any]) -> dict[str, str]:
    """Title -> words of a note."""
    rows = {
        one.get("title", ""): TAG.sub("", one.get("text", {}).get("div", ""))
        for one in resource.get("section", ())
    }
    return {
        title: said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        for title, said in rows.items()
    }


def _measured() -> dict[str, Any]:
    entry = citypack.pack().entries.get(("codelist", "result-items"))
    return {row["code"]: row for row in entry.get("versions")[-1]["codes"]} if entry else {}


def _tests(sent: QueryDict) -> list[tuple[str, str, str]]:
    texts = sent.getlist("test")[:TESTS]
    return [
        (text, sent.get(f"reason-{at}", "")[:300], sent.get(f"decision-{at}", ""))
        for at, text in enumerate(texts)
    ]


def _diagnosed(sent: QueryDict, on: date, faults: list[Fault]) -> Iterable[Coded]:
    for code in codes(sent.getlist("diagnosis")[:DIAGNOSES]):
        found = next((title for one, title in diagnoses(code, on, 50) if one == code), None)
        if found is None:
            faults.append(_unknown("diagnosis", code))
        else:
            yield Coded(code, found)


def _ordered(
    sent: QueryDict, on: date, known: Mapping[str, Earlier], faults: list[Fault]
) -> Iterable[Decision]:
    items = catalogues.items(codes(text for text, *_ in _tests(sent)), on)
    for text, reason, decision in _tests(sent):
        code = (text.split() or [""])[0]
        item, earlier = items.get(code), known.get(code)
        if code and (item is None or item.kind != "service"):
            faults.append(_unknown("test", code))
        elif item:
            taken = decision if earlier and decision in ("reused", "repeated") else "new"
            yield Decision(
                code, item.name, taken, item.price or 0, earlier, reason if taken == "repeated" else ""
            )


def _prescribed(sent: QueryDict, on: date, faults: list[Fault]) -> Iterable[Coded]:
    rows = [row for row in zip(sent.getlist("medicine"), sent.getlist("dose"), strict=False) if row[0]][
        :MEDICINES
    ]
    items = catalogues.items([code for code, _ in rows], on)
    for code, dose in rows:
        if code not in items or not items[code].essential:
            faults.append(_unknown("medicine", code))
        else:
            yield Coded(code, items[code].name, dose.strip()[:200])


def _values(sent: QueryDict, faults: list[Fault]) -> Iterable[Measured]:
    known = _measured()
    for code, text in list(zip(sent.getlist("measured"), sent.getlist("value"), strict=False))[:RESULTS]:
        if not code or not text.strip():
            continue
        try:
            row, value = known[code], Decimal(text.strip()[:12])
            if not value.is_finite() or value < 0:
                raise InvalidOperation
        except (KeyError, InvalidOperation):
            faults.append(
                Fault(
                    code[:40],
                    t("不是数值", "not a number"),
                    t("检验结果", "result"),
                    t("填写数值", "a number"),
                )
            )
            continue
        held = row["attributes"]
        yield Measured(
            code,
            row["title"],
            value,
            held["unit"],
            Decimal(held["low"]),
            Decimal(held["high"]),
            held["panel"],
        )


def _unknown(where: str, code: str) -> Fault:
    said, todo = (
        t(f"目录中没有 {code[:40]}", f"unknown code {code[:40]}"),
        t("从提示中选择", "choose a suggestion"),
    )
    return Fault(where, said, t("目录", "catalogue"), todo)
