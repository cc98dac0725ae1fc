"""The command itself: quick help, exit codes, errors in four parts."""

import subprocess
import sys

import pytest

from kangcheng.cli import main
from kangcheng.kernel.errors import Fault, Faults, KangchengError


@pytest.fixture
def failing(monkeypatch):
    def refuse(error):
        def application(_):
            def run(**_):
                raise error

            return run

        monkeypatch.setattr(main, "application", application)

    return refuse


def test_help_names_every_verb_and_needs_no_django():
    code = (
        "import sys; from kangcheng.cli import main; code = main.run(['--help']); "
        "print([name for name in ('django', 'numba', 'pyarrow', 'duckdb') if name in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("[]\n")
    assert all(f" {verb} " in done.stdout for verb in main.verbs())


def test_stable_verbs_are_there():
    assert {"demo", "serve", "worker", "backup", "restore", "upgrade", "doctor"} <= set(main.verbs())


@pytest.mark.parametrize(
    "arguments", [["nope"], ["serve", "--port", "x"], ["serve", "--port", "70000"], ["restore"]]
)
def test_wrong_usage_is_2(arguments, capsys):
    assert main.run(arguments) == 2
    assert capsys.readouterr().err


def test_our_errors_come_in_four_parts_and_are_1(failing, capsys):
    failing(KangchengError("金额为负", where="第 3 行", rule="金额不小于零", todo="改正后重传"))
    assert main.run(["serve"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "错误: 金额为负", "位置: 第 3 行", "规则: 金额不小于零", "处理: 改正后重传",
    ]  # fmt: skip


def test_every_gathered_fault_is_printed(failing, capsys):
    failing(Faults([Fault("a", "坏一"), Fault("b", "坏二", line=7, file="x.yaml")]))
    assert main.run(["serve"]) == 1
    shown = capsys.readouterr().err
    assert "坏一" in shown and "x.yaml:7" in shown


def test_what_the_machine_refuses_is_said_in_our_words(failing, capsys):
    failing(FileNotFoundError(2, "No such file or directory", "/a/b"))
    assert main.run(["serve"]) == 1
    assert capsys.readouterr().err.splitlines()[:2] == [
        "错误: 读写失败 (input or output failed): No such file or directory",
        "位置: /a/b",
    ]
    failing(OSError())
    assert main.run(["serve"]) == 1
    assert "OSError" in capsys.readouterr().err


def test_a_database_without_tables_or_out_of_reach(failing, capsys):
    from django.db.utils import OperationalError, ProgrammingError
    from psycopg.errors import UndefinedTable

    missing = ProgrammingError("relation x does not exist")
    missing.__cause__ = UndefinedTable()
    failing(missing)
    assert main.run(["serve"]) == 1
    assert "kangcheng upgrade" in capsys.readouterr().err
    failing(OperationalError("connection failed\nhint"))
    assert main.run(["serve"]) == 1
    assert "位置: connection failed\n" in capsys.readouterr().err
    failing(ProgrammingError("syntax"))
    with pytest.raises(ProgrammingError):
        main.run(["serve"])
