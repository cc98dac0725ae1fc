"""The database beside the pages: an ordinary role is enough to serve, and the lake knows nobody."""

import io
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier, Literal

from kangcheng.config import place

REPOSITORY = Path(__file__).resolve().parents[2]
ROLE = "kc_ordinary"
SERVED = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from kangcheng.base import files
from pathlib import Path
import tempfile
files.use(Path(tempfile.mkdtemp()))
from tests.guard.world import build
from django.conf import settings
from django.test import Client
from django.db import connection
world = build()
with connection.cursor() as sql:
    sql.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
    assert sql.fetchone() == (False, False)
assert Client(HTTP_HOST="127.0.0.1").get("/login/").status_code == 200
print("served", len(world.near.people))
"""


@pytest.mark.slow
@pytest.mark.django_db
def test_a_role_that_is_no_superuser_migrates_and_serves(tmp_path):
    """`DATABASE_URL` may name an owner without any privilege beyond its own database."""
    given = place.database()
    where = {
        "host": given["HOST"],
        "port": given["PORT"] or None,
        "user": given["USER"],
        "password": given["PASSWORD"],
    }
    name = f"kc_test_{os.getpid()}_ordinary"
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
        server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        server.execute(SQL("DROP ROLE IF EXISTS {}").format(Identifier(ROLE)))
        server.execute(
            SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                Identifier(ROLE), Literal("ordinary-secret")
            )
        )
        server.execute(SQL("CREATE DATABASE {} OWNER {}").format(Identifier(name), Identifier(ROLE)))
    url = f"postgresql://{ROLE}:ordinary-secret@/{name}?host={given['HOST']}"
    environment = {
        **os.environ, "KANGCHENG_TEST_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings",
        "KANGCHENG_TEST_DATA": str(tmp_path), "PYTHONPATH": str(REPOSITORY),
    }  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-c", SERVED],
            env=environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 and "served 3" in done.stdout, done.stderr[-2000:]
    finally:
        with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
            server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
            server.execute(SQL("DROP ROLE IF EXISTS {}").format(Identifier(ROLE)))


@pytest.mark.django_db
def test_no_table_of_the_lake_names_anybody(world):
    """Every row that would be written to the lake, as text."""
    from django.db import connection

    from kangcheng.performance.tables import TABLES

    secret = [
        *world.near.names,
        *world.far.names,
        *world.near.numbers,
        *world.far.numbers,
        *world.near.phones,
        "巷0号",
    ]
    rows = 0
    with connection.cursor() as sql:
        for table in TABLES.values():
            sql.execute(table.select)
            for row in sql.fetchall():
                rows += 1
                text = io.StringIO()
                print(*row, file=text)
                assert not [one for one in secret if one in text.getvalue()], table.name
    assert rows > 50
