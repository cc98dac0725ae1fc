"""Scored standards: rounds, self-checks, on-site verdicts, rectification, comparison."""
