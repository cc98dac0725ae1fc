"""Issued documents: the list, one with its prints, a copy in each format, revocation."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kangcheng.policy.kinds.review import listed
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, as_file, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.work.checklists.selectors import holds
from kangcheng.work.templates import selectors, services
from kangcheng.work.templates.types import FORMATS, IssuedView, TemplateError

DOORS = ("claim.audit", "inspect.write", "report.write")
COLUMNS = (
    Column("number", Words("文号", "Number"), order="number", link=lambda r: reverse("portal:issued_document", args=(r.pk,))),
    Column("title", Words("标题", "Title"), order="title"),
    Column("to", Words("主送", "To"), source=lambda r: r.laid.get("to", "").rstrip("：")),
    Column("issued_on", Words("签发日期", "Issued"), "day", order="issued_on"),
    Column("issued_name", Words("签发人", "By")),
    Column("copies", Words("打印次数", "Prints"), "number", order="copies"),
    Column(
        "state", Words("状态", "State"), "tag", tone=lambda r: "bad" if r.revoked_on else "good",
        source=lambda r: t("已作废", "revoked") if r.revoked_on else t("有效", "in force"),
    ),
)  # fmt: skip
FILTERS = (
    Filter("number", Words("文号", "Number"), "number__icontains"),
    Filter("title", Words("标题", "Title"), "title__icontains"),
    Filter(
        "state", Words("状态", "State"), lambda rows, text: rows.filter(revoked_on__isnull=text == "live"),
        [("live", Words("有效", "in force")), ("revoked", Words("已作废", "revoked"))],
    ),
)  # fmt: skip


@page(*DOORS)
def documents(request: Asking) -> HttpResponse:
    """Documents issued in the reader's areas or to their institutions, newest first."""
    rows = selectors.documents(request.actor)
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=FILTERS, name=t("文书", "documents"))
    shown = listing(request, rows, COLUMNS, filters=FILTERS, empty=Words("还没有签发文书", "No document yet"))
    return render(request, "portal/work/documents.html", {"listing": shown})


def found(request: Asking, document_id: UUID) -> IssuedView:
    """A document the reader may see. Raises NotFound."""
    try:
        return selectors.document(document_id, request.actor)
    except TemplateError as error:
        raise NotFound(t("没有这份文书", "No such document"), where=str(document_id)) from error


@page(*DOORS)
def document(request: Asking, document_id: UUID) -> HttpResponse:
    """One document as it was issued, its hash, its prints."""
    one = found(request, document_id)
    row = selectors.documents(request.actor, pk=document_id).get()
    entry = citypack.pack().entries.get(("template", one.template))
    roles = listed(entry.get("issued_by", ["inspector", "fund_auditor"])) if entry else []
    context = {
        "document": one, "laid": selectors.laid_of(document_id, request.actor), "formats": list(FORMATS), "entry": entry,
        "may_revoke": one.revoked_on is None and holds(request.actor, roles, row.institution_id, row.area_code),
    }  # fmt: skip
    return render(request, "portal/work/document.html", context)


@page(*DOORS)
@require_POST
def copy(request: Asking, document_id: UUID) -> HttpResponse:
    """A copy in a format; every one is counted."""
    found(request, document_id)
    format = request.POST.get("format", "pdf")[:8]
    content, name, _ = services.print_copy(
        document_id=document_id, format=format, by=request.actor, on=request.today, now=timezone.localtime()
    )
    return as_file(content, name, FORMATS[format])


@page(*DOORS)
@require_POST
def revoke(request: Asking, document_id: UUID) -> HttpResponse:
    """The document no longer holds, with a reason."""
    found(request, document_id)
    services.revoke(
        document_id=document_id,
        by=request.actor,
        on=request.today,
        why=request.POST.get("why", "")[:500],
        pack=citypack.pack(),
    )
    messages.success(request, t("文书已作废。", "Revoked."), extra_tags="good")
    return redirect("portal:issued_document", document_id=document_id)
