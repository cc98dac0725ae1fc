"""Addresses for machines, mounted at /api/; the FHIR endpoint has its own in `fhir`."""

from django.urls import URLPattern, URLResolver, path

from kangcheng.gateway.api.main import api

urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]
