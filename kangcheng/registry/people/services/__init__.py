"""Verbs on people."""

from kangcheng.registry.people.services.change import leave, record_death, update
from kangcheng.registry.people.services.merge import PersonMissing, add_source, merge, unmerge
from kangcheng.registry.people.services.register import bulk, register

__all__ = [
    "PersonMissing",
    "add_source",
    "bulk",
    "leave",
    "merge",
    "record_death",
    "register",
    "unmerge",
    "update",
]
