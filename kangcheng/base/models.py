"""All tables of the module `base`, gathered for Django; and the parent of every table of the project."""

from kangcheng.base.accounts.models import RoleGrant, User
from kangcheng.base.accounts.second_factor import Authenticator
from kangcheng.base.audit import AuditEvent, LookLog
from kangcheng.base.files import StoredFile
from kangcheng.base.outbox import OutboxCursor, OutboxEvent
from kangcheng.base.personal import KeyMark, SealedTextField
from kangcheng.base.row import Base

__all__ = [
    "AuditEvent",
    "Authenticator",
    "Base",
    "KeyMark",
    "LookLog",
    "OutboxCursor",
    "OutboxEvent",
    "RoleGrant",
    "SealedTextField",
    "StoredFile",
    "User",
]
