"""Verbs on institutions: register, change, close, designate, many at once; correct and take back."""

from kangcheng.registry.institutions.services.history import correct, undo
from kangcheng.registry.institutions.services.register import (
    PERMISSION,
    InstitutionError,
    bulk,
    change,
    close,
    designate,
    end_designation,
    register,
)

__all__ = [
    "PERMISSION", "InstitutionError", "bulk", "change", "close", "correct", "designate", "end_designation", "register",
    "undo",
]  # fmt: skip
