"""kangcheng synth."""

import json

from pyarrow import parquet

from kangcheng.cli.main import run
from kangcheng.synth import params


def test_it_writes_the_tables_and_says_how_many_rows(tmp_path, capsys):
    assert run(["synth", "--residents", "60", "--seed", "3", "--out", str(tmp_path / "city"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["rows"]["people"] == 60
    assert parquet.read_table(tmp_path / "city" / "claims.parquet").num_rows == said["rows"]["claims"]


def test_a_wrong_parameter_file_is_refused_with_file_and_line(tmp_path, capsys):
    text = params.FILE.read_text(encoding="utf-8").replace('frailty: "1.4"', 'frailty: "much"')
    (tmp_path / "city.yaml").write_text(text, encoding="utf-8")
    arguments = [
        "synth",
        "--residents",
        "10",
        "--out",
        str(tmp_path / "x"),
        "--params",
        str(tmp_path / "city.yaml"),
    ]
    assert run(arguments) == 1
    words = capsys.readouterr().err
    assert "city.yaml:" in words and "frailty" in words
    assert not (tmp_path / "x").exists()
