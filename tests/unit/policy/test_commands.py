"""The commands packs, trace and systems as a script sees them: exit codes, JSON, words."""

import json

import pytest

from kangcheng.cli.main import run
from kangcheng.config import place

CASES = "cases:\n  - {name: 首日, on: 2021-01-01, expect: '300'}\n  - {name: 前一日没有值, on: 2020-12-31}\n"


@pytest.fixture
def city(bench, monkeypatch):
    """The test's packs in place of the repository's, data in a folder of its own."""
    monkeypatch.setattr(place, "PACKS", bench.root)
    monkeypatch.setenv("KANGCHENG_DATA", str(bench.root / "data"))
    bench.parameter(cases=CASES)
    return bench


def answered(capsys, *arguments: str):
    """Exit code and parsed JSON."""
    code = run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_check_says_what_it_found(city, capsys):
    assert run(["packs", "check"]) == 0
    assert capsys.readouterr().out.startswith("✓ city: 2 个条目 entries, 2 个算例 cases")
    code, said = answered(capsys, "packs", "check", "city", "--mutate")
    assert code == 0 and said["packs"][0]["mutants"] == {"total": 4, "killed": 4, "survivors": []}
    city.parameter(value="301", cases=CASES)
    assert run(["packs", "check", str(city.root / "city/funds/premium.yaml")]) == 1
    assert "应为 300，得 301.00" in capsys.readouterr().out


def test_check_of_nothing_is_an_error(city, capsys):
    assert run(["packs", "check", "citty"]) == 1
    assert "did you mean) 'city'" in capsys.readouterr().out
    assert run(["packs", "check", "--nonsense"]) == 2


def test_diff(city, capsys):
    city.pack("county", "city")
    city.parameter(pack="county", value="350")
    assert run(["packs", "diff", "city", "county"]) == 0
    assert "~ values[from=2021-01-01].value: 300 → 350" in capsys.readouterr().out
    _, said = answered(capsys, "packs", "diff", "city", str(city.root / "county"))
    assert said[0]["state"] == "changed"


PUBLISH = ("packs", "publish", "city", "--by", "林", "--approved-by", "王", "--effective", "2026-12-01")


def test_publish_and_compare_with_the_release(city, capsys):
    code, first = answered(capsys, *PUBLISH)
    assert code == 0 and first["new"]
    assert run(list(PUBLISH)) == 0
    assert "already published" in capsys.readouterr().out
    _, listed = answered(capsys, "packs", "releases")
    assert [release["hash"] for release in listed] == [first["hash"]]
    assert run(["packs", "releases", "city"]) == 0
    assert first["hash"][:16] in capsys.readouterr().out
    city.parameter(value="320", cases=CASES.replace("300", "320"))
    assert run(["packs", "diff", first["hash"][:12], "city"]) == 0
    assert "300 → 320" in capsys.readouterr().out


def test_a_new_release_says_so(city, capsys):
    assert run(list(PUBLISH)) == 0
    assert "已发布 published city" in capsys.readouterr().out


def test_what_cannot_be_published(city, capsys):
    assert (
        run(["packs", "publish", "city", "--by", "林", "--approved-by", "林", "--effective", "2026-12-01"])
        == 1
    )
    assert "two different people" in capsys.readouterr().err
    assert run(["packs", "publish", "city", "--by", "林", "--approved-by", "王", "--effective", "soon"]) == 1
    city.parameter(value="1", cases=CASES)
    assert run(list(PUBLISH)) == 1
    assert not list(city.root.glob("data/releases/**/*.json"))
    city.write("city/x.yaml", "[")
    assert run(list(PUBLISH)) == 1


def test_docs_are_written_and_then_not_stale(city, capsys):
    out = city.root / "docs"
    assert run(["packs", "docs", "--out", str(out), "--check"]) == 1
    assert "stale" in capsys.readouterr().out and not out.exists()
    assert run(["packs", "docs", "--out", str(out)]) == 0
    assert (out / "rules/city.md").read_text("utf-8").count("筹资标准") == 1
    capsys.readouterr()
    assert run(["packs", "docs", "--out", str(out), "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_trace(city, capsys):
    code, said = answered(capsys, "trace", "city")
    assert code == 0 and said["total"] == {"clauses": 3, "executable": 1, "served": 0}
    assert run(["trace", "city", "--status", "executable"]) == 0
    printed = capsys.readouterr().out
    assert "plan-2021#S-1" in printed and "plan-2021#S-2" not in printed and "总计 total" in printed


ROWS = """\
kind: systems
id: systems
title: 清单
systems:
  - {id: FUN-01, mark: R, title: 筹资, title_en: premium, module: funds, clauses: [S-1], does: 收, users: 人,
     entries: [parameter/premium]}
"""


def test_systems(city, capsys):
    city.write("city/systems.yaml", ROWS)
    code, said = answered(capsys, "systems", "city")
    assert code == 0 and said["total"] == {"rows": 1, "executable": 1, "served": 0}
    assert run(["systems", "city"]) == 0
    assert "没有 page" in capsys.readouterr().out


@pytest.mark.django_db
def test_systems_with_the_rows_behind_them(city, capsys):
    city.write(
        "city/systems.yaml", ROWS.replace("entries: [parameter/premium]", "entries: [], data: [base.User]")
    )
    _, said = answered(capsys, "systems", "city", "--data")
    assert said["systems"][0]["rows"] == 0


def test_the_repository_s_own_city_is_traced(capsys):
    code, said = answered(capsys, "trace")
    assert code == 0
    assert said["total"]["clauses"] == 449 == len(said["clauses"])
    assert {row["status"] for row in said["clauses"]} <= {"open", "recorded", "executable", "served"}
    assert said["total"]["executable"] > 0
    _, rows = answered(capsys, "systems")
    assert rows["total"]["rows"] == 198 == len(rows["systems"])


def test_only_a_known_status_is_listed(city):
    assert run(["trace", "city", "--status", "opne"]) == 2
