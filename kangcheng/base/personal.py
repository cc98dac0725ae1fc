"""Sealed columns: SM4-GCM with a key that lies outside the database, and keyed blind indexes to find a value by.

A sealed value is `version (1 byte) | key id (4) | nonce (12) | ciphertext | tag (16)`; the column's purpose is authenticated
with it, so a value moved to another column does not open. Nonces are random: a key is good for some 2^32 values.
"""

import secrets
from pathlib import Path
from typing import Any, ClassVar

import pgtrigger
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from django.apps import apps
from django.db import models, transaction

from kangcheng.base.keys import KeyRing, key_ring
from kangcheng.base.row import Base
from kangcheng.kernel.errors import KangchengError

VERSION = b"\x01"
KEY_ID = slice(1, 5)
NONCE = slice(5, 17)
HEAD, TAG = 17, 16
INDEX = "index-"  # a key mark of an index key

_ring: KeyRing | None = None
_source: tuple[Path, int] | None = None


class SealError(KangchengError):
    """A sealed value cannot be opened."""


class KeyMissingError(SealError):
    """The value was sealed with a key that is not on this machine."""


class Unreadable(str):
    """Stands for a value whose key is not on this machine; saving it writes the sealed bytes back unchanged."""

    sealed: bytes

    def __new__(cls, sealed: bytes) -> "Unreadable":
        text = super().__new__(cls, "〔密钥缺失，无法显示〕")
        text.sealed = sealed
        return text


class KeyMark(Base):
    """A mark of the keys this database was written with, to tell at start-up whether this machine holds them."""

    personal: ClassVar[set[str]] = set()
    plain: ClassVar[set[str]] = {"name", "mark"}

    name = models.CharField("名称", max_length=32, unique=True)
    mark = models.BinaryField("标记")

    class Meta:
        verbose_name = "密钥标记"


def use(ring: KeyRing | None, *, source: Path | None = None) -> KeyRing | None:
    """Seal and open with `ring` from now on; returns the ring used before.

    With `source`, the file it came from, a key that another process has added there is found without a restart.
    """
    global _ring, _source
    before, _ring = _ring, ring
    _source = (source, source.stat().st_mtime_ns) if source else None
    return before


def seal(value: str, purpose: str) -> bytes:
    """`value` as sealed bytes for a column of `purpose`; two calls never give the same bytes."""
    return seal_bytes(value.encode(), purpose)


def seal_bytes(value: bytes, purpose: str) -> bytes:
    """The same for bytes, such as those of a file."""
    ring = _keys()
    nonce = secrets.token_bytes(12)
    cipher = Cipher(algorithms.SM4(ring.seal[ring.current]), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(purpose.encode())
    body = cipher.update(value) + cipher.finalize()
    return VERSION + bytes.fromhex(ring.current) + nonce + body + cipher.tag


def unseal(sealed: bytes, purpose: str) -> str:
    """The text in `sealed`; raises SealError when its key is not here or the bytes were changed or moved."""
    return unseal_bytes(sealed, purpose).decode()


def unseal_bytes(sealed: bytes, purpose: str) -> bytes:
    """The bytes in `sealed`; raises KeyMissingError when its key is not here, SealError when they were changed or moved."""
    name = _key_id(sealed)
    key = _key(name)
    if key is None:
        raise KeyMissingError(
            "本机没有加密该数据的密钥 (sealing key not on this machine)",
            where=f"key {name}",
            rule="敏感字段以密钥文件加密，密钥不随数据库备份",
            todo="从密钥备份恢复 keys/data.json",
        )
    cipher = Cipher(algorithms.SM4(key), modes.GCM(sealed[NONCE], sealed[-TAG:])).decryptor()
    cipher.authenticate_additional_data(purpose.encode())
    try:
        return cipher.update(sealed[HEAD:-TAG]) + cipher.finalize()
    except InvalidTag as error:
        raise SealError(
            "加密数据被改动或放错了列 (sealed value altered or misplaced)",
            where=f"{purpose}, key {name}",
            rule="密文带完整性校验",
            todo="从备份恢复该行，并检查谁直接改过数据库",
        ) from error


def blind_index(value: str, purpose: str) -> bytes:
    """32 bytes to write beside a sealed value, the same for the same value and purpose, by which it is found unopened."""
    return blind_indexes(value, purpose)[0]


def blind_indexes(value: str, purpose: str, *, retired: bool = False) -> list[bytes]:
    """What to look a value up by: its index with the current key, and with the earlier one while a rotation runs.

    With `retired`, also with keys of rotations that are over: for what is kept as an index alone.
    """
    ring = _newest()
    text = purpose.encode() + b"\x00" + value.encode()
    return [_mac(key, text) for key in [*ring.index.values(), *(ring.retired.values() if retired else ())]]


def forward(model: type[models.Model], field: str, value: str, purpose: str) -> None:
    """Before `value` is written: rows that have it under an earlier key get today's index, so that a constraint sees them.

    Does nothing unless a rotation runs.
    """
    now, *earlier = blind_indexes(value, purpose)
    if earlier:
        with pgtrigger.ignore():
            model._base_manager.filter(**{f"{field}__in": earlier}).update(**{field: now})


def _mac(key: bytes, text: bytes) -> bytes:
    mac = HMAC(key, SM3())
    mac.update(text)
    return mac.finalize()


class SealedTextField(models.BinaryField):  # type: ignore[type-arg]
    """A text column kept sealed. Reads give the text, or `Unreadable` where the key is missing; look-ups use a blind index."""

    def __init__(self, *args: Any, purpose: str, **options: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "purpose": self.purpose}

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        if value is None:
            return None
        sealed = bytes(value)
        if _key(_key_id(sealed)) is None:
            return Unreadable(sealed)
        return unseal(sealed, self.purpose)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, Unreadable):
            value = value.sealed
        elif isinstance(value, str):
            value = seal(value, self.purpose)
        return super().get_db_prep_value(value, connection, prepared)

    def get_default(self) -> Any:
        if self.has_default():
            return super().get_default()
        return None if self.null else ""

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def to_python(self, value: Any) -> Any:
        return value


def sealed_now(sealed: bytes) -> bool:
    """True when `sealed` was sealed with the current key."""
    return _key_id(sealed) == _keys().current


def sealed_columns() -> list[tuple[type[models.Model], str]]:
    """Every sealed column of the database, histories included."""
    return [
        (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, SealedTextField)
    ]


def reseal(model: type[models.Model], field: str, batch: int = 1000) -> int:
    """Seal every value of a column again with the current key; returns how many changed. Safe to stop and repeat.

    The text stays the same, so triggers are passed over: a rotation writes no history.
    """
    column: Any = model._meta.get_field(field)
    current, changed, last = bytes.fromhex(_keys().current), 0, None
    while True:
        rows = model._base_manager.order_by("pk").filter(**({"pk__gt": last} if last else {}))[:batch]
        with transaction.atomic(), pgtrigger.ignore():
            seen = list(rows.select_for_update().values_list("pk", stored(model, field)))
            old = {pk: bytes(raw) for pk, raw in seen if raw is not None and bytes(raw)[KEY_ID] != current}
            for pk, raw in old.items():
                model._base_manager.filter(pk=pk).update(**{field: unseal(raw, column.purpose)})
        changed += len(old)
        if len(seen) < batch:
            return changed
        last = seen[-1][0]


def mark_keys() -> None:
    """Write this machine's key marks where the database has none yet."""
    for name, mark in _marks().items():
        KeyMark.objects.get_or_create(name=name, defaults={"mark": mark})


def foreign_keys() -> list[str]:
    """Names of the keys with which the database was written and which this machine does not hold."""
    ours = _marks(retired=True)
    marks = {name: bytes(mark) for name, mark in KeyMark.objects.values_list("name", "mark")}
    # The only index key had no id once: its mark is known by itself.
    return sorted(
        name
        for name, mark in marks.items()
        if ours.get(name) != mark and (name != "index" or mark not in ours.values())
    )


def retired_in_use() -> set[str]:
    """Ids of index keys this database is written with and that are retired on this machine: it is an older backup."""
    ring, ours = _keys(), _marks(retired=True)
    written = {bytes(mark) for mark in KeyMark.objects.values_list("mark", flat=True)}
    return {name for name in ring.retired if ours[f"{INDEX}{name}"] in written}


def unmark_retired() -> None:
    """The database is no longer written with retired index keys."""
    ours = _marks(retired=True)
    gone = [ours[f"{INDEX}{name}"] for name in _keys().retired]
    KeyMark.objects.filter(mark__in=gone).delete()


def _marks(*, retired: bool = False) -> dict[str, bytes]:
    ring = _keys()
    index = {**ring.index, **ring.retired} if retired else ring.index
    return {
        **{f"{INDEX}{name}": _mac(key, b"key-mark\x00mark") for name, key in index.items()},
        **{f"seal-{name}": _mac(key, b"key-mark") for name, key in ring.seal.items()},
    }


def stored(model: type[models.Model], field: str) -> Any:
    """A column's bytes as stored, not opened, for a query."""
    name = model._meta.get_field(field).attname  # type: ignore[union-attr]
    return models.Func(models.F(name), template="%(expressions)s", output_field=models.BinaryField())


def _key_id(sealed: bytes) -> str:
    if len(sealed) < HEAD + TAG or sealed[:1] != VERSION:
        raise SealError("不是加密值 (not a sealed value)", rule="敏感字段只存密文", todo="从备份恢复该行")
    return sealed[KEY_ID].hex()


def _key(name: str) -> bytes | None:
    """The key with this id, looked for in the key file again if that has changed since it was read."""
    return _keys().seal.get(name) or _newest().seal.get(name)


def _newest() -> KeyRing:
    """The ring, read again if the key file has changed: an index made with yesterday's key would find nobody."""
    if _source and _source[0].exists() and _source[0].stat().st_mtime_ns != _source[1]:
        use(key_ring(_source[0], make=False), source=_source[0])
    return _keys()


def _keys() -> KeyRing:
    if _ring is None:
        raise SealError("密钥尚未载入 (keys not loaded)", todo="先调用 personal.use(key_ring(文件))")
    return _ring
