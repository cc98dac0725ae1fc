"""Forms: questionnaires from packs, their answers checked and scored, and what goes into the record."""
