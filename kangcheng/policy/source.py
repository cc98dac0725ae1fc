"""YAML text into a tree in which everything is text and everything knows its line.

The base loader leaves every scalar a string: no float, no `no` that turns into False, no date made on its own.
Anchors, aliases, tags and second documents are refused: a rule is read as it is written. Size and depth are bounded, so
that no text, however made, costs more than reading it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kangcheng.kernel.errors import Fault, Faults

LARGEST_FILE = 8_000_000
"""Bytes. The largest honest files are code lists."""
DEEPEST = 40
MOST_NODES = 1_000_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written, without its quotes."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, in order."""

    items: list[Node]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys in the order written; `lines` has the line of each key."""

    items: dict[str, Node]
    line: int
    lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping
Path_ = tuple[str | int, ...]
"""Where a node is in its tree: keys and list positions, from the top."""


def plain(node: Node) -> Any:
    """The tree as str, list and dict, without lines."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(item) for key, item in node.items.items()}


def line_at(node: Node, path: Path_) -> int:
    """The line of the node at `path`, or of the nearest thing above it that exists."""
    line = node.line
    for step in path:
        if isinstance(node, Mapping) and step in node.items:
            line, node = node.lines[str(step)], node.items[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            line = node.line
        else:
            break
    return line


def show_path(path: Path_) -> str:
    """`values[0].clause`"""
    words = ""
    for step in path:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else step
    return words


def read_bytes(file: Path, name: str) -> str:
    """The file's text. Raises Faults when it is missing, too large or not UTF-8."""
    try:
        if file.exists() and not file.is_file():
            raise Faults([Fault("", "不是普通文件 (not a regular file)", file=name)])
        if file.stat().st_size > LARGEST_FILE:
            raise Faults(
                [Fault("", "文件过大 (file too large)", rule=f"不超过 {LARGEST_FILE} 字节", file=name)]
            )
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Faults([Fault("", f"文件读不出 (cannot read): {reason}", file=name)]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Faults(
            [Fault("", "不是UTF-8文本 (not UTF-8)", todo="另存为UTF-8", line=line, file=name)]
        ) from None


def parse(text: str, file: str = "") -> Node:
    """The tree of one YAML document. Raises Faults with every duplicate key, alias, tag, or with the first break of syntax."""
    if len(text) > LARGEST_FILE:
        raise Faults([Fault("", "文件过大 (file too large)", rule=f"不超过 {LARGEST_FILE} 字节", file=file)])
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            builder.take(event)
    except yaml.YAMLError as error:
        builder.faults.append(_syntax(error, file))
    except UnicodeError:
        builder.faults.append(
            Fault("", "含有不成字符的代码 (broken characters)", todo="另存为UTF-8", file=file)
        )
    except _Stop:
        pass
    if not builder.faults and builder.root is None:
        builder.faults.append(Fault("", "文件是空的 (empty file)", file=file, line=1))
    if builder.faults or builder.root is None:
        raise Faults(builder.faults, where=file)
    return builder.root


class _Stop(Exception):
    """Reading on would only cost time."""


class _Builder:
    """Builds the tree from parser events without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.faults: list[Fault] = []
        # the open collections, innermost last; for a mapping, the key that waits for its value
        self.open: list[tuple[Sequence | Mapping, list[str | None]]] = []
        self.nodes = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            if self.root is not None:
                self._stop(
                    event, "一个文件只能有一个文档 (more than one document)", todo="删去多余的 --- 或另立文件"
                )
        elif isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent, yaml.AliasEvent)):
            self._node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()

    def _node(self, event: yaml.NodeEvent) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self._stop(event, "内容过多 (too many values)", rule=f"不超过 {MOST_NODES} 项")
        line = _line_of(event)
        if event.anchor is not None:
            self._fault(event, "不允许锚点和别名 (anchors and aliases are refused)", todo="把内容写全")
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag not in (None, "!"):
            self._fault(event, "不允许类型标签 (tags are refused)", todo="去掉 ! 标签")
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            node: Sequence | Mapping = (
                Sequence([], line) if isinstance(event, yaml.SequenceStartEvent) else Mapping({}, line)
            )
            self._attach(event, node)
            self.open.append((node, [None]))
            if len(self.open) > DEEPEST:
                self._stop(event, "嵌套过深 (nested too deeply)", rule=f"不超过 {DEEPEST} 层")
        else:
            self._attach(event, Scalar(event.value if isinstance(event, yaml.ScalarEvent) else "", line))

    def _attach(self, event: yaml.NodeEvent, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        parent, waiting = self.open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        else:
            self._attach_pair(event, parent, waiting, node)

    def _attach_pair(
        self, event: yaml.NodeEvent, parent: Mapping, waiting: list[str | None], node: Node
    ) -> None:
        key = waiting[0]
        if key is not None:
            parent.items.setdefault(key, node)
            waiting[0] = None
        elif not isinstance(node, Scalar):
            self._stop(event, "键必须是文字 (a key must be text)")
        else:
            waiting[0] = node.text
            if node.text in parent.lines:
                self._fault(
                    event,
                    f"重复的键 (duplicate key) {node.text!r}",
                    rule=f"第 {parent.lines[node.text]} 行已有同名的键",
                    todo="删去一个",
                )
            parent.lines.setdefault(node.text, node.line)

    def _fault(self, event: yaml.Event, what: str, **parts: Any) -> None:
        self.faults.append(Fault("", what, line=_line_of(event), file=self.file, **parts))

    def _stop(self, event: yaml.Event, what: str, **parts: Any) -> None:
        self._fault(event, what, **parts)
        raise _Stop


def _line_of(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark is not None else 1


def _syntax(error: yaml.YAMLError, file: str) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "syntax"
    return Fault(
        "",
        f"YAML写法有误 (not YAML): {problem}",
        todo="检查缩进、冒号后的空格和引号",
        line=mark.line + 1 if mark is not None else None,
        file=file,
    )


def walk(node: Node, path: Path_ = ()) -> Iterator[tuple[Path_, Node]]:
    """Every node with its path, parents first."""
    yield path, node
    if isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from walk(item, (*path, index))
    elif isinstance(node, Mapping):
        for key, item in node.items.items():
            yield from walk(item, (*path, key))
