"""Addresses of the public pages."""

from django.urls import URLPattern, path

from kangcheng.portal.open import certificates, screens, told

urlpatterns: list[URLPattern] = [
    path("open/policies/", told.answers, name="open_answers"),
    path("open/surroundings/", told.surroundings, name="open_surroundings"),
    path("open/certificates/", certificates.verify, name="open_certificate"),
    path("open/screen/<str:key>/", screens.screen, name="screen"),
    path("open/screen/<str:key>/feed.json", screens.feed, name="screen_feed"),
    path("screens/", screens.standings, name="screens"),
    path("certificates/<uuid:case_id>/", certificates.issued, name="certificate"),
]
