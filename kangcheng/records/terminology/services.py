"""Verbs: import a code system or a map from a file, all of it or nothing."""

from __future__ import annotations

from datetime import date

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.pinyin import initials
from kangcheng.records.terminology import reading
from kangcheng.records.terminology.models import Code, CodeSystem, Mapped
from kangcheng.records.terminology.types import Imported, System, TerminologyError

PERMISSION = "catalogue.write"
BATCH = 5_000


def import_codes(
    content: bytes, *, system: System, licence: str = "", by: Actor, on: date, file: str = ""
) -> Imported:
    """Take in the codes of a CSV file as `system.version`; the same version's earlier codes give way.

    Columns: code (代码), name_zh or title (名称), and where there are display (英文名称) and parent (上级代码).
    Raises Faults with every bad line, TerminologyError without permission.
    """
    _permitted(by)
    concepts = reading.codes(content, system=system.url, file=file)
    with acting(by=by, on=on, why=file, action="terminology.import"):
        held, _ = CodeSystem.objects.update_or_create(
            url=system.url,
            version=system.version,
            defaults={
                "title": system.title, "source": system.source, "licence": licence, "imported_on": on, "count": len(concepts),
            },
        )  # fmt: skip
        held.codes.all().delete()
        Code.objects.bulk_create(
            (
                Code(system=held, position=n, code=one.code, title=one.title, display=one.display, parent=one.parent,
                     initials=initials(one.title))
                for n, one in enumerate(concepts)
            ),
            batch_size=BATCH,
        )  # fmt: skip
        _tell(f"codesystem:{system.url}", len(concepts), by, on, file)
    return Imported(system.url, system.version, len(concepts), on)


def import_map(content: bytes, *, source: str, target: str, by: Actor, on: date, file: str = "") -> Imported:
    """Take in a map from `source` codes to `target` codes (columns alias or source_code, code or target_code, equivalence).

    The earlier map between the two gives way. Raises Faults with every bad line.
    """
    _permitted(by)
    found = reading.mappings(content, file=file)
    with acting(by=by, on=on, why=file, action="terminology.import"):
        Mapped.objects.filter(source=source, target=target).delete()
        Mapped.objects.bulk_create(
            (
                Mapped(source=source, source_code=code, target=target, target_code=other, equivalence=how)
                for code, other, how in found
            ),
            batch_size=BATCH,
        )
        _tell(f"map:{source}", len(found), by, on, file)
    return Imported(source, "", len(found), on)


def _permitted(by: Actor) -> None:
    if not by.may(PERMISSION):
        raise TerminologyError("无权导入代码 (not permitted)", rule=PERMISSION, todo="联系安全管理员授权")


def _tell(subject: str, count: int, by: Actor, on: date, file: str) -> None:
    record(
        action="terminology.import",
        subject=subject[:128],
        by=by,
        on=on,
        why=file[:500],
        detail={"count": count},
    )
