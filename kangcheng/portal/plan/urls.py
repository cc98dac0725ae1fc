"""Addresses of the area plan."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
