"""Addresses for machines, mounted at /api/; the FHIR endpoint has its own in `fhir`."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
