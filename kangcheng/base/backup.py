"""One file that holds a city: the database, the stored files and, only when asked for, the keys.

The archive is a .tar of `manifest.json` (first: what, when, SHA-256 of each part), `database.dump` (pg_dump's own format),
`files/...` and perhaps `keys/data.json`. It is written beside its target and renamed when whole. A restore fills a new
database and puts it in place of the old one at the end, so one that fails has changed nothing. Pure: no Django.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from kangcheng.base import keys
from kangcheng.kernel.errors import KangchengError

FORMAT = "kangcheng-backup-1"
DUMP, KEYS = "database.dump", "keys/data.json"


class BackupError(KangchengError):
    """A backup cannot be written or restored."""


@dataclass(frozen=True)
class Installation:
    """What a backup is taken of: libpq's connection words, the folder of stored files, the key file, pg_dump's folder."""

    connection: dict[str, Any]
    files: Path
    key_file: Path
    programs: Path


def write(target: Path, here: Installation, *, with_key: bool, at: datetime) -> dict[str, Any]:
    """Write the archive to `target`; returns its manifest. Raises BackupError; a failed one leaves no file."""
    part = target.with_name(f".{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            dump = Path(folder) / DUMP
            _program(here, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
            parts = {DUMP: dump, **_stored(here.files), **({KEYS: here.key_file} if with_key else {})}
            manifest = {
                "format": FORMAT,
                "at": at.isoformat(),
                "with_key": with_key,
                "parts": {name: _digest(path) for name, path in parts.items()},
            }
            _pack(part, manifest, parts)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def restore(source: Path, here: Installation, *, replace: bool, at: datetime) -> dict[str, Any]:
    """Put the archive's city in place of this one; returns its manifest.

    Refuses (BackupError) an archive that is damaged or not ours, and a database with tables unless `replace`. The old
    database is kept under the name `<name>_before_<time>`; a key in the archive is added to the ring of this machine.
    """
    name = here.connection["dbname"]
    with tempfile.TemporaryDirectory(dir=here.files.parent) as folder:
        manifest = _unpack(source, Path(folder))
        if not replace and _tables(here):
            raise BackupError(
                "数据库中已有数据 (database not empty)",
                where=f"database {name}",
                rule="恢复不覆盖已有数据",
                todo="加 --replace：原库改名保留，再换上备份",
            )
        fresh = f"{name}_restoring"
        with _server(here) as server:
            server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(fresh)))
            server.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(fresh)))
        filled = Installation({**here.connection, "dbname": fresh}, here.files, here.key_file, here.programs)
        options = ["--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={fresh}"]
        _program(filled, "pg_restore", *options, str(Path(folder) / DUMP))
        _settle_numbering(filled)
        _copy_files(Path(folder) / "files", here.files)
        if (Path(folder) / KEYS).exists():
            _add_keys(Path(folder) / KEYS, here.key_file)
        _swap(here, fresh, f"{name}_before_{at:%Y%m%d%H%M%S}")
    return manifest


def _pack(part: Path, manifest: dict[str, Any], parts: dict[str, Path]) -> None:
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
            head = tarfile.TarInfo("manifest.json")
            head.size = len(text)
            archive.addfile(head, io.BytesIO(text))
            for name, path in parts.items():
                archive.add(path, name, recursive=False)
        file.flush()
        os.fsync(file.fileno())


def _unpack_one(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One plain file, under `folder` only: links, devices and ways out of the folder are refused."""
    target = (folder / member.name).resolve()
    content = archive.extractfile(member) if member.isreg() else None
    if content is None or not target.is_relative_to(folder.resolve()):
        raise tarfile.TarError(member.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
    target.chmod(0o600)


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack and check every part against the manifest."""
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                _unpack_one(archive, member, folder)
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        parts = dict(manifest["parts"])
        known = manifest["format"] == FORMAT and DUMP in parts
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise _damaged(source, "不是康城的备份 (not a backup)") from error
    if not known:
        raise _damaged(source, "备份格式不识别 (unknown format)")
    for name, digest in parts.items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise _damaged(source, f"备份中的 {name} 已损坏 (part damaged)")
    return manifest


def _swap(here: Installation, fresh: str, kept: str) -> None:
    """The new database takes the name, the old one keeps its data under another; both in one transaction."""
    name = here.connection["dbname"]
    with _server(here) as server:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        with server.transaction():
            if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                server.execute(
                    SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(name), Identifier(kept))
                )
            server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(fresh), Identifier(name)))


def _settle_numbering(filled: Installation) -> None:
    from kangcheng.base.numbering import RESTART

    with psycopg.connect(**filled.connection) as link:
        for statement in RESTART:
            link.execute(statement)


def _copy_files(source: Path, target: Path) -> None:
    """Stored files are named by their content: what is here already is the same."""
    for path in source.rglob("*") if source.exists() else ():
        place = target / path.relative_to(source)
        if path.is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, place)


def _add_keys(source: Path, key_file: Path) -> None:
    """The archive's ring becomes this machine's; keys that only this machine has are kept beside, index keys as retired."""
    theirs = keys.key_ring(source, make=False)
    ours = keys.key_ring(key_file) if key_file.exists() else keys.KeyRing("", {}, {})
    retired = {**ours.retired, **ours.index, **theirs.retired}
    for name in theirs.index:
        retired.pop(name, None)
    keys.save(key_file, keys.KeyRing(theirs.current, {**ours.seal, **theirs.seal}, theirs.index, retired))


def _stored(folder: Path) -> dict[str, Path]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".part")
    return {f"files/{path.relative_to(folder)}": path for path in paths}


def _tables(here: Installation) -> int:
    try:
        with psycopg.connect(**here.connection) as link:
            row = link.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
            return int(row[0]) if row else 0
    except psycopg.OperationalError:
        return 0  # no such database yet


@contextmanager
def _server(here: Installation) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(**{**here.connection, "dbname": "postgres"}, autocommit=True) as link:
        yield link


def _program(here: Installation, name: str, *arguments: str) -> None:
    words = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    given = {words[key]: str(value) for key, value in here.connection.items() if key in words and value}
    done = subprocess.run(
        [str(here.programs / name), *arguments],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(
            f"{name} 失败 (exit code {done.returncode})",
            where=done.stderr.strip().splitlines()[-1][:300] if done.stderr.strip() else str(here.programs),
            todo="检查数据库是否运行、磁盘是否有空间、版本是否相符",
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(source: Path, what: str) -> BackupError:
    return BackupError(what, where=str(source), rule="备份逐件以 SHA-256 校验", todo="改用另一份备份")
