"""Addresses of people, institutions, catalogues and imports."""

from django.urls import path

from kangcheng.portal.people import catalogues, institutions, own, people, person

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<uuid:person_id>/", person.person, name="person"),
    path("own/", own.own, name="own"),
    path("institutions/", institutions.listed, name="institutions"),
    path("institutions/<uuid:institution_id>/", institutions.institution, name="institution"),
    path("catalogues/", catalogues.items, name="catalogues"),
    path("catalogues/mappings/", catalogues.mappings, name="mappings"),
    path("catalogues/mappings/<uuid:mapping_id>/", catalogues.decide, name="mapping_decide"),
    path("catalogues/unmapped/", catalogues.unmapped, name="unmapped"),
]
