"""Verbs on areas: take in the tables, close, rename, merge, split, take back, locate."""

from kangcheng.registry.areas.services.changes import locate, merge, rename, split, undo
from kangcheng.registry.areas.services.load import FILES, AreaError, close, load

__all__ = ["FILES", "AreaError", "close", "load", "locate", "merge", "rename", "split", "undo"]
