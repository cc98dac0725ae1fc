"""Where this installation keeps its data and how it reaches its database. Pure: no Django."""

import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from kangcheng.base.backup import Installation
from kangcheng.base.keys import text_key
from kangcheng.base.postgres import ORDINARY, USER, binaries, socket_folder
from kangcheng.kernel.errors import KangchengError

REPOSITORY = Path(__file__).resolve().parents[2]
PACKS = Path(os.environ.get("KANGCHENG_PACKS", REPOSITORY / "packs"))


_serving = False  # this process serves: it is given the ordinary role of the embedded server


class DatabaseUrlError(KangchengError):
    """DATABASE_URL cannot be understood."""


def data_folder() -> Path:
    """Folder of keys, stored files, lake and the embedded database: KANGCHENG_DATA, else `var` in the checkout."""
    return Path(os.environ.get("KANGCHENG_DATA") or REPOSITORY / "var").resolve()


def database_url() -> str | None:
    """DATABASE_URL, or None when the embedded server is to be used."""
    return os.environ.get("DATABASE_URL") or None


def database() -> dict[str, Any]:
    """Django's connection settings, from DATABASE_URL or of the embedded server; there of the role of this process."""
    url = database_url()
    if url:
        return from_url(url)
    return {**embedded(), "USER": ORDINARY, "PASSWORD": ordinary_password()} if _serving else embedded()


def serve_only() -> None:
    """From now on this process reaches the embedded server as the ordinary role; before settings are read."""
    global _serving
    _serving = True


def ordinary_password() -> str:
    """Password of the ordinary role of the embedded server; made at the first call."""
    return text_key(data_folder() / "keys" / "database_serve")


def embedded() -> dict[str, Any]:
    """The owner's connection settings of the embedded server under the data folder (a Unix socket, scram password)."""
    folder = data_folder()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("KANGCHENG_DATABASE", "kangcheng"),
        "USER": USER,
        "PASSWORD": text_key(folder / "keys" / "database"),
        "HOST": str(socket_folder(folder)),
        "PORT": "5432",
    }


def from_url(url: str) -> dict[str, Any]:
    """Read `postgresql://user:password@host:port/name?sslmode=...` into Django's connection settings."""
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise DatabaseUrlError(
            "数据库地址无法识别 (DATABASE_URL not understood)",
            where="DATABASE_URL",
            rule="只支持 PostgreSQL：postgresql://用户:口令@主机:端口/库名",
            todo="改正 DATABASE_URL，或取消该变量以使用内置数据库",
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def libpq(settings: dict[str, Any]) -> dict[str, Any]:
    """Django's connection settings in the words of psycopg.connect."""
    words = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    given = {word: settings[key] for key, word in words.items() if settings.get(key)}
    return {**{key: value for key, value in settings.get("OPTIONS", {}).items() if key != "pool"}, **given}


def installation() -> Installation:
    """This installation as backup and restore see it."""
    data = data_folder()
    found = shutil.which("pg_dump") if database_url() else None
    return Installation(
        connection=libpq(database()),
        files=data / "files",
        key_file=key_file(),
        programs=Path(found).parent if found else binaries(),
    )


def key_file() -> Path:
    """File of the data keys: KANGCHENG_KEY_FILE, else in the data folder."""
    return Path(os.environ.get("KANGCHENG_KEY_FILE") or data_folder() / "keys" / "data.json")
