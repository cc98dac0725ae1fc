"""Addresses of the pages of `records`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
