"""A spreadsheet of another system: every row a message, those that cannot be taken wait in the inbox with their faults."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256

import orjson

from kangcheng.base import sheets
from kangcheng.gateway.inbox.receiving import LONGEST_ID, receive
from kangcheng.gateway.inbox.types import InboxError, Incoming
from kangcheng.gateway.machines.types import Caller
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.policy.pack import Pack
from kangcheng.records.inbox import selectors as reading
from kangcheng.records.inbox.types import Mapping


def take(
    *,
    content: bytes,
    name: str,
    mapping_id: str,
    sender: str,
    caller: Caller,
    pack: Pack,
    on: date,
    now: datetime,
) -> Counter[str]:
    """Take a file row by row; how many are taken, waiting, refused, and `again` (had come before).

    Raises SheetError for what is no spreadsheet, Faults for unknown or missing columns, InboxError for no such mapping.
    """
    mapping = reading.named(pack, mapping_id)
    if mapping is None or mapping.format != "sheet":
        known = "、".join(one.id for one in reading.mappings(pack) if one.format == "sheet")
        raise InboxError("没有这份表格映射 (no such mapping)", where=mapping_id[:64], rule=known)
    counts: Counter[str] = Counter()
    for cells in _rows(content, name, mapping):
        new = Incoming("sheet", mapping.id, _key(mapping, cells), orjson.dumps(cells).decode(), mapping.id)
        try:
            found = receive(new=new, sender=sender, caller=caller, pack=pack, on=on, now=now)
        except InboxError:  # the key of another row: that one stays
            counts["clashing"] += 1
            continue
        counts["again" if found.again and found.state != "refused" else found.state] += 1
    return counts


def columns(mapping: Mapping) -> list[sheets.Column]:
    """The columns of a mapping's file: for reading one, and for the empty form."""
    return [
        sheets.Column(one.heading, one.heading, also=one.also, example=one.example) for one in mapping.columns
    ]


def _rows(content: bytes, name: str, mapping: Mapping) -> Iterable[dict[str, str]]:
    rows = sheets.read_rows(content, columns(mapping), name=name).whole()
    missing = [
        Fault(f"列 {one.heading}", "缺少必填列，或整列为空 (required column missing)", file=name)
        for one in mapping.columns
        if one.required and not any(row.values[one.heading] for row in rows)
    ]
    if missing:
        raise Faults(missing, where=name, todo="按映射的列名填写")
    return [{heading: text or "" for heading, text in row.values.items()} for row in rows]


def _key(mapping: Mapping, cells: dict[str, str]) -> str:
    """The row's number: the key columns, or a digest of all."""
    given = [cells.get(heading, "") for heading in mapping.key]
    if given and all(given) and len(":".join(given)) < LONGEST_ID:
        return ":".join(given)
    return sha256(orjson.dumps(cells, option=orjson.OPT_SORT_KEYS)).hexdigest()
