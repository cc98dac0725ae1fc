"""What was imported, and which rows of it wait to be corrected."""

import json
from uuid import UUID

from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.work.registers.models import RegisterImport


def imports(register: str, by: Actor, limit: int = 20) -> list[RegisterImport]:
    """The actor's own imports into the register, newest first; the system's see all."""
    found = RegisterImport.objects.filter(register=register)
    if SYSTEM not in by.roles:
        found = found.filter(by_id=by.user_id)
    return list(found.order_by("-created_at", "-id").defer("waiting")[:limit])


def import_of(import_id: UUID, by: Actor) -> RegisterImport | None:
    """One import of the actor's own."""
    found = RegisterImport.objects.filter(pk=import_id).first()
    return found if found and (found.by_id == by.user_id or SYSTEM in by.roles) else None


def waiting(found: RegisterImport) -> list[tuple[int, dict[str, str]]]:
    """Line of the file and texts by column of each row that waits."""
    return [(int(line), texts) for line, texts in json.loads(found.waiting or "[]")]
