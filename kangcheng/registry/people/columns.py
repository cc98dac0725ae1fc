"""A checked person as the columns of its row: names spelled, numbers sealed and indexed."""

from typing import Any

from kangcheng.base.personal import blind_index, blind_indexes, forward, seal
from kangcheng.kernel.ids import mask_identity
from kangcheng.kernel.pinyin import initials
from kangcheng.registry.people import models
from kangcheng.registry.people.pinyin import spelled
from kangcheng.registry.people.types import NewPerson

COPIED = (
    "id", "name", "name_pinyin", "name_initials", "sex", "birth_on", "death_on", "ethnicity", "identity",
    "identity_index", "identity_masked_index", "phone", "phone_index", "address", "area_code", "registered_area_code",
    "left_why", "source", "batch_id",
)  # fmt: skip


def columns(person: NewPerson) -> dict[str, Any]:
    """Column -> value for every column that comes from the person itself."""
    return {
        "name": person.name,
        "name_pinyin": spelled(person.name)[:200],
        "name_initials": initials(person.name)[:64],
        "sex": person.sex,
        "birth_on": person.birth_on,
        "death_on": person.death_on,
        "ethnicity": person.ethnicity,
        "area_code": person.area_code,
        "registered_area_code": person.registered_area_code,
        **identity_columns(person.identity),
        "phone": seal(person.phone, models.PHONE) if person.phone else None,
        "phone_index": blind_index(person.phone, models.PHONE) if person.phone else None,
        "address": seal(person.address, models.ADDRESS) if person.address else None,
        "source": person.source,
    }


def identity_columns(identity: str) -> dict[str, Any]:
    """The three columns of an identity number ("" for none)."""
    if not identity:
        return {"identity": None, "identity_index": None, "identity_masked_index": None}
    return {
        "identity": seal(identity, models.IDENTITY),
        "identity_index": identity_index(identity),
        "identity_masked_index": masked_index(mask_identity(identity)),
    }


def identity_index(identity: str) -> bytes:
    """The blind index of a whole 18-character number, as it is written."""
    return blind_index(identity, models.IDENTITY)


def identity_indexes(identity: str) -> list[bytes]:
    """What a whole 18-character number is looked up by; the first is as it is written."""
    return blind_indexes(identity, models.IDENTITY)


def forward_identity(identity: str) -> None:
    """Before the number is written: whoever has it is found by today's index (see `personal.forward`)."""
    if identity:
        forward(models.Resident, "identity_index", identity, models.IDENTITY)


def masked_index(masked: str) -> bytes:
    """The blind index of "110105********1234", as it is written."""
    return blind_index(masked, models.IDENTITY_MASKED)


def masked_indexes(masked: str) -> list[bytes]:
    """What finds the few people who share "110105********1234"."""
    return blind_indexes(masked, models.IDENTITY_MASKED)


def phone_indexes(phone: str) -> list[bytes]:
    """What a phone number in digits is looked up by."""
    return blind_indexes(phone, models.PHONE)
