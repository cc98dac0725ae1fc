"""Addresses of people, institutions, catalogues and imports."""

from django.urls import path

from kangcheng.portal.people import (
    catalogues,
    exports,
    imports,
    institutions,
    matching,
    matching_person,
    own,
    people,
    person,
)

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<uuid:person_id>/", person.person, name="person"),
    path("people/find/", people.shown_card, name="person_find"),
    path("people/<uuid:person_id>/emergency/", people.emergency, name="person_emergency"),
    path("people/<uuid:person_id>/sources/", matching_person.sources, name="person_sources"),
    path("people/<uuid:person_id>/seek/", matching_person.seek, name="match_seek"),
    path("people/<uuid:person_id>/unmerge/", matching_person.unmerge, name="person_unmerge"),
    path("matching/", matching.queue, name="matching"),
    path("matching/new/", matching.new, name="match_new"),
    path("matching/<uuid:pair_id>/", matching.pair, name="match_pair"),
    path("matching/records/<uuid:record_id>/", matching.waiting_record, name="match_record"),
    path("matching/records/<uuid:record_id>/part/", matching_person.part, name="source_part"),
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
