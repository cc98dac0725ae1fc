"""The short way for machines: from the WSGI server to the interaction, past sessions, languages and forms, which they have none of.

The same token, scopes, access control and look log as by the long way (`views`): both end in `door.answer`. The database
connection of the thread stays open between requests; a broken one is closed, and a reading request tried once more.
"""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http.request import split_domain_port, validate_host

from kangcheng.gateway.fhir import door
from kangcheng.gateway.fhir.exchange import Answer

Start = Callable[..., Any]
Application = Callable[[Any, Start], Iterable[bytes]]  # the environment: a dictionary of the server
PREFIX = "/fhir/"
ALWAYS = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))


def before(rest: Application) -> Application:
    """`rest`, with machines' requests to the endpoint answered directly."""

    def application(environ: Mapping[str, Any], start: Start) -> Iterable[bytes]:
        ours = str(environ.get("PATH_INFO", "")).startswith(PREFIX)
        if not ours or not str(environ.get("HTTP_AUTHORIZATION", "")).lower().startswith("bearer "):
            return rest(environ, start)
        found = _answered(environ)
        start(f"{found.status} {_phrase(found.status)}", _head(found))
        return [found.body] if environ.get("REQUEST_METHOD") != "HEAD" else []

    return application


def _answered(environ: Mapping[str, Any]) -> Answer:
    host = str(environ.get("HTTP_HOST") or environ.get("SERVER_NAME") or "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return door.told(400, "invalid", "主机名不在服务范围 (host not served)")
    if settings.HTTPS and not _secure(environ):
        return door.told(403, "security", "只接受 HTTPS (https only)")
    request = _request(environ, host)
    try:
        return door.answer(request)
    except (OperationalError, InterfaceError):
        connection.close()
        if request.method in door.SAFE:
            return _again(request)
        return door.away()
    except Exception:
        connection.close()
        structlog.get_logger(__name__).error("fhir request failed", exc_info=True)
        return door.told(500, "exception", "服务内部错误，已记录 (internal error, recorded)")


def _again(request: door.Request) -> Answer:
    try:
        return door.answer(request)
    except (OperationalError, InterfaceError):
        connection.close()
        return door.away()


def _request(environ: Mapping[str, Any], host: str) -> door.Request:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    scheme = "https" if _secure(environ) else "http"
    path = str(environ["PATH_INFO"])[len(PREFIX) :].encode("latin-1", "replace").decode("utf-8", "replace")
    return door.Request(
        method=str(environ["REQUEST_METHOD"]), path=path, query=str(environ.get("QUERY_STRING", "")), headers=headers,
        length=str(environ.get("CONTENT_LENGTH") or "0"), read=environ["wsgi.input"].read, base=f"{scheme}://{host}{PREFIX}",
    )  # fmt: skip


def _secure(environ: Mapping[str, Any]) -> bool:
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        return bool(environ.get(name) == value)
    return environ.get("wsgi.url_scheme") == "https"


def _head(found: Answer) -> list[tuple[str, str]]:
    head = [
        ("Content-Type", found.type),
        ("Content-Length", str(len(found.body))),
        *ALWAYS,
        *found.headers.items(),
    ]
    if settings.HTTPS:
        head.append(
            ("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains")
        )
    return head


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
