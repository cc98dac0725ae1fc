"""Logs say what happened, never to whom."""

import io
import json
import logging

import pytest
import structlog

from kangcheng.base.logs import configure_logs


@pytest.fixture
def lines():
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level, structlog.get_config()
    configure_logs(level="INFO", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before[0], before[1]
    structlog.configure(**before[2])


def test_only_listed_fields_are_written(lines):
    structlog.get_logger("kangcheng.x").info("settled", rows=3, name="张三", identity="11010519491231002X")
    (line,) = lines()
    assert (line["event"], line["rows"], line["level"]) == ("settled", 3, "info")
    assert set(line) == {"event", "rows", "level", "logger", "timestamp"}


def test_an_exception_is_named_without_its_message(lines):
    try:
        raise ValueError("11010519491231002X is wrong")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error")
    (line,) = lines()
    assert line["error_class"] == "ValueError" and "test_logs.py" in line["exception"]
    assert "11010519491231002X" not in json.dumps(line)
