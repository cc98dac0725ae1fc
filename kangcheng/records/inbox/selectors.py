"""Questions about messages: read one, its fields, its mapping, and the resources it comes to. Pure."""

from kangcheng.records.inbox.bundles import of_bundle, redirected
from kangcheng.records.inbox.hl7v2 import Head, Message, acknowledgement, changed, fields_of, read
from kangcheng.records.inbox.reading import for_message, mappings, named
from kangcheng.records.inbox.rules import of_message, of_row

__all__ = [
    "Head", "Message", "acknowledgement", "changed", "fields_of", "for_message", "mappings", "named", "of_bundle",
    "of_message", "of_row", "read", "redirected",
]  # fmt: skip
