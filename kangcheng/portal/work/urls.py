"""Addresses of the pages of `work`."""

from django.urls import URLPattern

from kangcheng.portal.work import checks_urls, processes_urls
from kangcheng.portal.work.registers import urls as registers

urlpatterns: list[URLPattern] = [
    *checks_urls.urlpatterns,
    *processes_urls.urlpatterns,
    *registers.urlpatterns,
]
