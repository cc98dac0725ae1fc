"""Certificates that were applied for online: the printed one with its check code, and the page on which anybody verifies it."""

from uuid import UUID

from django.core.signing import Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from kangcheng.access import for_pages
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.words import t
from kangcheng.work.processes import selectors
from kangcheng.work.processes.types import CaseView, NoSuchCase

PROCESS, ISSUED = "floating-certificate", "issued"
CODE = 12  # characters of the signature that are printed: 72 bits, and a wrong one says nothing


@page("work.do", "own.look")
def issued(request: Asking, case_id: UUID) -> HttpResponse:
    """The certificate of an issued case, for its holder or the office; the look is logged."""
    try:
        found = selectors.case(case_id, by=request.actor)
    except NoSuchCase:
        raise NotFound(t("没有这份证件", "No such certificate"), where=str(case_id)) from None
    if found.process != PROCESS or found.state != ISSUED:
        raise NotFound(t("尚未签发", "Not issued yet"), where=found.number)
    name = for_pages.name_of_subject(
        UUID(found.subject.id), by=request.actor, on=request.today, what="process", why=found.number
    )
    context = {"case": found, "name": name, "code": code_of(found.number), "on": _closed_on(found)}
    return render(request, "portal/open/certificate.html", context)


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Whether a certificate with this number and check code was issued, and of what kind; never whose."""
    number = request.GET.get("number", "").strip()[:40]
    code = request.GET.get("code", "").strip()[:40]
    asked = bool(number and code)
    found = None
    if asked and constant_time_compare(code, code_of(number)):
        found = selectors.public_state(PROCESS, number)
    good = found is not None and found[0] == ISSUED
    context = {"number": number, "code": code, "asked": asked, "good": good, "found": found}
    return render(request, "portal/open/verify.html", context)


def address(found: CaseView) -> str:
    """Where the certificate of a case stands; "" while there is none."""
    there = found.process == PROCESS and found.state == ISSUED
    return reverse("portal:certificate", args=(found.id,)) if there else ""


def code_of(number: str) -> str:
    """The check code printed beside a number."""
    return Signer(salt="certificate").signature(number)[:CODE]


def _closed_on(found: CaseView) -> object:
    return found.steps[-1].done_at
