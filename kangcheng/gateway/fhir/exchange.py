"""A request and its answer in the endpoint's own words: nothing below knows of Django's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from kangcheng.gateway.machines.types import Caller
from kangcheng.records import texts

JSON = "application/fhir+json; charset=utf-8"


@dataclass
class Asked:
    """One interaction asked for. `path` below the endpoint; `given` the parameters of the address in their order."""

    method: str
    path: tuple[str, ...]
    given: list[tuple[str, str]]
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    caller: Caller
    today: date
    now: datetime
    base: str  # address of the endpoint, ends in "/"
    _read: Any = field(default=None, repr=False)

    def json(self) -> Any:
        """The body as JSON value; read once. Raises texts.NotJson."""
        if self._read is None:
            self._read = texts.read(self.body)
        return self._read

    def header(self, name: str) -> str:
        """A header's text, "" when it was not sent."""
        return self.headers.get(name, "")

    def asked_for(self, name: str) -> str:
        """The last value of a parameter of the address, "" when there is none."""
        return next((value for key, value in reversed(self.given) if key == name), "")

    @property
    def strict(self) -> bool:
        """True when unknown parameters are to be refused (Prefer: handling=strict)."""
        return "handling=strict" in self.header("prefer").replace(" ", "")


@dataclass
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    type: str = JSON


def of_resource(resource: Any, status: int = 200, **headers: str) -> Answer:
    """An answer that carries a resource made here."""
    return Answer(
        status, texts.write(resource), {name.replace("_", "-"): value for name, value in headers.items()}
    )


def joined(parts: list[bytes]) -> bytes:
    """A JSON array of texts that are JSON already."""
    return b"[" + b",".join(parts) + b"]"


def text(value: Any) -> bytes:
    """Small JSON of our own."""
    return orjson.dumps(value)
