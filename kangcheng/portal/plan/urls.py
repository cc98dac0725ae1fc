"""Addresses of the plan pages: documents, clauses, entries, systems."""

from django.urls import path

from kangcheng.portal.plan import entries, plan, releases, systems

urlpatterns = [
    path("plan/", plan.plan, name="plan"),
    path("plan/clauses/", plan.clauses, name="clauses"),
    path("plan/documents/<str:document>/", plan.document, name="document"),
    path("plan/documents/<str:document>/<str:clause>/", plan.clause, name="clause"),
    path("plan/entries/", entries.entries, name="entries"),
    path("plan/entries/<str:kind>/<str:id>/", entries.entry, name="entry"),
    path("plan/releases/", releases.releases, name="releases"),
    path("plan/releases/propose/", releases.propose, name="release_propose"),
    path("plan/releases/publish/", releases.publish, name="release_publish"),
    path("plan/systems/", systems.systems, name="systems"),
]
