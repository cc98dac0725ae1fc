"""HL7 v2 messages: read with the `hl7` library, fields found by their place, fields changed, acknowledgements. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import hl7

from kangcheng.records.inbox.types import MessageError, Repeat

PLACE = re.compile(r"([A-Z][A-Z0-9]{2})(?:\[(\d{1,4})\])?-(\d{1,2})(?:\.(\d{1,2})(?:\.(\d{1,2}))?)?")
MOST_SEGMENTS = 5000
CHARSETS = {"": "utf-8", "UNICODE UTF-8": "utf-8", "UNICODE": "utf-8", "UTF-8": "utf-8", "ASCII": "ascii",
            "GB 18030-2000": "gb18030", "GB18030": "gb18030", "GBK": "gb18030", "GB2312": "gb18030"}  # fmt: skip


@dataclass(frozen=True)
class Head:
    """What MSH says: `kind` is ADT^A01; `facility` the sender's code; `control_id` the message's number there."""

    kind: str
    control_id: str
    facility: str
    application: str
    version: str
    processing: str


class Message:
    """A message that was read. Segments keep their order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parsed = _parsed(text)
        self.head = Head(
            self.kind(), self._msh(10), self._msh(4).split("^")[0], self._msh(3).split("^")[0], self._msh(12), self._msh(11)
        )  # fmt: skip

    def _msh(self, number: int) -> str:
        return found_in(self.parsed[0], number, 0, 0, self.parsed, None)

    def kind(self) -> str:
        """Message type and event: ADT^A01."""
        parts = [found_in(self.parsed[0], 9, one, 0, self.parsed, None) for one in (1, 2)]
        return "^".join(part for part in parts if part)

    def scopes(self, each: str) -> Iterator["Segments"]:
        """What a part sees: one scope, or one for each segment of this name with the nearest of every other before it."""
        if not each:
            first: dict[str, hl7.Segment] = {}
            for segment in self.parsed:
                first.setdefault(str(segment[0]), segment)
            yield Segments(self.parsed, first)
            return
        last: dict[str, hl7.Segment] = {}
        for segment in self.parsed:
            last[str(segment[0])] = segment
            if str(segment[0]) == each:
                yield Segments(self.parsed, dict(last))


class Segments:
    """The segments one resource is made from."""

    def __init__(self, message: hl7.Message, held: dict[str, hl7.Segment]) -> None:
        self.message, self.held = message, held

    def text(self, place: str, repeat: Repeat | None = None) -> str:
        """The text at a place such as PID-5.1; the HL7 null and what is not there are ""."""
        found = PLACE.fullmatch(place)
        segment = self.held.get(found[1]) if found else None
        if found is None or segment is None:
            return ""
        numbers = [int(found[at] or 0) for at in (3, 4, 5)]
        return found_in(segment, numbers[0], numbers[1], numbers[2], self.message, repeat)

    def same(self, name: str, other: "Segments") -> bool:
        """True when both see the same segment of this name."""
        return self.held.get(name) is other.held.get(name)


def found_in(
    segment: hl7.Segment, number: int, component: int, sub: int, message: hl7.Message, repeat: Repeat | None
) -> str:
    """The text of a field, of its component or subcomponent, unescaped."""
    if number >= len(segment):
        return ""
    field = segment[number]
    repetitions = list(field) if isinstance(field, hl7.Field) else [str(field)]
    if repeat is not None:
        repetitions = [one for one in repetitions if _part(one, repeat.component, 0) in repeat.among]
    raw = _part(repetitions[0], component, sub) if repetitions else ""
    return "" if raw == '""' else message.unescape(raw).strip()


def _part(repetition: object, component: int, sub: int) -> str:
    if not component:
        return str(repetition)
    if not isinstance(repetition, hl7.Repetition):
        return str(repetition) if component == 1 and sub in (0, 1) else ""
    if component > len(repetition):
        return ""
    one = repetition[component - 1]
    if not sub:
        return str(one)
    return str(one[sub - 1]) if sub <= len(one) else ""


def read(raw: bytes) -> Message:
    """The message in `raw`, in the character set that MSH-18 names. Raises MessageError."""
    first = raw[:2000].split(b"\r")[0].split(b"\n")[0]
    separator = first[3:4] or b"|"
    parts = first.split(separator)
    named = parts[17].decode("ascii", "replace").split("~")[0].strip() if len(parts) > 17 else ""
    return Message(_decoded(raw, CHARSETS.get(named)))


def _decoded(raw: bytes, charset: str | None) -> str:
    if charset is None:
        raise MessageError(
            "不认识的字符集 (unknown character set)", where="MSH-18", rule="UNICODE UTF-8、GB 18030-2000"
        )
    for one in dict.fromkeys((charset, "gb18030" if charset == "utf-8" else charset)):
        try:
            return raw.decode(one)
        except UnicodeDecodeError:
            continue
    raise MessageError("文字无法按 MSH-18 的字符集读出 (cannot be decoded)", where="MSH-18", rule=charset)


def _parsed(text: str) -> hl7.Message:
    lines = [line for line in re.split(r"\r\n|\r|\n", text) if line.strip()]
    if not lines or not lines[0].startswith("MSH") or len(lines[0]) < 9:
        raise MessageError(
            "不是 HL7 v2 消息 (not an HL7 v2 message)", where="MSH", rule="首段须为 MSH", todo="改正后重发"
        )
    if len(lines) > MOST_SEGMENTS:
        raise MessageError("段数过多 (too many segments)", where="MSH", rule=f"至多 {MOST_SEGMENTS} 段")
    for number, line in enumerate(lines, 1):
        if not re.match(r"[A-Z][A-Z0-9]{2}(\W|$)", line):
            raise MessageError("段名不对 (not a segment)", where=f"第 {number} 段", rule="三位大写字母或数字")
    try:
        return hl7.parse("\r".join(lines) + "\r")
    except (hl7.HL7Exception, AssertionError, IndexError, ValueError, KeyError) as error:
        raise MessageError(
            "不是 HL7 v2 消息 (not an HL7 v2 message)", where="MSH", todo="改正后重发"
        ) from error


def fields_of(text: str) -> list[tuple[str, str]]:
    """Every filled field as (PID[1]-5, raw text), in order: what a person may correct. MSH stays as it came."""
    found, counts = [], dict[str, int]()
    separator = text[3]
    for line in re.split(r"\r\n|\r|\n", text):
        name, *parts = line.split(separator)
        counts[name] = counts.get(name, 0) + 1
        if name not in ("MSH", ""):
            found += [(f"{name}[{counts[name]}]-{at}", part) for at, part in enumerate(parts, 1) if part]
    return found


def changed(text: str, fields: Mapping[str, str]) -> str:
    """The message with these fields (PID[1]-5 -> raw text) in place of what stood there. Raises MessageError."""
    separator, counts, lines = text[3], dict[str, int](), []
    wanted = {_spot(place): value for place, value in fields.items()}
    for value in wanted.values():
        if any(mark in value for mark in (separator, "\r", "\n")):
            raise MessageError(
                "字段里不能有分隔符或换行 (separator inside a field)", where="字段", rule=f"不含 {separator}"
            )
    for line in re.split(r"\r\n|\r|\n", text):
        parts = line.split(separator)
        counts[parts[0]] = counts.get(parts[0], 0) + 1
        for (name, occurrence, number), value in wanted.items():
            if name == parts[0] and occurrence == counts[name] and name != "MSH":
                parts += [""] * (number + 1 - len(parts))
                parts[number] = value
        lines.append(separator.join(parts))
    return "\r".join(lines)


def _spot(place: str) -> tuple[str, int, int]:
    found = PLACE.fullmatch(place)
    if found is None:
        raise MessageError("不是字段 (not a field)", where=place[:20], rule="如 PID[1]-5")
    return found[1], int(found[2] or 1), int(found[3])


def acknowledgement(head: Head | None, code: str, text: str, now: datetime, control_id: str) -> bytes:
    """An ACK: `code` AA (taken), AE (kept, but with faults) or AR (refused); `text` says why."""
    told = text.translate({ord(mark): " " for mark in "|^~\\&\r\n"})[:250]
    trigger = f"^{head.kind.partition('^')[2]}" if head and "^" in head.kind else ""
    sender = f"{head.application}|{head.facility}" if head else "|"
    lines = [
        f"MSH|^~\\&|KANGCHENG|CITY|{sender}|{now:%Y%m%d%H%M%S%z}||ACK{trigger}|{control_id}|P|2.5.1||||||UNICODE UTF-8",
        f"MSA|{code}|{head.control_id if head else ''}|{told}",
    ]
    return "".join(f"{line}\r" for line in lines).encode()
