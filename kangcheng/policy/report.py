"""One examination of a pack: read, checked, cases run, values moved; as lines for people and as JSON for scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kangcheng.kernel.errors import Fault, Faults
from kangcheng.policy.checks import Checked, check_pack, check_sources, own_entries
from kangcheng.policy.mutate import Mutant, mutate
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import assemble
from kangcheng.policy.store import HEAD, Store, pack_names, read_store

Watch = Callable[[Iterable[Any], int | None], Iterable[Any]]


@dataclass(frozen=True)
class Target:
    """A pack to examine, or one `file` of it (relative to the root)."""

    name: str
    root: Path
    file: str | None = None


def targets(asked: str | None, root: Path) -> list[Target]:
    """What an argument means: nothing is every pack, else a pack's name, its folder, or one entry's file.

    Raises Faults when there is no such pack or file.
    """
    if asked is None:
        return [Target(name, root) for name in pack_names(root)]
    path = Path(asked)
    if path.is_file():
        for folder in path.resolve().parents:
            if (folder / HEAD).is_file():
                return [
                    Target(folder.name, folder.parent, path.resolve().relative_to(folder.parent).as_posix())
                ]
        raise Faults([Fault(asked, "文件不在任何包里 (file lies in no pack)", rule=f"上级文件夹须有 {HEAD}")])
    if path.is_dir() and (path / HEAD).is_file():
        return [Target(path.resolve().name, path.resolve().parent)]
    return [Target(asked, root)]


@dataclass
class PackReport:
    """`pack` is None when it could not be read; then `faults` says why."""

    name: str
    pack: Pack | None = None
    store: Store | None = None
    checked: Checked | None = None
    faults: list[Fault] = field(default_factory=list)
    mutants: list[Mutant] = field(default_factory=list)

    @property
    def failing(self) -> list[Mutant]:
        """Survivors of kinds that must be proven."""
        return [mutant for mutant in self.mutants if mutant.proven and not mutant.noticed]

    @property
    def passed(self) -> bool:
        """No fault, no failing case, no survivor that matters."""
        return not self.faults and (self.checked is None or self.checked.passed) and not self.failing

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        faults = [*self.faults, *(self.checked.faults if self.checked else [])]
        survivors = [mutant for mutant in self.mutants if not mutant.noticed]
        return {
            "pack": self.name,
            "passed": self.passed,
            "release_hash": self.pack.release_hash if self.pack else None,
            "entries": len(self.pack.entries) if self.pack else 0,
            "cases": self.checked.cases if self.checked else 0,
            "faults": [asdict(fault) for fault in faults],
            "failed": [
                {"entry": "/".join(key), **asdict(result)}
                for key, result in (self.checked.failed if self.checked else [])
            ],
            "notices": [asdict(fault) for fault in (self.checked.notices if self.checked else [])],
            "assumed": self.checked.assumed if self.checked else 0,
            "mutants": {
                "total": len(self.mutants),
                "killed": len(self.mutants) - len(survivors),
                "survivors": [
                    {
                        "at": mutant.place,
                        "entry": "/".join(mutant.entry.key),
                        "moved": mutant.move.what,
                        "proven": mutant.proven,
                    }
                    for mutant in survivors
                ],
            },
        }

    def lines(self, mutated: bool) -> list[str]:
        """For people."""
        mark = "✓" if self.passed else "✗"
        if self.pack is None or self.checked is None:
            return [
                f"{mark} {self.name}: {len(self.faults)} 处错误 faults",
                *(f"  {fault}" for fault in self.faults),
            ]
        done = self.checked
        lines = [
            f"{mark} {self.name}: {len(self.pack.entries)} 个条目 entries, {done.cases} 个算例 cases"
            f" ({len(done.failed)} 个不符 failed), {len(done.faults) + len(self.faults)} 处错误 faults,"
            f" {done.assumed} 个设定值 assumed  {self.pack.release_hash[:12]}"
        ]
        lines += [f"  {fault}" for fault in (*self.faults, *done.faults)]
        for key, result in done.failed:
            lines.append(f"  {result.file}:{result.line} {'/'.join(key)} “{result.name}”")
            lines += [f"      {difference}" for difference in result.differences]
        lines += [f"  注意 notice {fault}" for fault in done.notices]
        if not mutated:
            return lines
        return lines + (
            self._mutant_lines()
            if self.mutants or self.passed
            else ["  有错误，没有移动数值 (nothing moved)"]
        )

    def _mutant_lines(self) -> list[str]:
        survivors = [mutant for mutant in self.mutants if not mutant.noticed]
        counted = self.failing
        lines = [
            f"  移动一步 moved: {len(self.mutants) - len(survivors)}/{len(self.mutants)} 被算例发现 killed"
        ]
        lines += [f"  无算例发现 survivor: {mutant.place}: {mutant.move.what}" for mutant in counted]
        if len(survivors) > len(counted):
            lines.append(
                f"  另有 {len(survivors) - len(counted)} 处不计 survivors of kinds that move no money (--json 列出)"
            )
        return lines


def examine(
    target: Target,
    *,
    on: date,
    mutants: bool = False,
    everything: bool = False,
    watch: Watch | None = None,
) -> PackReport:
    """Read and check a pack. `everything`: also the entries of the packs it extends; `mutants`: move every value.

    `on` is the day that decides which re-checks are overdue; `watch` wraps the work for a progress bar.
    """
    found = PackReport(target.name)
    try:
        found.store = read_store(target.name, target.root)
        found.pack = assemble(target.name, found.store)
    except Faults as error:
        found.faults = list(error.faults)
        return found
    entries = list(found.pack.all()) if everything else own_entries(found.pack)
    if target.file is not None:
        entries = [
            entry
            for entry in entries
            if entry.file in (target.file, target.file.replace(".cases.yaml", ".yaml"))
        ]
    found.faults = check_sources(found.pack, target.root)
    found.checked = check_pack(found.pack, on=on, entries=entries)
    if mutants and found.passed:
        work: Iterable[Mutant] = mutate(found.pack, entries)
        found.mutants = list(watch(work, None) if watch else work)
    return found
