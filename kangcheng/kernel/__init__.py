"""Money, dates, ids, units, citations, errors. Imports nothing of ours, and nothing beyond the standard library."""
