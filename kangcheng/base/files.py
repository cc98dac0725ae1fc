"""Stored files: bytes on disk named by their SHA-256, and a row that says what they are. The same bytes are kept once.

On disk they are sealed with the keys of the sealed columns: a mark, then the key's id and the rest as in personal.py.
Files of before lie there in the clear and are read as they are, until `reseal`.
"""

import hashlib
import os
import secrets
from pathlib import Path
from typing import ClassVar

import pgtrigger
from django.db import models

from kangcheng.base import personal
from kangcheng.base.accounts.types import Actor
from kangcheng.base.keys import private_folder
from kangcheng.base.row import Base
from kangcheng.kernel.errors import KangchengError

MARK, PURPOSE = b"KCF1", "stored-file"
MOST_BYTES = 50 * 1024 * 1024

_folder: Path | None = None


class FileError(KangchengError):
    """A file cannot be stored or read."""


class StoredFile(Base):
    """What one stored file is."""

    personal: ClassVar[set[str]] = {"name"}
    plain: ClassVar[set[str]] = {"sha256", "media_type", "size", "stored_by"}

    sha256 = models.CharField("摘要", max_length=64, db_index=True)
    name = models.CharField("文件名", max_length=255)
    media_type = models.CharField("类型", max_length=100)
    size = models.BigIntegerField("字节数")
    stored_by = models.UUIDField("上传人")

    class Meta:
        verbose_name = "文件"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


def use(folder: Path) -> None:
    """Keep files under `folder` from now on."""
    global _folder
    _folder = folder


def store(*, content: bytes, name: str, media_type: str, by: Actor) -> StoredFile:
    """Write the bytes (durably, before the row) and return the row; raises FileError over 50 MB or when empty."""
    if not 0 < len(content) <= MOST_BYTES:
        raise FileError(
            "文件为空或过大 (file empty or too large)",
            where=name,
            rule=f"1 至 {MOST_BYTES} 字节",
            todo="压缩或拆分后重传",
        )
    digest = hashlib.sha256(content).hexdigest()
    if not _path(digest).exists():
        _write(_path(digest), MARK + personal.seal_bytes(content, PURPOSE))
    return StoredFile.objects.create(
        sha256=digest,
        name=Path(name).name[:255],
        media_type=media_type,
        size=len(content),
        stored_by=by.user_id,
    )


def read(file: StoredFile) -> bytes:
    """The bytes of `file`; raises FileError when they are missing or no longer match their hash, KeyMissingError without their key."""
    try:
        content = _opened(_path(file.sha256).read_bytes(), file.sha256)
    except FileNotFoundError as error:
        raise _damaged(file, "文件内容不存在 (bytes missing)") from error
    except personal.KeyMissingError:
        raise
    except personal.SealError as error:
        raise _damaged(file, "文件内容被改动 (bytes altered)") from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise _damaged(file, "文件内容被改动 (bytes altered)")
    return content


def reseal() -> int:
    """Seal every stored file with the current key, those that lie in the clear too; returns how many. Safe to stop and repeat."""
    changed = 0
    for path in sorted(_root().glob("??/*")):
        if path.suffix == ".part":
            continue
        raw = path.read_bytes()
        if _is_sealed(raw, path.name) and personal.sealed_now(raw[len(MARK) :]):
            continue
        _write(path, MARK + personal.seal_bytes(_opened(raw, path.name), PURPOSE))
        changed += 1
    return changed


def _is_sealed(raw: bytes, digest: str) -> bool:
    """A file whose bytes match its name lies in the clear, whatever it begins with."""
    return raw.startswith(MARK) and hashlib.sha256(raw).hexdigest() != digest


def _opened(raw: bytes, digest: str) -> bytes:
    return personal.unseal_bytes(raw[len(MARK) :], PURPOSE) if _is_sealed(raw, digest) else raw


def _damaged(file: StoredFile, what: str) -> FileError:
    return FileError(what, where=f"{file.id}", rule="文件以 SHA-256 校验", todo="从备份恢复 files 目录")


def _root() -> Path:
    if _folder is None:
        raise FileError("文件目录未设置 (no files folder)", todo="先调用 files.use(目录)")
    return _folder


def _path(digest: str) -> Path:
    return _root() / digest[:2] / digest


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: into a side file, flushed, then renamed."""
    for folder in (path.parent.parent, path.parent):
        private_folder(folder)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
