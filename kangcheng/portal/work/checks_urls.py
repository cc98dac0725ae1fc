"""Addresses of checklists, reviews and issued documents."""

from django.urls import path

from kangcheng.portal.work import checklists, checklists_unit, documents, reviews

urlpatterns = [
    path("checklists/", checklists.catalogue, name="checklists"),
    path("checklists/rectifications/", checklists_unit.rectifications, name="rectifications"),
    path("checklists/rounds/<uuid:round_id>/", checklists.round_, name="round"),
    path("checklists/rounds/<uuid:round_id>/close/", checklists.close_round, name="round_close"),
    path("checklists/rounds/<uuid:round_id>/blank/", checklists.blank, name="round_blank"),
    path("checklists/rounds/<uuid:round_id>/import/", checklists.import_, name="round_import"),
    path("checklists/units/<uuid:unit_id>/", checklists_unit.unit, name="unit"),
    path("checklists/units/<uuid:unit_id>/print/", checklists_unit.printed, name="unit_print"),
    path("checklists/units/<uuid:unit_id>/notice/", checklists_unit.notify, name="unit_notify"),
    path("checklists/units/<uuid:unit_id>/fill/<slug:stage>/", checklists_unit.fill, name="unit_fill"),
    path(
        "checklists/units/<uuid:unit_id>/fill/<slug:stage>/score/",
        checklists_unit.preview,
        name="unit_preview",
    ),
    path(
        "checklists/units/<uuid:unit_id>/reverse/<uuid:sheet_id>/",
        checklists_unit.reverse_sheet,
        name="unit_reverse",
    ),
    path(
        "checklists/units/<uuid:unit_id>/report/<uuid:rectification_id>/",
        checklists_unit.report,
        name="unit_report",
    ),
    path("checklists/<slug:checklist>/", checklists.standard, name="checklist"),
    path("checklists/<slug:checklist>/open/", checklists.open_round, name="round_open"),
    path("findings/", reviews.findings, name="findings"),
    path("findings/run/", reviews.run, name="review_run"),
    path("findings/<uuid:finding_id>/", reviews.finding, name="finding"),
    path("findings/<uuid:finding_id>/act/", reviews.act, name="finding_act"),
    path("findings/<uuid:finding_id>/files/<uuid:file_id>/", reviews.evidence, name="finding_file"),
    path("documents/", documents.documents, name="documents"),
    path("documents/<uuid:document_id>/", documents.document, name="issued_document"),
    path("documents/<uuid:document_id>/copy/", documents.copy, name="document_copy"),
    path("documents/<uuid:document_id>/revoke/", documents.revoke, name="document_revoke"),
]
