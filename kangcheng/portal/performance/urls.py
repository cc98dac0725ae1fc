"""Addresses of the area performance."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
