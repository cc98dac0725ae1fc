"""Addresses of the fund's pages."""

from django.urls import path

from kangcheng.portal.funds import ledger, overview

urlpatterns = [
    path("fund/", overview.fund, name="fund"),
    path("fund/waivers/", overview.waivers, name="waivers"),
    path("ledger/", ledger.ledger, name="ledger"),
]
