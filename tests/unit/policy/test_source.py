"""YAML is read as text with lines, or refused with every reason; nothing else can happen."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangcheng.kernel.errors import Faults
from kangcheng.policy import source
from kangcheng.policy.source import (
    Mapping,
    Scalar,
    Sequence,
    line_at,
    parse,
    plain,
    read_bytes,
    show_path,
    walk,
)


def test_everything_is_text():
    assert plain(parse("a: 500.00\non: no\nd: 2021-01-01\nl: [1, ~]\n")) == {
        "a": "500.00",
        "on": "no",
        "d": "2021-01-01",
        "l": ["1", "~"],
    }


def test_nodes_know_their_lines():
    tree = parse("a: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\n")
    assert line_at(tree, ("a",)) == 1
    assert line_at(tree, ("b", 1, "d")) == 5
    assert line_at(tree, ("b", 1, "nothing")) == 4
    assert line_at(tree, ("b", 9)) == 2
    assert line_at(tree, ()) == 1
    assert [show_path(path) for path, _ in walk(tree)] == ["", "a", "b", "b[0]", "b[1]", "b[1].c", "b[1].d"]


def refused(text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(Faults) as error:
        parse(text, "f.yaml")
    return [(fault.line, fault.what) for fault in error.value.faults]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "空的"),
        ("# only a comment\n", 1, "空的"),
        ("a: 1\na: 2\n", 2, "duplicate key"),
        ("a: &x 1\n", 1, "anchors"),
        ("a: *x\n", 1, "anchors"),
        ("a: !!python/object:os.system {}\n", 1, "tags"),
        ("--- a\n--- b\n", 2, "more than one document"),
        ("? [a]\n: b\n", 1, "a key must be text"),
        ("a:\n\t- b\n", 2, "not YAML"),
        ("a: [1\n", 2, "not YAML"),
        ("a\x00b", None, "not YAML"),
        ("\ud800", None, "broken characters"),
        ("[" * 60, 1, "nested too deeply"),
        ("a: " + "{b: " * 60, 1, "nested too deeply"),
    ],
)
def test_what_is_refused_and_where(text, line, words):
    found = refused(text)
    assert found[0][0] == line
    assert words in found[0][1]


def test_every_duplicate_and_alias_is_found_at_once():
    assert len(refused("a: &x 1\na: 2\nb: 3\nb: *x\nb: 4\n")) == 5


def test_an_alias_bomb_is_refused_before_it_grows():
    text = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30))
    assert all("anchors" in what for _, what in refused(text))


def test_size_and_number_of_values_are_bounded(monkeypatch):
    monkeypatch.setattr(source, "MOST_NODES", 10)
    assert "too many values" in refused("[" + "1," * 20 + "]")[0][1]
    monkeypatch.setattr(source, "LARGEST_FILE", 10)
    assert "too large" in refused("a: 1234567890")[0][1]


def test_files(tmp_path: Path, monkeypatch):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_bytes("\ufeffa: 一".encode())
    bad.write_bytes(b"a: 1\nb: \xff\xfe\n")
    assert read_bytes(good, "good.yaml") == "a: 一"
    with pytest.raises(Faults, match=r"bad.yaml:2: 不是UTF-8"):
        read_bytes(bad, "bad.yaml")
    with pytest.raises(Faults, match="读不出"):
        read_bytes(tmp_path / "none.yaml", "none.yaml")
    monkeypatch.setattr(source, "LARGEST_FILE", 3)
    with pytest.raises(Faults, match="过大"):
        read_bytes(good, "good.yaml")


PIECES = [
    *"abc012 :-[]{},&*!|>#'\"\n\t?%@`~.",
    "\n  ",
    "\n- ",
    ": ",
    "年",
    "\x00",
    "\ud800",
    "\x85",
    "\ufeff",
]
YAMLISH = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@given(st.text(max_size=200) | YAMLISH)
def test_any_text_gives_a_tree_or_faults(text):
    try:
        tree = parse(text, "f.yaml")
    except Faults as error:
        assert error.faults and all(fault.file == "f.yaml" for fault in error.faults)
    else:
        assert isinstance(tree, Scalar | Sequence | Mapping)
        breaks = sum(text.count(sign) for sign in "\n\r\x85\u2028\u2029")
        # The parser puts the empty value of a key that ends the file on the line after the last.
        assert all(1 <= node.line <= breaks + 2 for _, node in walk(tree))
