"""Addresses of the counter: find, visit, bill, settlement, receipt, cash."""

from django.urls import path

from kangcheng.portal.counter import bills, cash, claims, find, items, procedures, visit

urlpatterns = [
    path("counter/", find.counter, name="counter"),
    path("counter/items/", items.items, name="counter_items"),
    path("counter/<uuid:person_id>/", visit.visit, name="visit"),
    path("counter/<uuid:person_id>/quote/", visit.quote, name="visit_quote"),
    path("bills/", bills.bills, name="bills"),
    path("bills/<uuid:bill_id>/", bills.bill, name="bill"),
    path("bills/<uuid:bill_id>/quote/", bills.quote, name="bill_quote"),
    path("bills/<uuid:bill_id>/procedure/", procedures.start, name="procedure_start"),
    path("bills/<uuid:bill_id>/<str:verb>/", bills.act, name="bill_act"),
    path("procedures/", procedures.procedures, name="procedures"),
    path("procedures/<uuid:procedure_id>/", procedures.procedure, name="procedure"),
    path("procedures/<uuid:procedure_id>/step/", procedures.step, name="procedure_step"),
    path(
        "procedures/<uuid:procedure_id>/evidence/<str:name>/", procedures.evidence, name="procedure_evidence"
    ),
    path("claims/", claims.claims, name="claims"),
    path("claims/<uuid:settlement_id>/", claims.claim, name="claim"),
    path("claims/<uuid:settlement_id>/reverse/", claims.reverse_claim, name="claim_reverse"),
    path("claims/<uuid:settlement_id>/receipt/", claims.receipt, name="receipt"),
    path("claims/<uuid:settlement_id>/receipt.pdf", claims.receipt_pdf, name="receipt_pdf"),
    path("cash/", cash.cash, name="cash"),
    path("cash/close/", cash.close, name="cash_close"),
]
