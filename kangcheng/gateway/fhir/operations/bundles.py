"""Transactions and batches. A transaction is one: all entries are kept or none, references among them led to their new ids."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db import transaction

from kangcheng.gateway.fhir import newcomers, outcome, registered, routes, writing
from kangcheng.gateway.fhir.exchange import Answer, Asked, joined, text
from kangcheng.gateway.fhir.outcome import FhirError
from kangcheng.gateway.fhir.reading import etag
from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.records.store.types import Stored
from kangcheng.records.texts import read as parsed
from kangcheng.records.texts import write
from kangcheng.records.validation.services import faults_of

MOST_ENTRIES = 5000
ORDER = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")
Row = dict[str, Any]


@dataclass
class Step:
    """One entry: what it asks, and where its resource will be."""

    at: int
    method: str
    url: str
    entry: Row
    kind: str = ""
    logical_id: str | None = None
    held: Answer | None = None


def process(asked: Asked) -> Answer:
    """POST / with a Bundle of type transaction or batch."""
    bundle = asked.json()
    faults = faults_of(bundle)
    if faults:
        raise Faults(faults, where="Bundle")
    if bundle["resourceType"] != "Bundle" or bundle["type"] not in ("transaction", "batch"):
        raise FhirError(400, "invalid", "须为 transaction 或 batch 类型的 Bundle", where="Bundle.type")
    entries = bundle.get("entry", [])
    if len(entries) > MOST_ENTRIES:
        raise FhirError(
            413,
            "too-costly",
            "条目过多 (too many entries)",
            where="Bundle.entry",
            rule=f"至多 {MOST_ENTRIES} 条",
        )
    steps = [_step(at, entry, asked) for at, entry in enumerate(entries)]
    return _batch(asked, steps) if bundle["type"] == "batch" else _transaction(asked, steps)


def _step(at: int, entry: Row, asked: Asked) -> Step:
    request = entry.get("request")
    if not request:
        raise FhirError(
            400, "required", "条目缺少 request (request is missing)", where=f"Bundle.entry[{at}].request"
        )
    url = request["url"].removeprefix(asked.base).lstrip("/")
    return Step(at, request["method"], url, entry, kind=urlsplit(url).path.partition("/")[0])


def _batch(asked: Asked, steps: list[Step]) -> Answer:
    """Each entry by itself: one that fails does not touch the others."""
    return _answered("batch-response", [_response(_alone(asked, step)) for step in steps])


def _alone(asked: Asked, step: Step) -> Answer:
    try:
        return routes.answer(_asked(asked, step))
    except KangchengError as error:
        return outcome.answer(error)


def _asked(asked: Asked, step: Step) -> Asked:
    """The entry as a request of its own."""
    address, request = urlsplit(step.url), step.entry["request"]
    names = {"ifMatch": "if-match", "ifNoneMatch": "if-none-match", "ifNoneExist": "if-none-exist"}
    headers = {header: request[name] for name, header in names.items() if name in request}
    body = write(step.entry["resource"]) if "resource" in step.entry else b""
    return replace(
        asked, method=step.method, path=tuple(part for part in address.path.split("/") if part),
        given=parse_qsl(address.query, keep_blank_values=True), headers={**headers, "prefer": asked.header("prefer")},
        body=body, _read=step.entry.get("resource"),
    )  # fmt: skip


class _Waits(Exception):
    """People must first decide who the Patient of this entry is: nothing of the bundle can be kept yet."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.at)
        self.step = step


def _transaction(asked: Asked, steps: list[Step]) -> Answer:
    """All or nothing. Where a Patient waits for people, only that record is kept, for them to decide; then send again."""
    for step in steps:
        _allowed(asked, step)
    try:
        return _whole(asked, steps)
    except _Waits as waits:
        newcomers.take(asked, waits.step.entry["resource"])  # once more: the first went back with the bundle
        raise FhirError(
            409, "conflict", "居民待人工认定，本事务未写入 (people must decide who the patient is; nothing was kept)",
            where=f"Bundle.entry[{waits.step.at}].resource", rule="认定前不能写入其健康档案", todo="认定后重发",
        ) from None  # fmt: skip


def _whole(asked: Asked, steps: list[Step]) -> Answer:
    with transaction.atomic():
        led = _places(asked, steps)
        for step in steps:
            if "resource" in step.entry and step.held is None:
                step.entry["resource"] = redirected(step.entry["resource"], led)
        _write(asked, [step for step in steps if step.held is None])
        for step in sorted((s for s in steps if s.held is None), key=lambda s: ORDER.index(s.method)):
            step.held = routes.answer(_asked(asked, step))
    return _answered("transaction-response", [_response(step.held) for step in steps if step.held])


def _allowed(asked: Asked, step: Step) -> None:
    letter = {"POST": "c", "PUT": "u", "DELETE": "d"}.get(step.method)
    if letter:
        routes.may(asked, step.kind, letter)
    if step.method in ("POST", "PUT") and "resource" not in step.entry:
        raise FhirError(
            400, "required", "条目缺少资源 (resource is missing)", where=f"Bundle.entry[{step.at}].resource"
        )


def _places(asked: Asked, steps: list[Step]) -> dict[str, str]:
    """fullUrl -> "Type/id" for everything the bundle brings; residents are matched or registered on the way."""
    led: dict[str, str] = {}
    for step in steps:
        if step.method not in ("POST", "PUT"):
            continue
        place = _place(asked, step)
        name = step.entry.get("fullUrl")
        if name:
            led[name] = place
        if name and not name.startswith("urn:"):
            led[name.removeprefix(asked.base)] = place
        own = step.entry["resource"].get("id")
        if step.method == "POST" and own and step.kind in registered.TYPES:
            led[f"{step.kind}/{own}"] = place
    return led


def _place(asked: Asked, step: Step) -> str:
    if step.method == "PUT":
        step.logical_id = urlsplit(step.url).path.partition("/")[2] or None
        return f"{step.kind}/{step.logical_id or new_id()}"
    if step.kind == "Patient":
        step.held = newcomers.take(asked, step.entry["resource"])
        if step.held.status == newcomers.WAITS:
            raise _Waits(step)
        return f"Patient/{parsed(step.held.body)['id']}"
    condition = step.entry["request"].get("ifNoneExist")
    if condition:
        step.held = writing.create(_asked(asked, step), step.kind)
        return f"{step.kind}/{parsed(step.held.body)['id']}"
    step.logical_id = str(new_id())
    return f"{step.kind}/{step.logical_id}"


def redirected(value: Any, led: dict[str, str]) -> Any:
    """The resource with every reference, and every uri among its texts, led to where the bundle's resources will be."""
    if isinstance(value, dict):
        return {name: redirected(inner, led) for name, inner in value.items()}
    if isinstance(value, list):
        return [redirected(inner, led) for inner in value]
    return led.get(value, value) if isinstance(value, str) else value


def _write(asked: Asked, steps: list[Step]) -> None:
    """All new resources of the bundle in few statements."""
    plain = [step for step in steps if step.method == "POST" and step.logical_id and "?" not in step.url]
    for step in plain:
        if step.kind in registered.TYPES:
            raise writing.not_written(step.kind)
        if step.entry["resource"]["resourceType"] != step.kind:
            raise FhirError(
                400,
                "invalid",
                "地址与内容的类型不符 (type differs)",
                where=f"Bundle.entry[{step.at}].resource",
            )
    wishes = [writing.Wish(step.entry["resource"], step.logical_id) for step in plain]
    for step, row in zip(plain, writing.keep(asked, wishes, fresh=True), strict=True):
        step.held = _kept(asked, row)


def _kept(asked: Asked, row: Stored) -> Answer:
    headers = {
        "ETag": etag(row), "Location": f"{asked.base}{row.type}/{row.logical_id}/_history/{row.version}",
        "Last-Modified": row.written_at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
    }  # fmt: skip
    minimal = "return=representation" not in asked.header("prefer")
    return Answer(201, b"" if minimal else (row.body or "").encode(), headers)


def _answered(kind: str, responses: list[bytes]) -> Answer:
    head = text({"resourceType": "Bundle", "type": kind})
    return Answer(200, head[:-1] + b',"entry":' + joined(responses) + b"}" if responses else head)


def _response(answer: Answer) -> bytes:
    row: Row = {"status": str(answer.status)}
    for header, name in (("Location", "location"), ("ETag", "etag")):
        if header in answer.headers:
            row[name] = answer.headers[header]
    if answer.status >= 400:
        return text({})[:-1] + b'"response":' + text(row)[:-1] + b',"outcome":' + answer.body + b"}}"
    head = b'"response":' + text(row)
    return b"{" + (b'"resource":' + answer.body + b"," if answer.body else b"") + head + b"}"
