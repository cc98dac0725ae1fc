"""Addresses of the FHIR endpoint, mounted at /fhir/."""

from django.urls import URLPattern, URLResolver, path

from kangcheng.gateway.fhir.views import endpoint

app_name = "fhir"
urlpatterns: list[URLPattern | URLResolver] = [path("", endpoint), path("<path:path>", endpoint)]
