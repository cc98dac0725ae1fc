"""The pack this city runs, read again when its files have changed, and how far its clauses have come."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from kangcheng.policy import systems as system_list
from kangcheng.policy.checks import Checked, check_pack
from kangcheng.policy.pack import Pack
from kangcheng.policy.systems import SystemRow
from kangcheng.policy.trace import ClauseTrace, running, trace
from kangcheng.portal.words import t
from kangcheng.work.registers import selectors as registers


def pack() -> Pack:
    """The pack named by KANGCHENG_PACK, all its parents resolved, as its files stand: seconds old at most."""
    return registers.pack()


def city() -> str:
    """The pack's own name for its city."""
    return pack().heads[pack().name].title


def release() -> str:
    """First letters of the release hash: enough to tell two releases apart by eye."""
    return pack().release_hash[:12]


@dataclass(frozen=True)
class Standing:
    """What checking the pack showed: its cases, every clause's status, every system's."""

    checked: Checked
    clauses: tuple[ClauseTrace, ...]
    systems: tuple[SystemRow, ...]


def standing() -> Standing:
    """Check the pack, run its worked cases and trace every clause (a few seconds, once per process and release)."""
    return _standing(_Read(pack()))


@dataclass(frozen=True)
class _Read:
    """A pack as a key to what was worked out from it: two readings of the same content are one."""

    pack: Pack

    def __hash__(self) -> int:
        return hash(self.pack.release_hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Read) and self.pack.release_hash == other.pack.release_hash


@lru_cache(maxsize=1)
def _standing(read: _Read) -> Standing:
    checked = check_pack(read.pack, on=date.max)
    good = running(read.pack, checked)
    rows = system_list.rows(read.pack, good, Path(settings.REPOSITORY))
    served = [row.id for row in rows if row.status == "served"]
    return Standing(checked, tuple(trace(read.pack, checked, served)), tuple(rows))


def titles(codelist: str) -> dict[str, tuple[str, str]]:
    """Code -> (Chinese, English) of a code list or tiers entry of the pack, newest version."""
    return _titles(_Read(pack()), codelist)


@lru_cache(maxsize=256)
def _titles(read: _Read, codelist: str) -> dict[str, tuple[str, str]]:
    for kind, key, code in (("codelist", "codes", "code"), ("tiers", "levels", "id")):
        entry = read.pack.entries.get((kind, codelist))
        if entry is not None:
            rows = entry.data["versions"][-1][key] if "versions" in entry.data else entry.data[key]
            return {row[code]: (row["title"], row.get("title_en", row["title"])) for row in rows}
    return {}


def title(codelist: str, code: str) -> str:
    """The title of a code in the reader's language; the code itself when the list does not know it."""
    zh, en = titles(codelist).get(code, (code, code))
    return t(zh, en)


def choices(codelist: str) -> list[tuple[str, str]]:
    """(code, title) of every code, in order."""
    return [(code, t(zh, en)) for code, (zh, en) in titles(codelist).items()]
