"""Every address the server answers: people's pages at /, machines under /api/ and /fhir/."""

from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("kangcheng.gateway.urls")),
    path("fhir/", include("kangcheng.gateway.fhir.urls")),
    path("", include("kangcheng.portal.urls")),
]
