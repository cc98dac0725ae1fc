"""Addresses of the area counter."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
