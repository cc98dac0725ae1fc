"""A visit as a clinician writes it down, and its later corrections."""
