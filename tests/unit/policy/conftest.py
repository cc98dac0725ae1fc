"""A small pack on disk that tests write into."""

from pathlib import Path
from textwrap import dedent

import pytest

from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack

HEAD = """\
title: 试验包
jurisdiction: 试验市
extends: [{extends}]
version: 1
maintainers: [试验]
"""

DOCUMENT = """\
kind: document
id: plan-2021
title: 试验文件
issuer: 试验局
clauses:
  - {id: S-1, quote: 每人每年300元, en: 300 yuan, kind: benefit-rule, module: funds, figures: []}
  - {id: S-2, quote: 补助七成, en: seventy per cent, kind: benefit-rule, module: funds, figures: []}
  - {id: S-3, quote: 建立制度, en: set up, kind: organisational, module: registry, figures: []}
"""


class Bench:
    """Packs under a temporary root. `write` dedents; `load` reads a pack."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pack("city")
        self.write("city/documents/plan-2021.yaml", DOCUMENT)

    def pack(self, name: str, *extends: str) -> None:
        """A pack's head."""
        self.write(f"{name}/pack.yaml", HEAD.format(extends=", ".join(extends)))

    def write(self, file: str, text: str) -> str:
        """A file of a pack."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
        return file

    def parameter(
        self, id_: str = "premium", *, pack: str = "city", value: str = "300", more: str = "", cases: str = ""
    ) -> str:
        """A parameter of 300 yuan a year."""
        return self.write(
            f"{pack}/funds/{id_}.yaml",
            f"kind: parameter\nid: {id_}\ntitle: 筹资标准\nunit: CNY/person/year\n"
            f'values:\n  - {{from: 2021-01-01, value: "{value}", clause: plan-2021#S-1}}\n{more}{cases}',
        )

    def load(self, name: str = "city") -> Pack:
        """Read a pack."""
        return load_pack(name, self.root)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """An empty city pack with one document."""
    return Bench(tmp_path)
