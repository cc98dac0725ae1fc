"""HL7 v2 read, its fields changed, its faults told."""

from datetime import UTC, datetime

import pytest

from kangcheng.records.inbox import hl7v2
from kangcheng.records.inbox.rules import moment
from kangcheng.records.inbox.types import MessageError, Repeat

TEXT = (
    "MSH|^~\\&|HIS|DEMO|KC|CITY|20240520083000||ADT^A01|1001|P|2.5.1\r"
    "PID|1||A1^^^DEMO^MR~1503^^^CN^NI||张^小\\T\\明\r"
    'PV1|1|I|""\r'
)


def test_the_head_says_who_and_which():
    head = hl7v2.read(TEXT.encode()).head
    assert (head.kind, head.control_id, head.facility, head.application) == ("ADT^A01", "1001", "DEMO", "HIS")


def test_fields_components_repetitions_escapes_and_null():
    scope = next(hl7v2.read(TEXT.encode()).scopes(""))
    assert scope.text("PID-5.2") == "小&明"
    assert scope.text("PID-3.1", Repeat(5, frozenset({"NI"}))) == "1503"
    assert scope.text("PV1-3") == "" and scope.text("PV1-99") == "" and scope.text("ZZZ-1") == ""


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_chinese_in_both_character_sets(charset):
    assert next(hl7v2.read(TEXT.encode(charset)).scopes("")).text("PID-5.1") == "张"


def test_line_feeds_are_taken_too():
    assert hl7v2.read(TEXT.replace("\r", "\r\n").encode()).head.control_id == "1001"


@pytest.mark.parametrize(
    "raw", [b"", b"PID|1", b"MSH", b"MSH|^~\\&|\r\x00\x01", b"MSH|^~\\&|a\rnonsense", b"\xff\xfe\xff" * 9]
)
def test_what_is_no_message_is_refused(raw):
    with pytest.raises(MessageError):
        hl7v2.read(raw)


def test_an_unknown_character_set_is_refused():
    with pytest.raises(MessageError, match="字符集"):
        hl7v2.read(b"MSH|^~\\&|a|b|c|d|e||ADT^A01|1|P|2.5.1||||||KLINGON\r")


def test_fields_are_shown_and_changed_but_never_the_head():
    assert ("PID[1]-5", "张^小\\T\\明") in hl7v2.fields_of(TEXT)
    changed = hl7v2.changed(TEXT, {"PID[1]-5": "王^五", "PID[1]-8": "M", "MSH[1]-10": "9"})
    read = hl7v2.read(changed.encode())
    scope = next(read.scopes(""))
    assert (scope.text("PID-5.1"), scope.text("PID-8"), read.head.control_id) == ("王", "M", "1001")


@pytest.mark.parametrize("value", ["a|b", "a\rPID|2", "a\nb"])
def test_a_changed_field_cannot_become_two(value):
    with pytest.raises(MessageError):
        hl7v2.changed(TEXT, {"PID[1]-5": value})


def test_an_acknowledgement_can_be_read_and_carries_no_separator_of_the_words():
    head = hl7v2.read(TEXT.encode()).head
    ack = hl7v2.read(hl7v2.acknowledgement(head, "AE", "坏|了\r再来", datetime(2024, 5, 20, tzinfo=UTC), "7"))
    scope = next(ack.scopes(""))
    assert (ack.head.kind, scope.text("MSA-1"), scope.text("MSA-2"), scope.text("MSA-3")) == (
        "ACK^A01", "AE", "1001", "坏 了 再来",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("20240520", "2024-05-20"),
        ("202405200830", "2024-05-20T08:30:00+08:00"),
        ("20240520083015.25-0500", "2024-05-20T08:30:15-05:00"),
        ("2024-05-20 08:30", "2024-05-20T08:30:00+08:00"),
    ],
)
def test_moments(given, wanted):
    assert moment(given) == wanted


@pytest.mark.parametrize("given", ["2024", "20241301", "20240230", "2024052025", "nonsense", "202405202560"])
def test_what_is_no_moment(given):
    with pytest.raises(ValueError, match=r".*"):
        moment(given)
