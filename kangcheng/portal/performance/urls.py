"""Addresses of indicators and reports."""

from django.urls import path

from kangcheng.portal.performance import indicators, reports

urlpatterns = [
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/<str:id>/", indicators.indicator, name="indicator"),
    path("reports/", reports.reports, name="reports"),
    path("reports/refresh/", reports.refresh_lake, name="refresh_lake"),
    path("reports/<str:name>/<str:period>/", reports.report, name="report"),
    path("reports/<str:name>/<str:period>/docx/", reports.download, name="report_docx"),
]
