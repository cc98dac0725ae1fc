"""What somebody fills into a step: read by type, identity numbers taken out and sealed, attachments stored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from kangcheng.base import files
from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import IdentityError, IdentityNumber
from kangcheng.policy.entry import Entry
from kangcheng.policy.guards import data_of, filled, typed, unreadable
from kangcheng.work.processes.types import Upload

MEDIA = {
    "image/png", "image/jpeg", "application/pdf", "text/plain", "text/csv", "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """Values as they are stored, and the uploads still to be stored."""

    fields: dict[str, Any]
    uploads: Mapping[str, Upload]
    sealed: str | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def seen(self) -> dict[str, Any]:
        """What the machine judges: an upload counts as filled in before it is stored."""
        return {**self.fields, **{name: {"name": upload[0]} for name, upload in self.uploads.items()}}


def read(entry: Entry, fields: Mapping[str, Any], uploads: Mapping[str, Upload]) -> Given:
    """Typed and checked values: money in fen, dates and numbers as plain text, identity numbers masked and sealed apart.

    Blank values are left out. Raises Faults with every value that does not read.
    """
    known = data_of(entry)
    full = {name: value for name, value in fields.items() if filled(value)}
    faults = [
        *unreadable(entry, full),
        *_not_files(known, full),
        *_uploads(known, uploads),
        *_ids(known, full),
    ]
    numbers: dict[str, str] = {}
    for name, datum in known.items():
        if datum["type"] == "identity" and name in full:
            try:
                number = IdentityNumber.parse(str(full[name]))
            except IdentityError as error:
                faults.append(Fault(name, error.what, error.rule, error.todo))
            else:
                numbers[name], full[name] = number.text, number.masked
    if faults:
        raise Faults(faults, what="填写有误 (not taken)", todo="改正后重试；没有写入任何内容")
    stored = {name: _stored(known[name], value) if name in known else value for name, value in full.items()}
    return Given(stored, uploads, json.dumps(numbers, ensure_ascii=False) if numbers else None)


def store(given: Given, by: Actor) -> dict[str, Any]:
    """Keep the uploads; field -> what was kept."""
    kept = {}
    for name, (title, media_type, content) in given.uploads.items():
        file = files.store(content=content, name=title, media_type=media_type, by=by)
        kept[name] = {"file": str(file.pk), "sha256": file.sha256, "type": media_type, "name": file.name}
    return kept


def _not_files(known: Mapping[str, Any], fields: Mapping[str, Any]) -> list[Fault]:
    """A file is uploaded, never named: a crafted request could name somebody else's."""
    return [
        Fault(name, "应上传文件 (upload a file)", todo="选择文件")
        for name in fields
        if name in known and known[name]["type"] == "file"
    ]


def _uploads(known: Mapping[str, Any], uploads: Mapping[str, Upload]) -> list[Fault]:
    faults = []
    for name, (title, media_type, content) in uploads.items():
        if name not in known or known[name]["type"] != "file":
            faults.append(Fault(name, "这一项不收文件 (not a file)"))
        if media_type not in MEDIA:
            faults.append(
                Fault(name, f"不收这类文件 (media type) {media_type}", rule="图片、PDF、Office、文本、压缩包")
            )
        if not 0 < len(content) <= files.MOST_BYTES:
            faults.append(Fault(name, f"文件为空或过大 (empty or too large) {title[:40]}", rule="50 MB 以内"))
    return faults


def _ids(known: Mapping[str, Any], fields: Mapping[str, Any]) -> list[Fault]:
    """Institutions and persons are chosen, not typed."""
    faults = []
    for name, value in fields.items():
        if name in known and known[name]["type"] == "institution":
            try:
                UUID(str(value))
            except ValueError:
                faults.append(Fault(name, "请从列表选择机构 (choose an institution)"))
    return faults


def _stored(datum: Mapping[str, Any], value: Any) -> Any:
    found = typed(datum, value)
    if isinstance(found, date):
        return found.isoformat()
    if datum["type"] == "money":
        return found
    if isinstance(found, Fraction):
        return str(found)
    return found if isinstance(found, str) else str(found)
