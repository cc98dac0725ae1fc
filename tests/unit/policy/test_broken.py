"""Every mistake has a file in packs/broken that says which words the error must have; nothing else may be reported."""

from datetime import date
from pathlib import Path

import pytest

from kangcheng.kernel.errors import Faults
from kangcheng.policy.checks import check_pack
from kangcheng.policy.reader import assemble
from kangcheng.policy.store import PACKS, read_store

FILES = sorted((PACKS / "broken").glob("*.yaml"))


def found_in(file: Path) -> list[str]:
    """Every fault of the file, read as an entry of a pack that extends the relief plan's."""
    store = read_store("relief-2021")
    name = f"broken/{file.name}"
    store.heads["broken"] = {
        "title": "错例",
        "jurisdiction": "无",
        "extends": ["relief-2021"],
        "version": "1",
    }
    store.order.append("broken")
    store.visible["broken"] = [*store.order]
    store.texts["broken"] = {name: file.read_text("utf-8")}
    try:
        pack = assemble("broken", store)
    except Faults as error:
        return [str(fault) for fault in error.faults]
    checked = check_pack(
        pack, on=date(2026, 1, 1), entries=[entry for entry in pack.all() if entry.file == name]
    )
    return [
        *map(str, checked.faults),
        *(f"{name}:{result.line}: 算例 {result.name}" for _, result in checked.failed),
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_mistake_is_named_with_its_line_and_nothing_else_is(file):
    wanted = [
        line.removeprefix("# expect: ")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("# expect: ")
    ]
    found = found_in(file)
    assert wanted
    for words in wanted:
        assert any(words in fault for fault in found), (words, found)
    assert len(found) == len(wanted), found
    assert all(fault.startswith(f"broken/{file.name}:") for fault in found)


def test_there_is_a_file_for_many_mistakes():
    assert len(FILES) >= 35
