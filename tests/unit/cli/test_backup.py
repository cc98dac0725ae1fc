"""A city moves to another machine: whole, with its keys or without them, or not at all."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from kangcheng.base import postgres

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).resolve().parents[3]
FILL = """
    from kangcheng.config.boot import boot
    boot()
    import datetime
    from django.db import transaction
    from kangcheng.base import audit, files, outbox, personal
    from kangcheng.base.accounts import services
    from kangcheng.base.accounts.types import system_actor
    by, on = system_actor("test"), datetime.date(2024, 5, 20)
    services.create_user(login="zhang", display_name="张三", password="Lotus-Bridge-48", by=by, on=on)
    files.store(content="台账".encode(), name="a.txt", media_type="text/plain", by=by)
    outbox.append_many("t", [("a", {}), ("b", {})])
    outbox.consume("reader", ["t"], lambda events: None, limit=1)
    sealed = personal.seal("11010519491231002X", "identity").hex()
    audit.record(action="seal", subject="x", by=by, on=on, detail={"sealed": sealed})
"""
LOOK = """
    from kangcheng.config.boot import boot
    boot()
    import json
    from kangcheng.base import files, models, outbox, personal
    from kangcheng.kernel.errors import KangchengError
    outbox.append("t", "c", {})
    seen = []
    outbox.consume("reader", ["t"], seen.extend)
    event = models.AuditEvent.objects.get(action="seal")
    try:
        number = personal.unseal(bytes.fromhex(event.detail["sealed"]), "identity")
    except KangchengError as error:
        number = error.what
    try:
        content = files.read(models.StoredFile.objects.get()).decode()
    except KangchengError as error:
        content = error.what
    print(json.dumps({
        "users": [user.login for user in models.User.objects.all()],
        "file": content,
        "number": number,
        "news": [event.key for event in seen],
        "foreign": len(personal.foreign_keys()),
    }))
"""


class Machine:
    """An installation of its own, driven through the command."""

    def __init__(self, data: Path):
        self.data = data
        self.environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("KANGCHENG") and key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        } | {"KANGCHENG_DATA": str(data)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "kangcheng.cli.main", *arguments],
            cwd=REPOSITORY, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def python(self, code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            cwd=REPOSITORY, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def remove(self) -> None:
        shutil.rmtree(postgres.home(self.data), ignore_errors=True)
        shutil.rmtree(postgres.socket_folder(self.data), ignore_errors=True)


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    made = []

    def make(name):
        made.append(Machine(tmp_path_factory.mktemp("machine") / name))
        return made[-1]

    yield make
    for one in made:
        one.remove()


@pytest.fixture(scope="module")
def first(machine):
    """A city with something of everything, and its two backups beside it."""
    city = machine("first")
    city.python("from kangcheng.config.demo import _migrate, boot; boot.boot(); _migrate()")
    city.python(FILL)
    for name, option in (("without.tar", []), ("with.tar", ["--with-key"])):
        done = city.run("backup", str(city.data / name), *option)
        assert done.returncode == 0, done.stderr
        assert (city.data / name).stat().st_mode & 0o777 == 0o600
    return city


def look(city):
    return json.loads(city.python(LOOK))


def test_with_its_keys_a_city_is_all_there(first, machine):
    second = machine("with")
    done = second.run("restore", str(first.data / "with.tar"))
    assert done.returncode == 0, done.stderr
    assert look(second) == {
        "users": ["zhang"],
        "file": "台账",
        "number": "11010519491231002X",
        "news": ["b", "c"],  # nothing again, nothing left out, the new after the old
        "foreign": 0,
    }
    again = second.run("restore", str(first.data / "with.tar"))
    assert again.returncode == 1 and "--replace" in again.stderr
    assert second.run("restore", "--replace", str(first.data / "with.tar")).returncode == 0
    assert look(second)["news"] == ["b", "c"]


def test_without_the_keys_everything_but_sealed_values_is_there_and_it_says_so(first, machine):
    second = machine("without")
    done = second.run("restore", str(first.data / "without.tar"))
    assert done.returncode == 0 and "keys missing" in done.stdout
    seen = look(second)
    assert seen["users"] == ["zhang"] and seen["foreign"] == 2
    for value in (seen["number"], seen["file"]):
        assert "11010519491231002X" not in value and "台账" not in value and "not on this machine" in value
    findings = {row["name"]: row for row in json.loads(second.run("doctor", "--json").stdout)}
    assert not findings["key_marks"]["well"] and findings["migrations"]["well"]
    shutil.copy(
        first.data / "keys" / "data.json", second.data / "keys" / "data.json"
    )  # the key arrives later
    seen = look(second)
    assert seen["number"] == "11010519491231002X" and seen["file"] == "台账"


def test_a_damaged_backup_changes_nothing(first, machine):
    whole = (first.data / "with.tar").read_bytes()
    second = machine("damaged")
    place = whole.index(b"PGDMP") + 2_000
    for name, content in {
        "cut": whole[: len(whole) // 2],
        "flipped": whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :],
        "other": b"not an archive",
    }.items():
        path = first.data / f"{name}.tar"
        path.write_bytes(content)
        done = second.run("restore", str(path))
        assert done.returncode == 1 and "备份" in done.stderr, name
    assert second.run("restore", str(first.data / "with.tar")).returncode == 0  # still empty


def test_the_key_is_in_the_backup_only_when_asked_for(first):
    ring = json.loads((first.data / "keys" / "data.json").read_text())
    secret = next(iter(ring["seal"].values())).encode()
    assert secret in (first.data / "with.tar").read_bytes()
    assert secret not in (first.data / "without.tar").read_bytes()
