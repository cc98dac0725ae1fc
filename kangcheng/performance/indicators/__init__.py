"""Indicators: a formula over the lake, from a pack entry, for a period and a scope."""
