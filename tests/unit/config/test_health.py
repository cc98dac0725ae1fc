"""What the doctor says of an environment made from the lock."""

import pytest

from kangcheng.config import health, place


def test_an_environment_made_from_the_lock_is_well():
    found = health.packages()
    assert found.well, found


@pytest.mark.parametrize(
    ("line", "well"),
    [
        ("numpy==0.0.1 ; python_full_version < '3' \\", True),
        ("numpy==0.0.1 ; sys_platform == 'win32' \\", True),
        ("numpy==0.0.1 \\", False),
        ("no-such-package==1.0 \\", False),
    ],
)
def test_a_pin_counts_where_its_condition_holds(line, well, tmp_path, monkeypatch):
    (tmp_path / "requirements.lock").write_text(f"{line}\n    --hash=sha256:0\n", "utf-8")
    monkeypatch.setattr(place, "REPOSITORY", tmp_path)
    assert health.packages().well is well
