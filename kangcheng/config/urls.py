"""Every address the server answers: people's pages at /, machines under /api/."""

from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("kangcheng.gateway.urls")),
    path("", include("kangcheng.portal.urls")),
]
