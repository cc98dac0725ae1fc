"""Logs as fields, one JSON object a line on stderr. No person's data: only names on the list below may carry text."""

import logging
import sys
from typing import Any, TextIO

import structlog

# What a log line may say about a request or job; everything else is dropped, so a slip cannot leak a name or number.
ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "exception",
        "error_class",
        "job",
        "task",
        "queue",
        "attempt",
        "seconds",
        "rows",
        "status",
        "method",
        "path",
        "verb",
        "topic",
        "consumer",
        "pack",
        "release",
        "count",
        "port",
        "workers",
        "version",
        "step",
    }
)


def configure_logs(*, level: str, stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's loggers through one formatter to `stream` (default: stderr)."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_steps(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_steps(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def drop_unlisted(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Keep only the fields on the allow list (and structlog's own, which begin with `_`)."""
    return {key: value for key, value in event.items() if key in ALLOWED or key.startswith("_")}


def error_class(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Name an exception by class and place, without its message: messages may quote a person's data."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        event["error_class"] = info[0].__name__
        event["exception"] = _places(info[2])
    return event


def _places(trace: Any) -> str:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('site-packages/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(places[-8:])


def _steps() -> list[Any]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        error_class,
        drop_unlisted,
    ]
