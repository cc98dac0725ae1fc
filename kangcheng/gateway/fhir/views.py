"""The one door of the endpoint: who speaks, what is asked, and an OperationOutcome for whatever goes wrong."""

from typing import Any
from urllib.parse import parse_qsl

import structlog
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from kangcheng.base.accounts import selectors as accounts
from kangcheng.gateway.fhir import outcome, routes
from kangcheng.gateway.fhir.exchange import Answer, Asked, of_resource
from kangcheng.gateway.machines.selectors import caller
from kangcheng.gateway.machines.types import READ, Caller
from kangcheng.kernel.errors import KangchengError

LARGEST = 50 * 1024 * 1024  # bytes of a body
PURPOSES = frozenset({"treatment", "statistics", "research", "payment", "publichealth"})
TREATMENT = "treatment"
MOST_PARAMETERS = 200
SAFE = frozenset({"GET", "HEAD"})


@csrf_exempt  # machines show a token and no cookie; people's sessions may only read here
def endpoint(request: HttpRequest, path: str = "") -> HttpResponse:
    """Everything under /fhir/."""
    try:
        found = _answered(request, path)
    except KangchengError as error:
        found = outcome.answer(error)
    except DataError:  # its own words would quote what was sent
        found = _told(422, "value", "内容过长、超出范围或含不能保存的字符 (cannot be stored)")
    except OperationalError:
        structlog.get_logger(__name__).warning("database away", exc_info=True)
        found = _told(503, "transient", "数据库暂不可用，请稍后重试 (try again)")
    return _sent(found)


def _answered(request: HttpRequest, path: str) -> Answer:
    if path.strip("/") == "metadata" and request.method == "GET":
        return routes.capabilities(_base(request))
    speaker = _caller(request)
    if speaker is None:
        answer = _told(401, "login", "请出示有效的令牌 (show a valid token)")
        answer.headers["WWW-Authenticate"] = 'Bearer realm="fhir"'
        return answer
    return routes.answer(_asked(request, path, speaker))


def _asked(request: HttpRequest, path: str, speaker: Caller) -> Asked:
    method = request.method or "GET"
    now = timezone.now()
    return Asked(
        method=method, path=tuple(part for part in path.split("/") if part),
        given=_given(request),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=b"" if method in SAFE else _body(request), caller=speaker, today=timezone.localdate(now), now=now,
        base=_base(request),
    )  # fmt: skip


def _given(request: HttpRequest) -> list[tuple[str, str]]:
    """The parameters in their order; the server hands the address over as latin-1."""
    text = request.META.get("QUERY_STRING", "")
    try:
        text = text.encode("latin-1").decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        raise outcome.FhirError(
            400, "invalid", "地址的参数无法识别或过多 (query string)", where="query"
        ) from error


def _body(request: HttpRequest) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST:
        raise outcome.FhirError(
            413, "too-long", "内容过大 (body too large)", rule="至多 50 MB", todo="分批发送"
        )
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise outcome.FhirError(
            413, "too-long", "内容过大 (body too large)", rule="至多 50 MB", todo="分批发送"
        )
    return body


def _caller(request: HttpRequest) -> Caller | None:
    """A machine by its token, or a person by the session (to read only)."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    purpose = request.headers.get("X-Purpose", TREATMENT).lower()
    if purpose not in PURPOSES:
        purpose = TREATMENT
    today = timezone.localdate()
    if kind.lower() == "bearer":
        return caller(token.strip(), purpose, today) if token.isascii() and len(token) < 200 else None
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.method not in SAFE:
        return None
    actor = accounts.actor_for(user, purpose=purpose, on=today)
    if not (actor.may("record.look") or actor.may("own.look")):
        raise outcome.forbidden("您的角色不能查看健康档案 (not permitted)", "record.look")
    return Caller(actor, READ, next(iter(sorted(actor.institutions)), None), machine=False)


def _base(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}/fhir/"


def _told(status: int, code: str, what: str) -> Answer:
    return of_resource(outcome.outcome([{"severity": "error", "code": code, "diagnostics": what}]), status)


def _sent(found: Answer) -> HttpResponse:
    response = HttpResponse(found.body, status=found.status, content_type=found.type, headers=found.headers)
    response["Cache-Control"] = "no-store"
    return response
