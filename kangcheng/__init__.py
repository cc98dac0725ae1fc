"""Kangcheng: a city's health plan, running."""
