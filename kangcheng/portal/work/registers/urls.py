"""Addresses of the pages of registers."""

from django.urls import URLPattern, path

from kangcheng.portal.work.registers import gaps, listed, row, sheets

urlpatterns: list[URLPattern] = [
    path("registers/", listed.registers, name="registers"),
    path("registers/<str:id>/", listed.register, name="register"),
    path("registers/<str:id>/gaps/", gaps.gaps, name="register_gaps"),
    path("registers/<str:id>/view/", listed.view, name="register_view"),
    path("registers/<str:id>/choices/<str:column_id>/", listed.choices, name="register_choices"),
    path("registers/<str:id>/new/", row.new, name="register_new"),
    path("registers/<str:id>/check/", row.check, name="register_check"),
    path("registers/<str:id>/blank/", sheets.blank, name="register_blank"),
    path("registers/<str:id>/import/", sheets.imported, name="register_import"),
    path("registers/<str:id>/import/<uuid:import_id>/", sheets.waiting, name="register_waiting"),
    path("registers/<str:id>/import/<uuid:import_id>/undo/", sheets.undo, name="register_undo"),
    path("registers/<str:id>/import/<uuid:import_id>/<int:line>/", sheets.correct, name="register_correct"),
    path("registers/<str:id>/<uuid:row_id>/", row.row, name="register_row"),
    path("registers/<str:id>/<uuid:row_id>/edit/", row.edit, name="register_edit"),
    path("registers/<str:id>/<uuid:row_id>/act/", row.act, name="register_act"),
    path("registers/<str:id>/<uuid:row_id>/<str:column_id>/", row.attachment, name="register_file"),
]
