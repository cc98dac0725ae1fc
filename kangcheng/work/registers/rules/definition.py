"""A register as its pack entry defines it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from kangcheng.kernel.units import parse_number
from kangcheng.policy.entry import Entry, clauses_of, period_of
from kangcheng.policy.pack import Pack
from kangcheng.work.registers.types import (
    Column,
    Condition,
    Covers,
    Derived,
    NoOverlap,
    Payable,
    Register,
    Rule,
)

Raw = Mapping[str, Any]


def definition(entry: Entry, pack: Pack, on: date | None = None) -> Register:
    """The register of `entry`; codes are those of the day (without one: of the newest list)."""
    get = entry.get
    valid, key = get("valid") or {}, _listed(get("key"))
    return Register(
        id=entry.id,
        title=entry.title,
        title_en=entry.title_en,
        about=get("about", ""),
        module=get("module", ""),
        clauses=clauses_of(entry.data),
        columns=tuple(_column(row, pack, on) for row in get("fields")),
        key=key,
        label=_listed(get("label", [])) or key,
        owner=get("owner", ""),
        valid_from=valid.get("from", ""),
        valid_to=valid.get("to", ""),
        when=get("when", ""),
        derived=tuple(_derived(row) for row in get("derived", [])),
        rules=tuple(Rule(row["must"], row["say"], row.get("clause", "")) for row in get("rules", [])),
        no_overlap=tuple(
            NoOverlap(_listed(row["per"]), row["from"], row["to"], row.get("say", ""))
            for row in get("no_overlap", [])
        ),
        read=_listed(get("read", [])),
        write=_listed(get("write", [])),
        closes=int(get("closes")) if get("closes") else None,
        payable=_payable(get("payable")),
        covers=_covers(get("covers")),
        keep_years=int(get("keep_years")) if get("keep_years") else None,
        sample=get("sample") or {},
    )


def definitions(pack: Pack, on: date | None = None) -> dict[str, Register]:
    """Every register of the pack by id."""
    return {entry.id: definition(entry, pack, on) for entry in pack.of_kind("register")}


def _column(row: Raw, pack: Pack, on: date | None) -> Column:
    flags = {name: row.get(name) == "yes" for name in ("several", "required", "unique", "filter", "personal")}
    codelist = row.get("codelist", "")
    return Column(
        id=row["id"],
        title=row["title"],
        type=row["type"],
        title_en=row.get("title_en", ""),
        help=row.get("help", ""),
        section=row.get("section", ""),
        clause=row.get("clause", ""),
        unit=row.get("unit", ""),
        decimals=int(row.get("decimals", "0")),
        least=_number(row.get("least")),
        most=_number(row.get("most")),
        pattern=row.get("pattern", ""),
        longest=int(row.get("longest", "200")),
        codes=row.get("choices") or (_codes(pack, codelist, on) if codelist else {}),
        codelist=codelist,
        level=row.get("level", ""),
        register=row.get("register", ""),
        required_if=_condition(row.get("required_if") or {}),
        read=_listed(row.get("read", [])),
        write=_listed(row.get("write", [])),
        sample=row.get("sample"),
        **flags,
    )


def _derived(row: Raw) -> Derived:
    return Derived(
        row["id"], row["title"], row["type"], row["formula"], row.get("title_en", ""), row.get("unit", ""),
        int(row.get("decimals", "0")),
    )  # fmt: skip


def _payable(row: Raw | None) -> Payable | None:
    return Payable(row["amount"], row["payee"], row["on"], _condition(row["if"])) if row else None


def _covers(row: Raw | None) -> Covers | None:
    if not row:
        return None
    words = {name: row.get(name, "") for name in ("within", "title", "title_en")}
    return Covers(
        row["each"], row["column"], _listed(row.get("of", [])), _condition(row.get("where") or {}), **words
    )


def _codes(pack: Pack, id_: str, on: date | None) -> dict[str, str]:
    """Code -> title of a code list or of ordered levels; the newest version when no day is given, {} for none."""
    if ("tiers", id_) in pack.entries:
        return {row["id"]: row["title"] for row in pack.entries["tiers", id_].get("levels")}
    entry = pack.entries.get(("codelist", id_))
    versions = entry.get("versions") if entry else []
    held = [version for version in versions if on is None or period_of(version).contains(on)]
    return {row["code"]: row["title"] for row in (held or versions[-1:])[-1]["codes"]} if versions else {}


def _condition(raw: Raw) -> Condition:
    return {name: _listed(value) for name, value in raw.items()}


def _listed(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _number(text: str | None) -> Fraction | None:
    return None if text is None else parse_number(text)
