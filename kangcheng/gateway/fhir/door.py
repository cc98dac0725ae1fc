"""The one door of the endpoint: who speaks, what is asked, and an OperationOutcome for whatever goes wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.db import DataError
from django.utils import timezone

from kangcheng.gateway.fhir import outcome, routes
from kangcheng.gateway.fhir.exchange import Answer, Asked, of_resource
from kangcheng.gateway.machines.selectors import caller
from kangcheng.gateway.machines.types import Caller
from kangcheng.kernel.errors import KangchengError

LARGEST = 50 * 1024 * 1024  # bytes of a body
MOST_PARAMETERS = 200
LONGEST_TOKEN = 200
PURPOSES = frozenset({"treatment", "statistics", "research", "payment", "publichealth"})
TREATMENT = "treatment"
SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Request:
    """A request as it came over HTTP. `query` as the server hands it over: latin-1 for bytes that are not ASCII."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]  # lower-case names
    length: str
    read: Callable[[int], bytes]
    base: str


def answer(request: Request, person: Callable[[str], Caller | None] | None = None) -> Answer:
    """The answer to a request; `person` tells who is logged in where no token is shown. Raises what the database raises."""
    try:
        return _answered(request, person)
    except KangchengError as error:
        return outcome.answer(error)
    except DataError:  # its own words would quote what was sent
        return told(422, "value", "内容过长、超出范围或含不能保存的字符 (cannot be stored)")


def _answered(request: Request, person: Callable[[str], Caller | None] | None) -> Answer:
    if request.path.strip("/") == "metadata" and request.method == "GET":
        return routes.capabilities(request.base)
    purpose = request.headers.get("x-purpose", TREATMENT).lower()
    speaker = _machine(request, purpose) or (
        person(purpose if purpose in PURPOSES else TREATMENT) if person else None
    )
    if speaker is None:
        refused = told(401, "login", "请出示有效的令牌 (show a valid token)")
        refused.headers["WWW-Authenticate"] = 'Bearer realm="fhir"'
        return refused
    return routes.answer(_asked(request, speaker))


def _machine(request: Request, purpose: str) -> Caller | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not token.isascii() or not 0 < len(token) < LONGEST_TOKEN:
        return None
    return caller(token, purpose if purpose in PURPOSES else TREATMENT, timezone.localdate())


def _asked(request: Request, speaker: Caller) -> Asked:
    now = timezone.now()
    return Asked(
        method=request.method, path=tuple(part for part in request.path.split("/") if part), given=_given(request.query),
        headers=request.headers, body=b"" if request.method in SAFE else _body(request), caller=speaker,
        today=timezone.localdate(now), now=now, base=request.base,
    )  # fmt: skip


def _given(query: str) -> list[tuple[str, str]]:
    """The parameters in their order."""
    if not query:
        return []
    try:
        text = query.encode("latin-1").decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        raise outcome.FhirError(
            400, "invalid", "地址的参数无法识别或过多 (query string)", where="query"
        ) from error


def _body(request: Request) -> bytes:
    if not request.length.isdigit() or int(request.length) > LARGEST:
        raise _too_long()
    body = request.read(int(request.length))
    if len(body) > LARGEST:
        raise _too_long()
    return body


def _too_long() -> outcome.FhirError:
    return outcome.FhirError(413, "too-long", "内容过大 (body too large)", rule="至多 50 MB", todo="分批发送")


def told(status: int, code: str, what: str) -> Answer:
    """One sentence as an answer."""
    return of_resource(outcome.outcome([{"severity": "error", "code": code, "diagnostics": what}]), status)


def away() -> Answer:
    """The database cannot be reached just now."""
    return told(503, "transient", "数据库暂不可用，请稍后重试 (try again)")
