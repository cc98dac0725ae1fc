"""Enrolment: who is covered for the year, who pays the premium, and taking one person's."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from kangcheng.access import people as gate
from kangcheng.funds.enrolment import selectors, services
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.money import show_yuan
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.lists import Column, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.coverage import selectors as coverage

YEARS = 5
MOST_YEARS = 100  # how far from today a year may be asked for
METHODS = (
    ("bank", Words("银行代扣", "Bank")),
    ("cash", Words("现金", "Cash")),
    ("mobile", Words("移动支付", "Mobile")),
)
COLUMNS = (
    Column("scheme", Words("险种", "Scheme"), order="scheme"),
    Column("people", Words("缴费人数", "Enrolled"), "number", order="people"),
    Column("per_head", Words("人均筹资（元）", "Per head (yuan)"), "yuan"),
    Column("owns", Words("个人缴费（元）", "Own part (yuan)"), "yuan", order="owns"),
    Column("subsidies", Words("补助（元）", "Subsidies (yuan)"), "yuan"),
    Column("premiums", Words("合计（元）", "In all (yuan)"), "yuan", order="premiums"),
    Column("covered", Words("今日在保人数", "Covered today"), "number", order="covered"),
)


@page("fund.look", "claim.settle")
def enrolment(request: Asking) -> HttpResponse:
    """Per scheme: people, premium and who paid it; and how many are covered today."""
    year = _year(request)
    covered = coverage.counts(request.today)
    rows = [_row(found, covered) for found in selectors.financing(year=year)]
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, name=t(f"{year}年参保筹资", f"enrolment {year}"))
    context = {
        "listing": listing(
            request, rows, COLUMNS, empty=Words("这一年还没有缴费记录", "No premium taken this year")
        ),
        "year": year,
        "years": range(request.today.year + 1, request.today.year - YEARS, -1),
        "covered": [(citypack.title("schemes", code), count) for code, count in sorted(covered.items())],
    }
    return render(request, "portal/funds/enrolment.html", context)


def _row(found: dict[str, Any], covered: dict[str, int]) -> dict[str, Any]:
    return {
        **found,
        "scheme": citypack.title("schemes", found["scheme"]),
        "per_head": round(found["per_head"]),
        "subsidies": found["premiums"] - found["owns"],
        "covered": covered.get(found["scheme"], 0),
    }


def _year(request: Asking) -> int:
    text = request.GET.get("year") or request.POST.get("year") or ""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return year if abs(year - request.today.year) <= MOST_YEARS else int(request.today.year)


@page("claim.settle", purpose="enrolment")
def enrol(request: Asking, person_id: UUID) -> HttpResponse:
    """What one person's premium comes to, who pays which part, and taking it."""
    person = gate.get_person(
        by=request.actor, person_id=person_id, on=request.today, what="enrolment", why="参保登记"
    )
    scheme, year = _scheme(request), _year(request)
    if request.method == "POST":
        return _taken(request, person.id, scheme, year)
    split, fault = None, None
    try:
        split = selectors.premium(person_id=person.id, scheme=scheme, year=year, pack=citypack.pack())
    except KangchengError as error:
        fault = error
    past = selectors.of_person(person.id)
    context = {
        "person": person,
        "scheme": scheme,
        "scheme_title": citypack.title("schemes", scheme),
        "year": year,
        "years": (request.today.year, request.today.year + 1),
        "split": split,
        "subsidies": [
            (citypack.title("payers", source), fen)
            for source, fen in (split.subsidies if split else {}).items()
        ],
        "fault": fault,
        "past": [(one, citypack.title("schemes", one.scheme)) for one in past],
        "enrolled": any(one.year == year and one.scheme == scheme and not one.withdrawn_on for one in past),
        "schemes": _schemes(),
        "methods": METHODS,
        "key": uuid4(),
    }
    return render(request, "portal/funds/enrol.html", context)


def _taken(request: Asking, person_id: UUID, scheme: str, year: int) -> HttpResponse:
    """Take the premium; the form's key makes a second click the same enrolment."""
    done = services.enrol(
        person_id=person_id, scheme=scheme, year=year, pack=citypack.pack(), by=request.actor, on=request.today,
        key=request.POST.get("key", "")[:80], method=request.POST.get("method", "bank")[:16],
    )  # fmt: skip
    own = show_yuan(done.own)
    words = t(f"{year}年参保完成，个人缴费 {own} 元。", f"Enrolled for {year}, own part {own} yuan.")
    messages.success(request, words, extra_tags="good")
    return redirect("portal:enrol", person_id=person_id)


def _schemes() -> list[tuple[str, str]]:
    """Schemes whose premium the pack states."""
    entries = citypack.pack().entries
    return [
        (code, title)
        for code, title in citypack.choices("schemes")
        if ("parameter", f"{code}-premium") in entries
    ]


def _scheme(request: Asking) -> str:
    asked = request.POST.get("scheme") or request.GET.get("scheme") or ""
    known = [code for code, _ in _schemes()]
    return asked if asked in known else (known[0] if known else "")
