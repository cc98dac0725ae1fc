"""Addresses of people, institutions, catalogues and imports."""

from django.urls import path

from kangcheng.portal.people import catalogues, exports, imports, institutions, own, people, person

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<uuid:person_id>/", person.person, name="person"),
    path("people/find/", people.shown_card, name="person_find"),
    path("people/<uuid:person_id>/emergency/", people.emergency, name="person_emergency"),
    path("own/", own.own, name="own"),
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.new, name="export_new"),
    path("exports/<uuid:request_id>/decide/", exports.decide, name="export_decide"),
    path("exports/<uuid:request_id>/file/", exports.fetch, name="export_fetch"),
    path("imports/", imports.imports, name="imports"),
    path("imports/check/", imports.check, name="import_check"),
    path("imports/unmatched/", imports.unmatched, name="unmatched"),
    path("imports/template/<str:kind>/", imports.template, name="import_template"),
    path("imports/<uuid:batch_id>/undo/", imports.undo, name="import_undo"),
    path("institutions/", institutions.listed, name="institutions"),
    path("institutions/<uuid:institution_id>/", institutions.institution, name="institution"),
    path("catalogues/", catalogues.items, name="catalogues"),
    path("catalogues/mappings/", catalogues.mappings, name="mappings"),
    path("catalogues/mappings/<uuid:mapping_id>/", catalogues.decide, name="mapping_decide"),
    path("catalogues/unmapped/", catalogues.unmapped, name="unmapped"),
]
