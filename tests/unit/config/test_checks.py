"""Django's own checks find nothing to say, for a machine of one's own and for one that serves a city over HTTPS."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

REPOSITORY = Path(__file__).resolve().parents[3]
CITY = {"KANGCHENG_HTTPS": "1", "KANGCHENG_HOSTS": "health.example"}


@pytest.mark.slow
@pytest.mark.parametrize("more", [{}, CITY], ids=["own machine", "city"])
def test_no_check_warns(tmp_path: Path, more: dict[str, str]) -> None:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("KANGCHENG_", "DJANGO_"))
    }
    environment |= {"KANGCHENG_DATA": str(tmp_path), **more}
    command = [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]
    command += ["--deploy"] if more else []
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_lock_is_of_the_account_alone() -> None:
    """Why is in docs/modules/base.md; tests/guard/test_sessions.py tries it."""
    assert settings.AXES_LOCKOUT_PARAMETERS == ["username"]
