"""Addresses of the area funds."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
