"""Files stay small, facts stay in packs, and the repository speaks of itself alone."""

import ast
import re

import pytest
from sources import REPOSITORY, files, package_files, python_files, shown

MOST_LINES = 400
MOST_FUNCTION_LINES = 40
PLAIN_NUMBERS = {0, 1, 2, 100}
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImplemented" r"Error)\b")
# Places of one machine and hosts of package registries; written in halves so that this file passes its own test.
ELSEWHERE = re.compile(
    "|".join(
        [
            r"/ro" r"ot/",
            r"/ho" r"me/[a-z]",
            r"(?<![\w}\-])/wo" r"rk/",
            r"/tm" r"p/",
            r"/Us" r"ers/",
            r"pyp" r"i\.org",
        ]
    )
    + "|"
    + "|".join(
        [r"pythonhos" r"ted\.org", r"npmj" r"s\.", r"yarnpk" r"g\.com", r"jsdel" r"ivr", r"unpk" r"g\.com"]
    )
)
TEXT = {
    ".py",
    ".md",
    ".html",
    ".css",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".cfg",
    ".ini",
    ".lock",
    ".in",
    ".sql",
    ".po",
}
VERBATIM = {"source"}  # folders of official documents, kept as they are


def test_no_file_is_too_long():
    html = [path for path in files() if path.suffix == ".html"]
    lengths = {shown(path): path.read_text(encoding="utf-8").count("\n") for path in [*python_files(), *html]}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_function_is_too_long():
    long = {}
    for path in package_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (lines := _body_lines(node)) > MOST_FUNCTION_LINES:
                long[f"{shown(path)}:{node.name}"] = lines
    assert long == {}


def test_no_drawer_of_odds_and_ends():
    drawers = {"utils.py", "common.py", "helpers.py", "misc.py", "manager.py"}
    assert [shown(path) for path in package_files() if path.name in drawers] == []


def test_amounts_and_rates_of_policy_are_not_in_code():
    """Where rules are decided: every rules.py, and the reference engine, which the compiled one must equal.

    Its check.py and explain.py put results into words; what stands in a slice or a text is no amount either.
    """
    wrong = []
    for path in package_files():
        reference = "engine/reference/" in shown(path) and path.name not in ("check.py", "explain.py")
        if (not reference and path.name != "rules.py") or "portal" in path.parts or "parse" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        harmless = {id(part) for node in ast.walk(tree) if _is_no_amount(node) for part in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and _is_number(node.value) and id(node) not in harmless:
                wrong += [] if node.value in PLAIN_NUMBERS else [f"{shown(path)}:{node.lineno}: {node.value}"]
    assert wrong == [], "an amount, rate or limit belongs into a pack"


@pytest.mark.parametrize(("what", "pattern"), [("unfinished", UNFINISHED), ("elsewhere", ELSEWHERE)])
def test_nothing_is_left_unfinished_or_speaks_of_a_machine(what, pattern):
    wrong = []
    for path in files():
        if (path.suffix not in TEXT and path.name not in ("Makefile", "run")) or VERBATIM & set(path.parts):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                wrong.append(f"{shown(path)}:{number}: {line.strip()[:80]}")
    assert wrong == []


def test_every_package_folder_of_ours_says_what_it_is():
    modules = [path for path in package_files() if path.name != "__init__.py"]
    silent = [shown(path) for path in modules if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []


def test_every_setting_is_described_where_it_is_read_and_in_the_docs():
    settings = (REPOSITORY / "kangcheng/config/settings.py").read_text("utf-8")
    page = (REPOSITORY / "docs/modules/config.md").read_text("utf-8")
    described = set(re.findall(r"^([A-Z_]+)  ", settings, re.M))
    read = set()
    for path in package_files():
        pattern = r"os\.environ(?:\.get|\.setdefault)?[\[(]\s*\"([A-Z_]+)\""
        read |= set(re.findall(pattern, path.read_text("utf-8")))
    assert read - described - {"DJANGO_SETTINGS_MODULE", "PATH", "XDG_CACHE_HOME"} == set()
    assert described - set(re.findall(r"`([A-Z_]+)`", page)) == set()


def _body_lines(node: ast.FunctionDef) -> int:
    """Lines of a function without its docstring."""
    start = node.body[1].lineno if ast.get_docstring(node) and len(node.body) > 1 else node.body[0].lineno
    return (node.end_lineno or start) - start + 1


def _is_no_amount(node: ast.AST) -> bool:
    """A slice, a text, or a bound like `MOST_FEN = 10**14`: how much a program holds, not what a document says."""
    if isinstance(node, ast.Assign):
        return all(isinstance(name, ast.Name) and name.id.startswith("MOST_") for name in node.targets)
    return isinstance(node, ast.Slice | ast.JoinedStr)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
