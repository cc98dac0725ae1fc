"""Addresses of the FHIR endpoint, mounted at /fhir/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
