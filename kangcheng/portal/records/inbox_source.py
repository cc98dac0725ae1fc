"""The inbox behind the pages, named by a setting: pages and the doors of machines stand side by side and import neither way."""

from importlib import import_module
from typing import Any

from django.conf import settings


def services() -> Any:
    """Verbs: correct, replay."""
    return import_module(f"{settings.INBOX}.services")


def selectors() -> Any:
    """Questions: messages, message, senders, days, connections."""
    return import_module(f"{settings.INBOX}.selectors")


def shown() -> Any:
    """Messages as a page shows them: shown, edits."""
    return import_module(f"{settings.INBOX}.shown")
