"""The pages made from the code are the ones in the repository."""

from pathlib import Path

import pytest

from kangcheng.cli.manual import pages

DOCS = Path(__file__).resolve().parents[3] / "docs" / "manual"


@pytest.mark.parametrize("name", ["roles.md", "commands.md", "lake.md"])
def test_the_page_is_fresh(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == pages()[name], "run: kangcheng manual"


def test_every_page_is_checked() -> None:
    assert set(pages()) == {"roles.md", "commands.md", "lake.md"}
