"""Addresses of the pages of `records`."""

from django.urls import URLPattern, path

from kangcheng.portal.records import encounter, forms, record

urlpatterns: list[URLPattern] = [
    path("forms/", forms.forms, name="forms"),
    path("forms/<str:form_id>/", forms.form, name="form"),
    path("people/<uuid:person_id>/record/", record.record, name="record"),
    path("people/<uuid:person_id>/encounter/new/", encounter.new, name="encounter_new"),
    path("people/<uuid:person_id>/encounter/<str:key>/", encounter.encounter, name="encounter"),
    path("encounter/diagnoses/", encounter.diagnoses, name="encounter_diagnoses"),
    path("encounter/tests/", encounter.tests, name="encounter_tests"),
    path("me/record/", record.own_record, name="own_record"),
    path("me/record/copy.<str:form>", record.own_copy, name="own_copy"),
    path("people/<uuid:person_id>/forms/<str:form_id>/", forms.fill, name="form_fill"),
]
