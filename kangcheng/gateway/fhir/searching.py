"""Search by GET and POST: the answer is put together from stored texts; everyone it shows is written down first."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from kangcheng.access.records import same
from kangcheng.gateway.fhir import people, registered, registered_search
from kangcheng.gateway.fhir.exchange import Answer, Asked, joined, text
from kangcheng.gateway.fhir.outcome import of_faults
from kangcheng.gateway.fhir.parts import trimmed, wanted
from kangcheng.gateway.fhir.reading import within
from kangcheng.records.search import selectors as search_in
from kangcheng.records.search.selectors import query as queries
from kangcheng.records.search.selectors.conditions import Context
from kangcheng.records.search.types import Found, SearchError
from kangcheng.records.terminology import selectors as terms
from kangcheng.records.terminology.types import TerminologyError
from kangcheng.records.texts import read as parsed
from kangcheng.records.texts import write

MOST_CODES = 1000  # of a value set in a search
MOST_MATCHES = 2  # more than one is as bad as many


def context(asked: Asked) -> Context:
    """What the search must know of the caller and of the types kept outside the store."""
    made = Context(within(asked), asked.now, same=same, base=asked.base)
    held = {
        "Patient": lambda name, value: people.ids(asked, name, value, made),
        **{kind: registered_search.ids_of(kind, asked) for kind in registered_search.KINDS},
    }
    made.outside = {
        kind: one if asked.caller.scopes.allow(kind, "s") else _unseen for kind, one in held.items()
    }
    if asked.caller.scopes.allow("Patient", "s"):
        made.subjects = lambda name, value: people.subjects(asked, name, value, made)
    made.expand = _expanded
    return made


def _expanded(value_set: str) -> list[tuple[str, str]]:
    """(system, code) of a value set, for `:in`."""
    try:
        found = terms.expand(value_set, count=MOST_CODES)
    except TerminologyError as error:
        raise SearchError(error.what, where=value_set[:200]) from error
    if found.total > MOST_CODES:
        raise SearchError(
            "值集过大，不能用于查询 (value set too large)",
            where=value_set[:200],
            rule=f"至多 {MOST_CODES} 个代码",
        )
    return [(one.system, one.code) for one in found.concepts]


def _unseen(name: str, value: str) -> list[str]:
    """A chain into a type the token may not search leads to nobody."""
    return []


def search(asked: Asked, kind: str, given: list[tuple[str, str]]) -> Answer:
    """GET Type?..., POST Type/_search"""
    if kind in registered.TYPES:
        return registered_search.search(asked, kind, given, context(asked))
    query = queries.read(kind, given, strict=asked.strict)
    if asked.asked_for("_summary") == "count":
        query.count, query.total = 0, "accurate"
    here = context(asked)
    answer = search_in.run(query, here)
    outside = _outside(asked, query, answer.rows, here)
    people.log(
        asked,
        [*(row.subject_id for row in answer.rows if row.subject_id), *(one for _, one in outside if one)],
        f"fhir:{kind}",
    )
    entries = [entry(row, asked) for row in answer.rows]
    entries += [rendered(row, asked, "include") for row, _ in outside]
    if answer.ignored:
        entries.append(told(answer.ignored))
    return bundle(asked, kind, given, entries, answer.total, answer.after)


def _outside(
    asked: Asked, query: queries.Query, rows: Sequence[Found], here: Context
) -> list[tuple[Any, Any]]:
    """Included resources of the types rendered from the registry."""
    refers = search_in.referred(rows, query.includes) if query.includes else set()
    found = []
    allowed = [
        kind
        for kind in {kind for kind, _ in refers} & registered.TYPES
        if asked.caller.scopes.allow(kind, "r")
    ]
    for kind in sorted(allowed):
        found += registered.fetch(asked, kind, sorted({one for other, one in refers if other == kind}))
    return found


def entry(row: Found, asked: Asked) -> bytes:
    """A stored row as an entry; its text is not read."""
    body = row.body.encode() if not wanted(asked) else write(trimmed(parsed(row.body), asked))
    head = text({"fullUrl": f"{asked.base}{row.type}/{row.logical_id}", "search": {"mode": row.mode}})
    return head[:-1] + b',"resource":' + body + b"}"


def rendered(row: dict[str, Any], asked: Asked, mode: str) -> bytes:
    """A rendered resource as an entry."""
    body = write(trimmed(row, asked) if wanted(asked) else row)
    head = text({"fullUrl": f"{asked.base}{row['resourceType']}/{row['id']}", "search": {"mode": mode}})
    return head[:-1] + b',"resource":' + body + b"}"


def told(ignored: Iterable[Any]) -> bytes:
    """The parameters that were ignored, as an entry of the answer."""
    return (
        text({"search": {"mode": "outcome"}})[:-1]
        + b',"resource":'
        + write(of_faults(ignored, "warning"))
        + b"}"
    )


def bundle(
    asked: Asked,
    kind: str,
    given: list[tuple[str, str]],
    entries: list[bytes],
    total: int | None,
    after: str | None,
) -> Answer:
    """A searchset with its links."""
    kept = [(name, value) for name, value in given if name not in ("_after", "_offset")]
    link = [{"relation": "self", "url": _link(asked, kind, given)}]
    if after is not None:
        link.append({"relation": "next", "url": _link(asked, kind, [*kept, ("_after", after)])})
    head: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset"}
    if total is not None:
        head["total"] = total
    body = text(head | {"link": link})
    return Answer(200, body[:-1] + b',"entry":' + joined(entries) + b"}" if entries else body)


def _link(asked: Asked, kind: str, given: list[tuple[str, str]]) -> str:
    return f"{asked.base}{kind}" + (f"?{urlencode(given)}" if given else "")


def matching_ids(asked: Asked, kind: str, condition: str | list[tuple[str, str]]) -> list[str]:
    """Ids that a conditional interaction means, two at most. Raises SearchError for an unknown parameter."""
    given = parse_qsl(condition.lstrip("?")) if isinstance(condition, str) else condition
    if kind in registered.TYPES:
        return registered_search.matching(asked, kind, given, context(asked))
    query = queries.read(kind, given, strict=True)
    query.count = MOST_MATCHES
    return [row.logical_id for row in search_in.run(query, context(asked)).rows]
