"""The ordinary database role: what `serve` and `worker` may do, given by the owner of the tables.

It reads and writes rows and nothing else: it owns nothing, so it can neither empty a table, nor change one, nor switch a
trigger off; what only grows it can only add to, whatever a session setting says. Pure: no Django.
"""

from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

TABLES = "SELECT, INSERT, UPDATE, DELETE"
SEQUENCES = "USAGE, SELECT, UPDATE"
# Tables whose rows are never changed: there the ordinary role is not even given the privilege.
ONLY_GROW = """
    SELECT DISTINCT c.oid, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE starts_with(t.tgname, 'pgtrigger_append_only_') AND c.relnamespace = 'public'::regnamespace
"""
LACKING = f"""
    WITH grows AS ({ONLY_GROW})
    SELECT EXISTS (
        SELECT 1 FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND (
            c.relkind IN ('r', 'p') AND NOT has_table_privilege(%(role)s::name, c.oid, 'INSERT')
            OR c.relkind = 'S' AND NOT has_sequence_privilege(%(role)s::name, c.oid, 'USAGE'))
    ) OR EXISTS (
        SELECT 1 FROM grows g WHERE has_table_privilege(%(role)s::name, g.oid, 'UPDATE, DELETE')
    ) OR NOT EXISTS (
        SELECT 1 FROM pg_default_acl d, aclexplode(d.defaclacl) a
        WHERE d.defaclobjtype = 'r' AND d.defaclnamespace = 'public'::regnamespace
          AND d.defaclrole = current_user::regrole AND a.grantee = %(role)s::text::regrole
    )
"""  # noqa: S608  our own words


def make_role(link: psycopg.Connection[Any], role: str, password: str) -> None:
    """Make the role, or give it this password; `link` is an administrator's connection."""
    known = link.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if known else "CREATE"
    link.execute(
        SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {{}}").format(
            Identifier(role), Literal(password)
        )
    )


def lacking(link: psycopg.Connection[Any], role: str) -> bool:
    """True when a table of this database, or of one made later, would not be as `grant` leaves it."""
    row = link.execute(LACKING, {"role": role}).fetchone()
    return bool(row and row[0])


def grant(link: psycopg.Connection[Any], role: str) -> None:
    """Give `role` its privileges on what the connected owner has in this database and will make there."""
    who = Identifier(role)
    with link.transaction():
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            f"GRANT {TABLES} ON ALL TABLES IN SCHEMA public TO {{}}",
            f"GRANT {SEQUENCES} ON ALL SEQUENCES IN SCHEMA public TO {{}}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {TABLES} ON TABLES TO {{}}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {SEQUENCES} ON SEQUENCES TO {{}}",
        ):
            link.execute(SQL(statement).format(who))
        for _, table in link.execute(ONLY_GROW).fetchall():
            link.execute(SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(Identifier(table), who))
