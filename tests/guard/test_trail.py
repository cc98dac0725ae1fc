"""Every write says who, when and why in its own transaction: read from the code, and watched while a town is built."""

import ast
import re
from pathlib import Path

import pytest
from django.db import connection

import kangcheng
from kangcheng.base import audit
from kangcheng.base.audit import AuditEvent
from tests.guard.world import build

ROOT = Path(kangcheng.__file__).parent
TRAIL = {"acting", "record"}
# Verbs whose trail is written by the verb they serve; versions of resources say who and why themselves and only grow.
INNER = {
    "base/audit.py", "base/files.py", "funds/ledger/services.py", "funds/recovery/services.py", "records/recognition/services.py",
    "records/store/services.py",
}  # fmt: skip
TRIALS = (
    ": quote",
    ": check",
    ": try_import",
    ": try_rows",
    ": match_list",
)  # say what would happen; nothing is written
WRITE = re.compile(r'\s*(?:WITH .*)?(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?', re.S)
# Rows that are no deed of a person: sessions and queues, the logs themselves, what keeps a request from being done twice.
NO_DEED = {"base_auditevent", "base_looklog", "funds_request", "funds_release", "base_keymark"}


def services():
    """(file, its functions by name) of every module or folder of verbs."""
    for path in sorted(ROOT.rglob("services*")):
        files = sorted(path.glob("*.py")) if path.is_dir() else [path]
        yield from (file for file in files if file.suffix == ".py" and "__pycache__" not in file.parts)


def functions(folder):
    """Name -> what it calls, of every function beside a verb."""
    found = {}
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, set()).update(calls(node))
    return found


def calls(node):
    return {
        part.func.attr if isinstance(part.func, ast.Attribute) else part.func.id
        for part in ast.walk(node)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute | ast.Name)
    }


def shown(file):
    """Names that a folder of verbs shows to the world; None for a single file, which shows all of its own."""
    face = file.parent / "__init__.py"
    if file.parent.name != "services" or not face.exists():
        return None
    lists = [node for node in ast.parse(face.read_text()).body if isinstance(node, ast.ImportFrom)]
    return {name.name for node in lists for name in node.names}


def verbs(file):
    face = shown(file)
    for node in ast.parse(file.read_text()).body:
        if (
            isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and (face is None or node.name in face)
        ):
            words = {word.arg for word in node.args.kwonlyargs}
            if {"by", "on"} <= words:
                yield node


def reaches_the_trail(name, known):
    seen, ahead = set(), {name}
    while ahead:
        one = ahead.pop()
        seen.add(one)
        found = known.get(one, set())
        if found & TRAIL:
            return True
        ahead |= {other for other in found if other in known} - seen
    return False


def test_every_verb_leaves_a_trail():
    wrong, count = [], 0
    for file in services():
        known = functions(file.parent)
        for verb in verbs(file):
            count += 1
            if str(file.relative_to(ROOT)) not in INNER and not reaches_the_trail(verb.name, known):
                wrong.append(f"{file.relative_to(ROOT)}: {verb.name}")
    assert not [one for one in wrong if not one.endswith(TRIALS)], wrong
    assert count > 40


def test_every_verb_that_changes_something_later_asks_why():
    """What undoes or ends what somebody did cannot be done without a reason."""
    undoing = re.compile(
        r"^(reverse|resettle|undo|end|end_\w+|revoke_\w+|disable_\w+|cancel\w*|correct|refund|merge|unmerge|strike|withdraw|refuse|reject)$"
    )
    wrong = []
    for file in services():
        for verb in verbs(file):
            defaults = dict(
                zip((word.arg for word in verb.args.kwonlyargs), verb.args.kw_defaults, strict=True)
            )
            words = defaults.keys() & {
                "why",
                "reason",
                "memo",
                "document",
            }  # the order that says why a village is merged
            if undoing.match(verb.name) and not [word for word in words if defaults[word] is None]:
                wrong.append(f"{file.relative_to(ROOT)}: {verb.name}")
    assert wrong in ([], ["access/contacts/services.py: withdraw"]), (
        "only a person's own consent is taken back without saying why"
    )


@pytest.mark.django_db
def test_while_a_town_is_built_every_write_is_inside_a_deed(tmp_path):
    from kangcheng.base import files

    files.use(tmp_path)
    outside = set()

    def watch(execute, sql, params, many, context):
        written = WRITE.match(sql) if isinstance(sql, str) else None
        if written and written[2] not in NO_DEED and not audit._inside.get() and "kc_settle" not in sql:
            outside.add((written[2], sql[:60]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        build()
    tables = {table for table, _ in outside} - {"registry_area"}  # laid down by the town before anybody acts
    assert tables <= {"new_settlement", "funds_pool", "base_outboxevent"}, outside
    rows = AuditEvent.objects.values("action", "actor_name", "done_on", "subject")
    assert all(row["actor_name"] and row["done_on"] and ":" in row["subject"] for row in rows)
    done = {row["action"] for row in rows}
    assert {
        "person.bulk", "household.open", "billing.open", "billing.charge", "billing.discharge", "settlement.settle", "receipt.issue",
        "cashier.payment", "procedure.open", "payout.ask", "mapping.propose",
    } <= done  # fmt: skip
