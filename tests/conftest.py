"""Fixtures everybody uses: the test database (a copy of a migrated template, one per session and worker), days and actors."""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

REPOSITORY = Path(__file__).resolve().parents[1]
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


def pytest_configure() -> None:
    """Packs read by tests can be run, as in every process of the city."""
    from kangcheng.config.kinds import wire

    wire()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Replaces pytest-django's: a migrated template is made once per set of migrations, each session copies it."""
    from django.conf import settings
    from django.db import connections

    cluster = _hold_cluster()
    name = f"kc_test_{os.getpid()}"
    with _gate(), _server() as server:
        _drop_abandoned(server)
        template = _template(server, django_db_blocker)
        server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
    settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    with _server() as server:
        server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
    if cluster:
        cluster.release()


@pytest.fixture
def today() -> date:
    """The day on which tests act."""
    return date(2024, 5, 20)


@pytest.fixture
def system() -> Any:
    """The city's own programme as an actor."""
    from kangcheng.base.accounts.types import system_actor

    return system_actor("test")


@pytest.fixture
def actor() -> Any:
    """Makes an actor: actor("cashier", institutions=[...], areas=[...], purpose=...)."""
    from kangcheng.base.accounts.roles import ROLES
    from kangcheng.base.accounts.types import Actor
    from kangcheng.kernel.ids import new_id

    def make(
        *roles: str, institutions: Any = (), areas: Any = (), purpose: str = "test", person: Any = None
    ) -> Actor:
        permissions = frozenset().union(*(ROLES[role].permissions for role in roles))
        return Actor(
            new_id(), "测试员", frozenset(roles), tuple(areas), frozenset(institutions), purpose, person, permissions
        )  # fmt: skip

    return make


def _hold_cluster() -> Any:
    """The embedded server for tests: no fsync, since nothing in it needs to survive."""
    from kangcheng.base.postgres import Cluster
    from kangcheng.config import place

    if place.database_url():
        return None
    given = place.embedded()
    cluster = Cluster(place.data_folder(), password=given["PASSWORD"], database=given["NAME"], settings=FAST)
    cluster.hold()
    return cluster


@contextmanager
def _server() -> Iterator[psycopg.Connection[Any]]:
    from kangcheng.config import place

    given = place.database()
    where = {"host": given["HOST"], "port": given["PORT"] or None}
    with psycopg.connect(
        dbname="postgres", user=given["USER"], password=given["PASSWORD"], autocommit=True, **where
    ) as link:
        yield link


@contextmanager
def _gate() -> Iterator[None]:
    """Workers and sessions take turns at templates."""
    with (Path(os.environ["KANGCHENG_DATA"]) / "template.lock").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _template(server: psycopg.Connection[Any], blocker: Any) -> str:
    """Name of the migrated template database for today's migrations; made if it is not there."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    name = f"kc_template_{_fingerprint()}"
    if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return name
    part = f"kc_test_{os.getpid()}_template"
    server.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(part)))
    server.execute(SQL("CREATE DATABASE {}").format(Identifier(part)))
    connection = connections["default"]
    with blocker.unblock():
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = part
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
    for (old,) in server.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'kc\\_template\\_%'"
    ).fetchall():
        server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(old)))
    server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(part), Identifier(name)))
    return name


def _fingerprint() -> str:
    digest = hashlib.sha256((REPOSITORY / "kangcheng/config/settings.py").read_bytes())
    for path in [
        REPOSITORY / "requirements.lock",
        *sorted((REPOSITORY / "kangcheng").glob("*/migrations/*.py")),
    ]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _drop_abandoned(server: psycopg.Connection[Any]) -> None:
    """Databases of sessions that were killed."""
    for (name,) in server.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'kc\\_test\\_%'"
    ).fetchall():
        pid = re.match(r"kc_test_(\d+)", name)
        if pid and not Path(f"/proc/{pid[1]}").exists():
            server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
