"""The little county of the registry's tests, lived in."""

from tests.unit.registry.conftest import county, hospital, someone, words

__all__ = ["county", "hospital", "someone", "words"]
