"""kangcheng views: rows on stdout, a reason and exit code 2 for what cannot be run; the public suite where it is at hand."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from kangcheng.cli.main import run

SUITE = os.environ.get("SQL_ON_FHIR_TESTS", "")  # the folder `tests` of the public repository
VIEW = {
    "resource": "Observation",
    "select": [
        {"column": [{"name": "id", "path": "id"}, {"name": "v", "path": "value.ofType(Quantity).value"}]}
    ],
}
LINES = (
    '{"resourceType":"Observation","id":"o","valueQuantity":{"value":6.10}}\n\n{"resourceType":"Patient"}\n'
)


def written(folder: Path, name: str, content: Any) -> str:
    """The path of a new file with text, or with JSON."""
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(file)


def test_one_row_a_line_from_several_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    view, plain = written(tmp_path, "v.json", VIEW), written(tmp_path, "a.ndjson", LINES)
    packed = tmp_path / "b.ndjson.gz"
    packed.write_bytes(gzip.compress(LINES.encode()))
    assert run(["views", "run", view, "--resources", plain, "--resources", str(packed)]) == 0
    assert capsys.readouterr().out == '{"id": "o", "v": 6.10}\n' * 2


def test_an_invalid_view_ends_with_2_and_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = written(tmp_path, "a.ndjson", LINES)
    for number, bad in enumerate(({}, "{", {**VIEW, "where": [{"path": "id"}]})):
        assert run(["views", "run", written(tmp_path, f"{number}.json", bad), "--resources", data]) == 2
        told = capsys.readouterr()
        assert told.out == "" and told.err


def test_a_bad_line_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    view = written(tmp_path, "v.json", VIEW)
    for bad in ("{", '{"value": NaN}', "[]", "[" * 100_000):
        assert run(["views", "run", view, "--resources", written(tmp_path, "a.ndjson", LINES + bad)]) == 1
        assert "a.ndjson:4" in capsys.readouterr().err


def test_columns_are_listed_with_their_types(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["views", "columns", written(tmp_path, "v.json", VIEW)]) == 0
    assert capsys.readouterr().out == "id\tid\tid\nv\tdecimal\tvalue.ofType(Quantity).value\n"


@pytest.mark.skipif(not SUITE, reason="SQL_ON_FHIR_TESTS names no folder with the public test suite")
@pytest.mark.parametrize(
    "file", sorted(Path(SUITE or ".").glob("*.json")) if SUITE else [], ids=lambda file: file.stem
)
def test_the_public_suite_passes(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite = json.loads(file.read_text(encoding="utf-8"))
    data = written(tmp_path, "r.ndjson", "\n".join(json.dumps(one) for one in suite["resources"]))
    for test in suite["tests"]:
        code = run(["views", "run", written(tmp_path, "v.json", test["view"]), "--resources", data])
        told = capsys.readouterr()
        rows = [json.loads(line) for line in told.out.splitlines()]
        if test.get("expectError"):
            assert code == 2 and told.err, test["title"]
        elif "expectCount" in test:
            assert (code, len(rows)) == (0, test["expectCount"]), test["title"]
        else:
            assert code == 0, test["title"]
            assert ordered(rows) == ordered(test["expect"]), test["title"]
            assert not rows or "expectColumns" not in test or list(rows[0]) == test["expectColumns"]


def ordered(rows: list[dict[str, Any]]) -> list[str]:
    """Rows in a set order: the suite does not say which comes first."""
    return sorted(json.dumps(row, sort_keys=True) for row in rows)
