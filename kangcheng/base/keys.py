"""Secrets of one installation: made at first start, kept as files outside the database, never in the repository.

`secret_key` signs sessions, `database` is the password of the embedded server, `data.json` seals personal fields.
Pure: importable before Django is set up.
"""

import base64
import hashlib
import json
import os
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path

from kangcheng.kernel.errors import KangchengError

SEAL_KEY_BYTES = 16  # SM4
INDEX_KEY_BYTES = 32  # HMAC-SM3


class KeyFileError(KangchengError):
    """The key file cannot be used as it is."""


@dataclass(frozen=True)
class KeyRing:
    """Sealing keys by their id, the id new values are sealed with, and the keys of the blind indexes by theirs.

    Of `index` the first makes new indexes; more than one are there while a rotation runs. `retired` ones find machine
    tokens only.
    """

    current: str
    seal: dict[str, bytes]
    index: dict[str, bytes]
    retired: dict[str, bytes] = field(default_factory=dict)

    @property
    def rotating(self) -> bool:
        """True from the making of new keys until everything is written with them."""
        return len(self.index) > 1


def private_folder(path: Path) -> Path:
    """Make `path` with mode 0700 if it is missing; return it."""
    path.mkdir(parents=True, exist_ok=True)
    if path.stat().st_uid == os.getuid() and path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` whole or not at all, readable by the owner only."""
    private_folder(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def text_key(path: Path) -> str:
    """The random text kept in `path`; made there at the first call."""
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


def key_ring(path: Path, *, make: bool = True) -> KeyRing:
    """Read the ring of data keys from `path`; made there at the first call unless `make` is false.

    Raises KeyFileError when the file is missing (with `make=False`) or is not a key file.
    """
    if not path.exists():
        if not make:
            raise KeyFileError(
                "数据密钥文件不存在 (data key file missing)",
                where=str(path),
                rule="敏感字段以密钥文件加密，密钥不随数据库保存",
                todo="从原机器的密钥备份恢复该文件，或用 KANGCHENG_KEY_FILE 指定其位置",
            )
        first = new_key_id()
        ring = KeyRing(
            first,
            {first: secrets.token_bytes(SEAL_KEY_BYTES)},
            {new_key_id(): secrets.token_bytes(INDEX_KEY_BYTES)},
        )
        _write_once(path, _dump(ring))
    return _load(path)


def rotate(path: Path) -> KeyRing:
    """Add a fresh sealing key and a fresh index key to the ring in `path`; the old ones stay, to open and find old values.

    A rotation that was not finished is gone on with: then nothing is added.
    """
    ring = _load(path)
    if ring.rotating:
        return ring
    new = new_key_id()
    seal = {**ring.seal, new: secrets.token_bytes(SEAL_KEY_BYTES)}
    index = {new_key_id(): secrets.token_bytes(INDEX_KEY_BYTES), **ring.index}
    save(path, ring := KeyRing(new, seal, index, ring.retired))
    return ring


def retire(path: Path) -> KeyRing:
    """All index keys but the newest find machine tokens only from now on; the end of a rotation."""
    ring = _load(path)
    newest, *others = ring.index
    gone = {name: ring.index[name] for name in others}
    save(path, ring := replace(ring, index={newest: ring.index[newest]}, retired={**ring.retired, **gone}))
    return ring


def unretire(path: Path, names: set[str]) -> KeyRing:
    """Retired index keys are looked up with again, behind the newest: an older backup has come back."""
    ring = _load(path)
    back = {name: key for name, key in ring.retired.items() if name in names}
    kept = {name: key for name, key in ring.retired.items() if name not in names}
    save(path, ring := replace(ring, index={**ring.index, **back}, retired=kept))
    return ring


def save(path: Path, ring: KeyRing) -> None:
    """Write `ring` to `path`, whole or not at all."""
    write_private(path, _dump(ring))


def new_key_id() -> str:
    """Eight hex digits, random: keys of two machines never share an id by accident."""
    return secrets.token_hex(4)


def _write_once(path: Path, text: str) -> None:
    """Two first starts at once must agree on one key: link() fails when the file has appeared meanwhile."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.new")
    write_private(part, text)
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _dump(ring: KeyRing) -> str:
    kept = {"seal": ring.seal, "index": ring.index, "retired": ring.retired}
    texts = {
        kind: {name: base64.b64encode(key).decode() for name, key in some.items()}
        for kind, some in kept.items()
    }
    return json.dumps({"current": ring.current, **texts}, indent=1)


def _opened(raw: dict[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(key, validate=True) for name, key in raw.items()}


def _index_keys(raw: str | dict[str, str]) -> dict[str, bytes]:
    """Key files of before hold one index key without an id: it is named by its digest."""
    if isinstance(raw, dict):
        return _opened(raw)
    key = base64.b64decode(raw, validate=True)
    return {hashlib.sha256(key).hexdigest()[:8]: key}


def _load(path: Path) -> KeyRing:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        ring = KeyRing(
            raw["current"], _opened(raw["seal"]), _index_keys(raw["index"]), _opened(raw.get("retired", {}))
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyFileError(
            "数据密钥文件无法读取 (not a key file)",
            where=str(path),
            rule="应为含 current、seal、index 的 JSON",
            todo="从密钥备份恢复该文件",
        ) from error
    indexes = [*ring.index.values(), *ring.retired.values()]
    if (
        ring.current not in ring.seal
        or any(len(key) != SEAL_KEY_BYTES for key in ring.seal.values())
        or not ring.index
        or any(len(key) != INDEX_KEY_BYTES for key in indexes)
    ):
        raise KeyFileError(
            "数据密钥文件内容不一致 (broken key file)", where=str(path), todo="从密钥备份恢复该文件"
        )
    return ring
