"""The example of docs/modules/engine.md is run as a reader would run it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kangcheng.cli.main import run

PAGE = Path(__file__).resolve().parents[4] / "docs" / "modules" / "engine.md"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?(?: claim=(\d+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A folder with the files of the page."""
    for _, name, _, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if name:
            (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def settle(folder: Path, *more: str) -> int:
    return run(
        ["settle", "--benefit", str(folder / "benefit.yaml"), "--claims", str(folder / "claims.json"), *more]
    )


def test_the_console_shows_what_the_page_shows(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    console = next(
        text for kind, _, _, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if kind == "console"
    )
    command, _, shown = console.partition("\n")
    assert command == "$ kangcheng settle --benefit benefit.yaml --claims claims.json --explain"
    assert settle(example, "--explain") == 0
    assert capsys.readouterr().out.startswith(shown)


def test_the_json_holds_what_the_page_says(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert settle(example, "--json") == 0
    answers = {answer["id"]: answer for answer in json.loads(capsys.readouterr().out)}
    expected = json.loads((example / "answer.json").read_text(encoding="utf-8"))
    assert within(expected, answers["2"]) == []


def within(expected: Any, got: Any, path: str = "") -> list[str]:
    """Leaves of the page that the answer does not have."""
    if isinstance(expected, dict):
        return [line for key, value in expected.items() for line in within(value, got[key], f"{path}.{key}")]
    return [] if expected == got else [f"{path}: {expected} != {got}"]
