"""Addresses of the pages of `work`."""

from django.urls import URLPattern

from kangcheng.portal.work import processes_urls

urlpatterns: list[URLPattern] = [*processes_urls.urlpatterns]
