"""Addresses of the pages of `records`."""

from django.urls import URLPattern, path

from kangcheng.portal.records import forms

urlpatterns: list[URLPattern] = [
    path("forms/", forms.forms, name="forms"),
    path("forms/<str:form_id>/", forms.form, name="form"),
    path("people/<uuid:person_id>/forms/<str:form_id>/", forms.fill, name="form_fill"),
]
