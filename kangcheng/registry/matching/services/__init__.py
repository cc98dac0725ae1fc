"""Verbs that say whose record it is, and whether two rows are one person."""

from kangcheng.registry.matching.services.decide import NotOpen, decide
from kangcheng.registry.matching.services.lists import match_list
from kangcheng.registry.matching.services.part import NotParted, attach, part, unmerge
from kangcheng.registry.matching.services.receive import receive, receive_many
from kangcheng.registry.matching.services.renew import renew_digests, sender_number
from kangcheng.registry.matching.services.seek import seek, seek_area

__all__ = [
    "NotOpen",
    "NotParted",
    "attach",
    "decide",
    "match_list",
    "part",
    "receive",
    "receive_many",
    "renew_digests",
    "seek",
    "seek_area",
    "sender_number",
    "unmerge",
]
