"""Addresses of the fund's pages."""

from django.urls import path

from kangcheng.portal.funds import awards, enrolment, ledger, months, overview, payables, payouts

urlpatterns = [
    path("fund/", overview.fund, name="fund"),
    path("fund/waivers/", overview.waivers, name="waivers"),
    path("fund/waivers/uses/", awards.uses, name="waiver_uses"),
    path("awards/<uuid:person_id>/", awards.awards, name="awards"),
    path("enrolment/", enrolment.enrolment, name="enrolment"),
    path("enrolment/<uuid:person_id>/", enrolment.enrol, name="enrol"),
    path("payouts/", payouts.payouts, name="payouts"),
    path("payouts/ask/", payouts.ask, name="payout_ask"),
    path("payouts/registers/", payables.payables, name="payables"),
    path("payouts/registers/<str:id>/ask/", payables.ask, name="payables_ask"),
    path("payouts/<uuid:payout_id>/", payouts.payout, name="payout"),
    path("payouts/<uuid:payout_id>/decide/", payouts.decide, name="payout_decide"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/months/", months.months, name="months"),
    path("ledger/accounts/<str:code>/", ledger.account, name="ledger_account"),
    path("ledger/days/<str:day>/", ledger.entries, name="ledger_day"),
    path("ledger/entries/<uuid:entry_id>/", ledger.entry, name="ledger_entry"),
]
