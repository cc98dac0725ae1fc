"""Immutable releases of a pack: one file with every text it is made of, named by the hash of what it says.

Whatever was settled, judged or printed under a release can be explained again from that file alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kangcheng.kernel.dates import CHINA_TZ, parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.kinds import Kind
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import assemble
from kangcheng.policy.store import Store

FORMAT = 1


class ReleaseError(KangchengError):
    """The release cannot be made, found or trusted."""


@dataclass(frozen=True)
class Release:
    """`effective_at` and `published_at` are moments of Chinese time, ISO text."""

    pack: str
    hash: str
    by: str
    approved_by: str
    effective_at: str
    published_at: str
    file: str


def publish(
    store: Store,
    pack: Pack,
    *,
    by: str,
    approved_by: str,
    effective_at: datetime,
    published_at: datetime,
    root: Path,
) -> tuple[Release, bool]:
    """Write the release of a pack that was checked; True when it is new. The same content is released once only.

    Raises ReleaseError when one person stands for both names.
    """
    if not by.strip() or not approved_by.strip() or by.strip() == approved_by.strip():
        raise ReleaseError(
            "发布须有两个不同的人 (two different people are needed)",
            where=f"by={by!r} approved_by={approved_by!r}",
            rule="一人提出，另一人批准",
            todo="由另一人批准",
        )
    file = root / pack.name / f"{pack.release_hash}.json"
    if file.exists():
        return read_release(file), False
    release = Release(
        pack=pack.name,
        hash=pack.release_hash,
        by=by.strip(),
        approved_by=approved_by.strip(),
        effective_at=_moment(effective_at),
        published_at=_moment(published_at),
        file=str(file),
    )
    content = {
        "format": FORMAT,
        "release": {key: value for key, value in asdict(release).items() if key != "file"},
        "order": store.order,
        "heads": store.heads,
        "visible": store.visible,
        "texts": store.texts,
    }
    _write_once(file, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True))
    return read_release(file), True


def read_release(file: Path) -> Release:
    """What the release's file says about itself. Raises ReleaseError."""
    said = _content(file)["release"]
    return Release(
        **{key: str(said[key]) for key in Release.__dataclass_fields__ if key != "file"}, file=str(file)
    )


def load_release(hash_: str, root: Path, kinds: Mapping[str, Kind] | None = None) -> Pack:
    """The pack exactly as it was released. `hash_` may be shortened while it is unique. Raises ReleaseError."""
    file = _find(hash_, root)
    content = _content(file)
    store = Store(content["order"], content["heads"], content["texts"], content["visible"])
    pack = assemble(content["release"]["pack"], store, kinds)
    if pack.release_hash != file.stem:
        raise ReleaseError(
            "发布文件被改动过 (the release file was altered)",
            where=str(file.name),
            rule="内容散列须与文件名一致",
            todo="从备份恢复",
        )
    return pack


def releases(root: Path, pack: str | None = None) -> list[Release]:
    """All releases, or those of one pack, by effective moment."""
    files = sorted(root.glob(f"{pack or '*'}/*.json"))
    return sorted(
        (read_release(file) for file in files),
        key=lambda release: (release.effective_at, release.published_at),
    )


def in_force(root: Path, pack: str, at: datetime) -> Release:
    """The release that applies at a moment: the last to have become effective. Raises ReleaseError when there is none."""
    held = [release for release in releases(root, pack) if release.effective_at <= _moment(at)]
    if not held:
        raise ReleaseError(
            f"{pack} 在 {_moment(at)} 没有已生效的发布 (no release in force)", todo="kangcheng packs publish"
        )
    return held[-1]


def parse_moment(text: str) -> datetime:
    """A moment of Chinese time: "2026-12-01" (midnight) or "2026-12-01T08:00". Raises ReleaseError."""
    try:
        day, _, clock = text.strip().replace(" ", "T").partition("T")
        hour, minute = (clock or "00:00").split(":")
        day_ = parse_date(day)
        return datetime(day_.year, day_.month, day_.day, int(hour), int(minute), tzinfo=CHINA_TZ)
    except (ValueError, KangchengError):
        raise ReleaseError(
            "不是时刻 (not a moment)",
            where=repr(text),
            rule="中国时间",
            todo="写成 2026-12-01 或 2026-12-01T08:00",
        ) from None


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise ReleaseError("时刻须带时区 (a moment needs its time zone)", where=str(at))
    return at.astimezone(CHINA_TZ).isoformat(timespec="minutes")


def _find(hash_: str, root: Path) -> Path:
    files = sorted(root.glob(f"*/{hash_}*.json")) if hash_.isalnum() else []
    if len(files) != 1:
        words = "没有这个发布 (no such release)" if not files else "散列太短，不止一个 (hash too short)"
        raise ReleaseError(
            words, where=hash_[:80], rule="发布以内容散列命名", todo="kangcheng packs releases"
        )
    return files[0]


def _content(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise ReleaseError(
                "发布文件的格式未知 (unknown format)", where=file.name, rule=f"format {FORMAT}"
            )
    except (OSError, ValueError, KeyError, TypeError):
        raise ReleaseError(
            "发布文件读不出 (cannot read the release)", where=file.name, todo="从备份恢复"
        ) from None
    return dict(content)


def _write_once(file: Path, text: str) -> None:
    """Whole or not at all; a second writer of the same content changes nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}.draft")
    with draft.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.chmod(0o444)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
