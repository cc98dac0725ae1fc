"""The database beside the pages: an ordinary role is enough to serve, and the lake knows nobody."""

import io
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from kangcheng.base import privileges
from kangcheng.config import place

REPOSITORY = Path(__file__).resolve().parents[2]
OWNER, ROLE = "kc_owner", "kc_ordinary"
MIGRATE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from django.db import connection
with connection.cursor() as sql:
    sql.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
    assert sql.fetchone() == (False, False)
"""
SERVED = """
import django; django.setup()
from kangcheng.base import files, outbox
from pathlib import Path
import tempfile
files.use(Path(tempfile.mkdtemp()))
from tests.guard.world import build
from django.test import Client
from django.db import connection
world = build()
with connection.cursor() as sql:
    sql.execute("SELECT current_user")
    assert sql.fetchone() == ("kc_ordinary",)
    sql.execute("CREATE TEMPORARY TABLE mine AS SELECT 1 AS n")
assert Client(HTTP_HOST="127.0.0.1").get("/login/").status_code == 200
assert outbox.consume("reader", ["funds.settlement", "funds.eligibility"], lambda events: None) >= 0
from kangcheng.base.jobs import clear_sessions
clear_sessions.defer(timestamp=0)
from procrastinate.contrib.django import app
with app.replace_connector(app.connector.get_worker_connector()) as jobs:
    jobs.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
from procrastinate.contrib.django.models import ProcrastinateJob as Job
assert {job.status for job in Job.objects.filter(task_name=clear_sessions.name)} == {"succeeded"}
print("served", len(world.near.people))
"""


def server():
    given = place.database()
    return {
        "host": given["HOST"], "port": given["PORT"] or None, "user": given["USER"], "password": given["PASSWORD"],
    }  # fmt: skip


@pytest.fixture(scope="module")
def two_roles(django_db_setup, tmp_path_factory):
    """A database made by an owner that is no superuser and served by a role that owns nothing."""
    name, where = f"kc_test_{os.getpid()}_roles", server()
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as link:
        link.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        for role in (OWNER, ROLE):
            privileges.make_role(link, role, "ordinary-secret")
        link.execute(SQL("CREATE DATABASE {} OWNER {}").format(Identifier(name), Identifier(OWNER)))

    def url(role):
        return f"postgresql://{role}:ordinary-secret@/{name}?host={where['host']}"

    def run(role, code):
        environment = {
            **os.environ, "KANGCHENG_TEST_DATABASE_URL": url(role), "DJANGO_SETTINGS_MODULE": "tests.settings",
            "KANGCHENG_TEST_DATA": str(tmp_path_factory.getbasetemp()), "PYTHONPATH": str(REPOSITORY),
        }  # fmt: skip
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run(OWNER, MIGRATE)
    with psycopg.connect(url(OWNER), autocommit=True) as link:
        assert privileges.lacking(link, ROLE)
        privileges.grant(link, ROLE)
        assert not privileges.lacking(link, ROLE)
    yield run, url
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as link:
        link.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        for role in (OWNER, ROLE):
            link.execute(SQL("DROP ROLE IF EXISTS {}").format(Identifier(role)))


@pytest.mark.slow
def test_an_owner_without_privileges_migrates_and_a_role_that_owns_nothing_serves(two_roles):
    """People, bills, settlements, news and jobs, as a role with nothing but rows."""
    run, _ = two_roles
    assert "served 3" in run(ROLE, SERVED)


@pytest.mark.slow
def test_the_role_that_serves_empties_no_table_and_switches_no_trigger(two_roles):
    _, url = two_roles
    with psycopg.connect(url(ROLE), autocommit=True) as link:
        tables = [
            name
            for (name,) in link.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
        ]
        assert len(tables) > 50
        for table in tables:
            for statement in ("TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    link.execute(SQL(statement).format(Identifier(table)))
        for statement in (
            "SET session_replication_role = replica",
            "CREATE TABLE mine (n int)",
            "CREATE ROLE another",
            f"SET ROLE {OWNER}",
            "COPY base_user TO PROGRAM 'cat'",
            "DROP FUNCTION _pgtrigger_should_ignore",
        ):
            with pytest.raises(psycopg.Error):
                link.execute(statement)


@pytest.mark.slow
def test_what_only_grows_grows_even_when_the_session_asks_triggers_to_look_away(two_roles):
    """The library of the triggers obeys a setting of the session; the missing privilege does not."""
    _, url = two_roles
    with psycopg.connect(url(ROLE), autocommit=True) as link:
        grows = [row[1] for row in link.execute(privileges.ONLY_GROW).fetchall()]
        assert {"base_auditevent", "base_looklog", "base_userevent", "funds_posting"} <= set(grows)
        link.execute("SET pgtrigger.ignore = '{base_auditevent:append_only,base_looklog:append_only}'")
        for table in grows:
            for statement in ("DELETE FROM {}", "UPDATE {} SET id = id"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    link.execute(SQL(statement).format(Identifier(table)))


@pytest.mark.slow
def test_a_table_of_a_later_migration_can_be_served_at_once(two_roles):
    _, url = two_roles
    with psycopg.connect(url(OWNER), autocommit=True) as owner, psycopg.connect(url(ROLE)) as link:
        owner.execute("CREATE TABLE later (id bigserial PRIMARY KEY, n int)")
        link.execute("INSERT INTO later (n) VALUES (1)")
        link.execute("UPDATE later SET n = 2")
        link.rollback()
        owner.execute("DROP TABLE later")


@pytest.mark.django_db
def test_the_database_alone_answers_no_second_factor(account):
    """Every column of every table, as text and as bytes: the secret of an authenticator is in none of them."""
    from base64 import b32encode

    from django.db import connection

    from kangcheng.base.accounts.second_factor import Authenticator

    device = Authenticator.objects.create(user=account("cashier"), name="totp")
    secret = Authenticator.objects.get(pk=device.pk).secret
    assert len(secret) == 20 and secret.hex() == device.key
    forms = {secret.hex(), device.key.encode().hex(), b32encode(secret).decode()}
    with connection.cursor() as sql:
        for table in connection.introspection.table_names():
            sql.execute(SQL("SELECT t::text FROM {} t").format(Identifier(table)))
            text = "\n".join(row[0] for row in sql.fetchall())
            assert not [one for one in forms if one in text], table


@pytest.mark.django_db
def test_authenticators_of_before_go_on_working_and_their_clear_secrets_are_gone(account):
    """As the library kept them, in a table of its own."""
    from importlib import import_module

    from django.apps import apps
    from django.db import connection
    from django_otp.oath import TOTP

    from kangcheng.base.accounts.second_factor import Authenticator

    user, secret = account("cashier"), "3132333435363738393031323334353637383930"
    migration = import_module("kangcheng.base.migrations.0003_second_factor")
    with connection.cursor() as sql:
        sql.execute(
            "CREATE TABLE otp_totp_totpdevice (id serial, user_id uuid, name text, confirmed bool, key text, step int, t0 int, "
            "digits int, tolerance int, drift int, last_t bigint)"
        )
        sql.execute(
            "INSERT INTO otp_totp_totpdevice (user_id, name, confirmed, key, step, t0, digits, tolerance, drift, last_t) "
            "VALUES (%s, 'totp', true, %s, 30, 0, 6, 1, 0, -1)",
            [user.pk, secret],
        )
    migration.take_over(apps, connection.schema_editor())
    device = Authenticator.objects.get(user=user)
    assert device.key == secret and device.confirmed
    phone = TOTP(bytes.fromhex(secret))
    assert device.code() == f"{phone.token():06d}" and device.verify_token(device.code())
    assert migration.BEFORE not in connection.introspection.table_names()
    migration.take_over(apps, connection.schema_editor())  # a city that never had the table
    phone.time = 59  # the example of RFC 6238, appendix B: 94287082
    assert f"{phone.token():06d}" == "287082"


@pytest.mark.django_db
def test_without_its_key_a_second_factor_lets_nobody_in(account, tmp_path):
    from kangcheng.base import keys, personal
    from kangcheng.base.accounts.second_factor import Authenticator

    device = Authenticator.objects.create(user=account("cashier"), name="totp")
    code = device.code()
    before = personal.use(keys.key_ring(tmp_path / "other.json"))
    try:
        assert not Authenticator.objects.get(pk=device.pk).verify_token(code)
    finally:
        personal.use(before)
    assert Authenticator.objects.get(pk=device.pk).verify_token(code)
    assert not Authenticator.objects.get(pk=device.pk).verify_token(code), "once"


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
