"""Idempotency: a client key stands for one request for ever."""

import hashlib
from typing import Any
from uuid import UUID

import orjson

from kangcheng.funds.settlement.models import Request
from kangcheng.funds.settlement.types import KeyReused, SettlementError

LONGEST_KEY = 100


def fingerprint(verb: str, **asked: Any) -> str:
    """What was asked, as a digest: the same words and amounts give the same text."""
    text = orjson.dumps({"verb": verb, **asked}, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(text).hexdigest()


def check_key(key: str) -> None:
    """Refuse a key that is blank or too long."""
    if not key.strip() or len(key) > LONGEST_KEY:
        raise SettlementError(
            "幂等键为空或过长 (bad key)",
            where="key",
            rule=f"1 至 {LONGEST_KEY} 个字符",
            todo="每个新请求生成一个 UUID",
        )


def answered(found: tuple[str, str, UUID] | None, *, key: str, print_: str) -> UUID | None:
    """The subject of the answer already given, None for a new key. Raises KeyReused when the request differs."""
    if found is None:
        return None
    if found[1] != print_:
        raise KeyReused(key)
    return found[2]


def find(key: str) -> tuple[str, str, UUID] | None:
    """What the key stands for, None when it is new."""
    check_key(key)
    return Request.objects.filter(key=key).values_list("verb", "fingerprint", "subject_id").first()


def answer(key: str) -> Any:
    """The answer kept with a key."""
    return Request.objects.values_list("answer", flat=True).get(key=key)


def write(*, key: str, verb: str, print_: str, subject: UUID, answer: Any = None) -> None:
    """Remember the answer in the current transaction (one INSERT)."""
    Request.objects.create(key=key, verb=verb, fingerprint=print_, subject_id=subject, answer=answer)
