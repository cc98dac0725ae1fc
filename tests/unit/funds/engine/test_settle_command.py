"""kangcheng settle: files in, files out, whole or not at all."""

import csv
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from kangcheng.cli.main import run

BENEFIT = """
id: inpatient
payer: pool
deductible: {amount: {by: level, rows: {二级: "600", 三级: "1200"}}, per: year}
rate: "70%"
split: {groups: {乙: {first_pay: "10%"}, 自费: {into: out_of_scope}}, otherwise: refuse}
"""
CLAIMS = [
    {"id": "b", "person": "A", "on": "2024-02-01", "level": "三级", "groups": {"乙": "2000"}},
    {"id": "a", "person": "A", "on": "2024-01-01", "level": "二级", "groups": {"乙": "1000"}},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "benefit.yaml").write_text(BENEFIT, encoding="utf-8")
    (tmp_path / "claims.json").write_text(json.dumps(CLAIMS), encoding="utf-8")
    return tmp_path


def settle(folder: Path, claims: str = "claims.json", *more: str, benefit: str = "benefit.yaml") -> int:
    return run(["settle", "--benefit", str(folder / benefit), "--claims", str(folder / claims), *more])


def test_answers_stand_in_the_order_of_the_claims(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert settle(folder, "claims.json", "--json") == 0
    answers = json.loads(capsys.readouterr().out)
    assert [(one["id"], one["payers"]["pool"], one["parts"]["deductible"]) for one in answers] == [
        ("b", "840.00", "600.00"),
        ("a", "210.00", "600.00"),
    ]


def csv_file(folder: Path, text: str) -> None:
    (folder / "claims.csv").write_text(text, encoding="utf-8-sig")


def test_csv_in_csv_out(folder: Path) -> None:
    csv_file(
        folder,
        "id,person,on,level,group.乙,group.自费,accumulator.inpatient.deductible,categories\n"
        "b,A,2024-02-01,三级,2000,,,低保;退休\na,A,2024-01-01,二级,1000,7,100,\n",
    )
    out = folder / "answers.csv"
    assert settle(folder, "claims.csv", "--out", str(out), "--explain") == 0
    with out.open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["id"], row["payers.pool"], row["parts.out_of_scope"]) for row in rows] == [
        ("b", "840.00", "0.00"),
        ("a", "280.00", "7.00"),
    ]
    assert json.loads(rows[0]["explanation"])


def test_parquet_in_parquet_out(folder: Path) -> None:
    lines = [
        [{"group": "乙", "amount": Decimal("1000.10"), "quantity": 2}],
        [{"group": "自费", "amount": Decimal("1")}],
    ]
    table = pyarrow.table(
        {"on": ["2024-02-01", "2024-02-02"], "level": ["三级", "三级"], "lines": lines, "age": [5, None]}
    )
    parquet.write_table(table, folder / "claims.parquet")
    assert settle(folder, "claims.parquet", "--out", str(folder / "answers.parquet")) == 0
    answers = parquet.read_table(folder / "answers.parquet").to_pylist()
    assert [one["total"] for one in answers] == ["1000.10", "1.00"]
    assert answers[0]["parts.item_first_pay"] == "100.01"


def test_floats_in_parquet_are_refused_by_field(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parquet.write_table(pyarrow.table({"on": ["2024-02-01"], "in_scope": [1.5]}), folder / "claims.parquet")
    assert settle(folder, "claims.parquet") == 1
    assert "claims.parquet:2: in_scope: 金额(元)应为文本，得到 float" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "on,level,in_scop\n2024-01-01,二级,1\n",
            "claims.csv:1: in_scop: 未知的列 'in_scop' (unknown column)",
        ),
        ("on,on\n2024-01-01,2024-01-01\n", "列名重复"),
        ("on,level\n2024-01-01\n", "claims.csv:2: 有 1 格，表头有 2 格"),
        ("on,level,in_scope\n2024-01-01,二级,1\n2024-01-01,一级,1\n", "claims.csv:3: level"),
        ("on,level,in_scope\n2024-01-01,二级,-1\n", "claims.csv:2: in_scope: 金额(元) '-1' 超出范围"),
        ("on,level,lines\n2024-01-01,二级,[\n", "claims.csv:2: lines 不是JSON"),
        ('on,level\n"2024-01-01,二级\n', "不是CSV"),
    ],
)
def test_bad_tables_name_row_and_column(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    csv_file(folder, text)
    assert settle(folder, "claims.csv") == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "不是JSON"),
        ("[1, 2]", "[0]: 应为键值对"),
        ('"x"', "应为单据的列表"),
        ('[{"on": "2024-01-01", "on": "2024-01-02"}]', "键写了两次 (key twice): on"),
        ("[" * 100_000, "nested too deep"),
        ('[{"on": "2024-01-01", "in_scope": NaN}]', "[0].in_scope: 金额(元)应为文本，得到 float"),
        ('[{"on": "2024-01-01", "level": "二级", "in_scope": "5", "paid": {"pol": "1"}}]', "[0].paid.pol"),
        (b"\xff\xfe[]", "不是UTF-8文本"),
    ],
)
def test_bad_json_names_what_is_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str | bytes, words: str
) -> None:
    content = text if isinstance(text, bytes) else text.encode()
    (folder / "claims.json").write_bytes(content)
    assert settle(folder) == 1
    assert words in capsys.readouterr().err


def test_other_shapes_of_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One claim alone, claims under a key, a text file of answers; what is no claims file is named."""
    (folder / "claims.json").write_text(json.dumps(CLAIMS[0]), encoding="utf-8")
    assert settle(folder, "claims.json", "--out", str(folder / "answers.txt")) == 0
    assert "付款 paid by pool 420.00" in (folder / "answers.txt").read_text(encoding="utf-8")
    (folder / "claims.json").write_text(json.dumps({"claims": CLAIMS}), encoding="utf-8")
    assert settle(folder) == 0
    capsys.readouterr()
    (folder / "claims.doc").write_text("", encoding="utf-8")
    (folder / "claims.parquet").write_text("no", encoding="utf-8")
    (folder / "claims.csv").write_bytes(b"on\n\xff")
    assert [settle(folder, f"claims.{ending}") for ending in ("doc", "parquet", "csv")] == [1, 1, 1]
    error = capsys.readouterr().err
    assert "不认识的文件类型 '.doc'" in error
    assert "不是Parquet" in error
    assert "不是UTF-8文本" in error


def test_compiled_answers_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert settle(folder, "claims.json", "--json") == 0
    expected = capsys.readouterr().out
    assert settle(folder, "claims.json", "--json", "--engine", "compiled") == 0
    assert capsys.readouterr().out == expected


def test_a_file_may_lean_on_a_pack(folder: Path) -> None:
    """With --pack beside it, parameters of a benefit file come from the pack at the claim's day."""
    (folder / "benefit.yaml").write_text("payer: pool\nrate: {param: charity-fund-rate}\n", encoding="utf-8")
    (folder / "claims.json").write_text(json.dumps({"on": "2021-05-01", "in_scope": "10"}), encoding="utf-8")
    assert settle(folder) == 1
    assert settle(folder, "claims.json", "--pack", "relief-2021") == 0


def test_nothing_is_written_when_a_claim_is_refused(folder: Path) -> None:
    out = folder / "answers.json"
    out.write_text("old", encoding="utf-8")
    (folder / "claims.json").write_text(json.dumps([*CLAIMS, {"on": "2024-01-01"}]), encoding="utf-8")
    before = sorted(folder.iterdir())
    assert settle(folder, "claims.json", "--out", str(out), benefit="benefit.yaml") == 1
    assert out.read_text(encoding="utf-8") == "old"
    assert sorted(folder.iterdir()) == before


def test_a_place_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert settle(folder, "claims.json", "--out", str(folder / "no" / "answers.json")) == 1
    assert "结果写不进文件" in capsys.readouterr().err


def test_a_bad_benefit_file_names_line_and_nearest_key(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "benefit.yaml").write_text(BENEFIT.replace("deductible:", "deductable:"), encoding="utf-8")
    assert settle(folder) == 1
    error = capsys.readouterr().err
    assert "benefit.yaml:4: deductable: 未知的键" in error
    assert "'deductible'" in error


def test_broken_yaml(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "benefit.yaml").write_text("payer: [", encoding="utf-8")
    assert settle(folder) == 1
    assert "benefit.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["settle"],
        ["settle", "--claims", "claims.json"],
        ["settle", "--claims", "missing.json", "--benefit", "benefit.yaml"],
        ["settle", "--claims", "claims.json", "--benefit", "benefit.yaml", "--stack", "x"],
        ["settle", "--claims", "claims.json", "--benefit", "benefit.yaml", "--out", "x.doc"],
        ["settle", "--claims", "claims.json", "--benefit", "benefit.yaml", "--engine", "fast"],
        [
            "settle",
            "--claims",
            "claims.json",
            "--benefit",
            "benefit.yaml",
            "--engine",
            "compiled",
            "--explain",
        ],
    ],
)
def test_wrong_usage_is_exit_code_two(folder: Path, monkeypatch: Any, arguments: list[str]) -> None:
    monkeypatch.chdir(folder)
    assert run(arguments) == 2


def pack_claims(folder: Path, *claims: dict[str, Any]) -> list[str]:
    (folder / "claims.json").write_text(json.dumps(claims), encoding="utf-8")
    return ["settle", "--pack", "qingdao-2012", "--claims", str(folder / "claims.json")]


def test_the_pack_chooses_the_stack_by_scheme_and_setting(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = {
        "on": "2012-06-01",
        "scheme": "nrcms",
        "setting": "inpatient",
        "level": "一级",
        "in_scope": "1000",
    }
    arguments = pack_claims(folder, claim)
    assert run([*arguments, "--json"]) == 0
    chosen = capsys.readouterr().out
    assert run([*arguments, "--stack", "nrcms-inpatient", "--json"]) == 0
    assert capsys.readouterr().out == chosen


def test_no_stack_for_the_claim(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(pack_claims(folder, {"on": "2012-06-01", "scheme": "x", "in_scope": "1"})) == 1
    error = capsys.readouterr().err
    assert "没有叠层适用于险种 'x'" in error
    assert "nrcms-inpatient" in error


def test_a_stack_or_pack_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = pack_claims(folder, {"on": "2012-06-01", "in_scope": "1"})
    assert run([*arguments, "--stack", "nrcms-inpatent"]) == 1
    assert "nrcms-inpatient" in capsys.readouterr().err
    assert run([*arguments[:2], "qingdao-2013", *arguments[3:]]) == 1
    assert "qingdao-2012" in capsys.readouterr().err


def test_starting_is_light(folder: Path) -> None:
    """Neither Django nor numba nor Arrow is read for a JSON claim."""
    code = (
        "import sys; from kangcheng.cli.main import run; "
        f"assert run(['settle', '--benefit', r'{folder / 'benefit.yaml'}', '--claims', r'{folder / 'claims.json'}']) == 0; "
        "print(sorted({'django', 'numba', 'numpy', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


DATED = BENEFIT + "from: 2024-01-15\nto: 2024-02-01\n"


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_claim_outside_the_days_of_the_file(
    folder: Path, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "dated.yaml").write_text(DATED, encoding="utf-8")
    assert settle(folder, "claims.json", "--engine", engine, benefit="dated.yaml") == 1
    told = capsys.readouterr().err
    assert "claims.json: [1].on (a): dated.yaml 在 2024-01-01 不生效" in told
    assert "2024-01-15..2024-02-01" in told and "(b)" not in told


@pytest.mark.parametrize(
    ("days", "words"),
    [("from: 2024-13-01", "dated.yaml:7: from"), ("from: 2024-02-01\nto: 2024-01-01", "to")],
)
def test_days_of_the_file_must_be_days(
    folder: Path, days: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "dated.yaml").write_text(f"{BENEFIT}{days}\n", encoding="utf-8")
    assert settle(folder, benefit="dated.yaml") == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", 1, "claims.csv:1: 没有表头"),
        ("id,on\n", 0, ""),
        ("id,on\na,2024-01-01\n\n\n", 0, ""),
        ("id,on\n\na,2024-01-01\n", 1, "claims.csv:2: 空行之后还有单据"),
    ],
)
def test_empty_lines(
    folder: Path, text: str, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "claims.csv").write_text(text, encoding="utf-8")
    (folder / "plain.yaml").write_text("payer: p\nrate: '1'\n", encoding="utf-8")
    assert settle(folder, "claims.csv", benefit="plain.yaml") == code
    assert words in capsys.readouterr().err


def stamps(text: str) -> pyarrow.Array:
    return pyarrow.array([text]).cast(pyarrow.timestamp("us"))


def test_parquet_numbers_rows_and_stamps_days(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "plain.yaml").write_text("payer: p\nrate: '1'\n", encoding="utf-8")
    rows = {"id": [7], "person": [1], "on": stamps("2024-01-05"), "in_scope": [Decimal("12.30")]}
    parquet.write_table(pyarrow.table(rows), folder / "claims.parquet")
    assert settle(folder, "claims.parquet", "--json", benefit="plain.yaml") == 0
    assert json.loads(capsys.readouterr().out)[0]["id"] == "7"
    rows["on"] = stamps("2024-01-05T13:05:00")
    parquet.write_table(pyarrow.table(rows), folder / "claims.parquet")
    assert settle(folder, "claims.parquet", benefit="plain.yaml") == 1
    assert "2024-01-05T13:05:00" in capsys.readouterr().err
