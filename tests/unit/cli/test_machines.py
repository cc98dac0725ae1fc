"""Machines and tokens from the command line."""

import pytest
from django.test import Client

from kangcheng.cli import main
from kangcheng.config import boot
from tests.unit.gateway.fhir.conftest import words
from tests.unit.registry.conftest import county, hospital

__all__ = ["county", "hospital", "words"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def booted(monkeypatch):
    """The database and Django of the tests serve."""
    monkeypatch.setattr(boot, "boot", lambda: None)


def run(*arguments):
    return main.run(["machines", *arguments])


def status(token):
    return Client().get("/fhir/Medication", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_machine_from_registration_to_its_end(capsys, words, hospital):
    hospital(1)
    given = ("--scopes", "system/*.rs", "--institution", f"PDY{1:019d}", "--title", "市医院")
    assert run("register", "emr", *given) == 0
    capsys.readouterr()
    assert run("issue", "emr") == 0
    first = capsys.readouterr().out.strip()
    assert run("issue", "emr", "--days", "1") == 0
    second = capsys.readouterr().out.strip()
    assert (status(first), status(second)) == (200, 200)
    assert run("revoke", "emr", "--why", "换发") == 0
    assert (status(first), status(second)) == (401, 401)
    assert run("end", "emr", "--why", "停用") == 0 and run("issue", "emr") == 1
    capsys.readouterr()
    assert run("list", "--json") == 0 and '"code": "emr"' in capsys.readouterr().out


def test_what_cannot_be_is_refused(capsys, words):
    assert run("register", "x", "--title", "x", "--scopes", "everything") == 1
    assert run("register", "x", "--title", "x", "--scopes", "system/*.rs", "--institution", "nowhere") == 1
    assert run("issue", "nobody") == 1
