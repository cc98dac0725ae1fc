"""Addresses of the administration pages."""

from django.urls import path

from kangcheng.portal.admin import accounts, emergencies, logs

urlpatterns = [
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.new, name="account_new"),
    path("accounts/<uuid:user_id>/", accounts.account, name="account"),
    path("accounts/<uuid:user_id>/grant/", accounts.grant, name="account_grant"),
    path("accounts/<uuid:user_id>/revoke/", accounts.revoke, name="account_revoke"),
    path("accounts/<uuid:user_id>/switch/", accounts.switch, name="account_switch"),
    path("accounts/<uuid:user_id>/password/", accounts.reset, name="account_reset"),
    path("audit/", logs.audit, name="audit"),
    path("emergencies/", emergencies.emergencies, name="emergencies"),
    path("emergencies/<uuid:emergency_id>/review/", emergencies.review, name="emergency_review"),
    path("looks/", logs.looks, name="looks"),
]
