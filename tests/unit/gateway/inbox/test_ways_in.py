"""The line (MLLP), files and bundles."""

import asyncio
import json

import pytest
from django.utils import timezone

from kangcheng.gateway.inbox import files, mllp, sheets
from kangcheng.gateway.inbox.models import InboxMessage
from kangcheng.gateway.inbox.types import InboxError
from kangcheng.gateway.machines.selectors import caller_of
from kangcheng.kernel.errors import Faults
from kangcheng.records.store.models import Resource
from tests.unit.gateway.fhir.conftest import observation, patient
from tests.unit.gateway.inbox.conftest import admission
from tests.unit.registry.conftest import identity


def talk(sent: bytes, most_bytes: int = 1000) -> bytes:
    """What the line answers to these bytes; each message is answered with its length and text."""

    async def both() -> bytes:
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        server = asyncio.create_task(
            mllp.listen(
                lambda raw, peer: f"{len(raw)}:".encode() + raw, host="127.0.0.1", port=0, workers=2, papers=None,
                most_bytes=most_bytes, ready=port.set_result,
            )
        )  # fmt: skip
        reader, writer = await asyncio.open_connection("127.0.0.1", await port)
        writer.write(sent)
        writer.write_eof()
        try:
            return await asyncio.wait_for(reader.read(), 5)
        except ConnectionError:
            return b""
        finally:
            writer.close()
            server.cancel()

    return asyncio.run(both())


def test_messages_on_a_line_are_answered_in_their_order():
    assert talk(b"\x0bone\x1c\r\r\nrubbish\x0bthree\x1c\r") == b"\x0b3:one\x1c\r\x0b5:three\x1c\r"


def test_a_message_too_large_or_cut_off_ends_the_line():
    assert talk(b"\x0b" + b"x" * 5000 + b"\x1c\r") == b""
    assert talk(b"\x0bhalf") == b"" and talk(b"") == b""


def test_beyond_this_machine_only_with_certificates():
    with pytest.raises(InboxError, match="TLS"):
        asyncio.run(mllp.listen(lambda raw, peer: raw, host="0.0.0.0", port=0, workers=1, papers=None))


@pytest.fixture
def given(db, emr, pack):
    machine, today = emr(), timezone.localdate()
    return {"sender": "DEMO", "caller": caller_of(machine, "treatment", today), "pack": pack, "on": today,
            "now": timezone.now()}  # fmt: skip


def bundle(value: str = "6.30", second: bool = False) -> str:
    entries = [
        {"fullUrl": "urn:uuid:p", "resource": patient("张小明", identity(1)), "request": {"method": "POST", "url": "Patient"}},
        {"fullUrl": "urn:uuid:o", "request": {"method": "POST", "url": "Observation"},
         "resource": observation("x", identifier=[{"system": "urn:lis", "value": "7"}])},
    ]  # fmt: skip
    entries[1]["resource"]["subject"] = {"reference": "urn:uuid:p"}
    if second:
        entries.append(entries[0])
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).replace(
        "6.3", value
    )


def test_a_bundle_is_a_message_and_its_correction_a_new_version(given):
    assert list(files.receive_all(files.of_bundle(bundle()), **given)) == ["taken"]
    assert list(files.receive_all(files.of_bundle(bundle()), **given)) == ["again"]
    assert list(files.receive_all(files.of_bundle(bundle("7.10")), **given)) == ["taken"]
    assert Resource.objects.get(type="Observation").version == 2


def test_a_bundle_about_two_people_is_refused_with_its_fault(given):
    assert list(files.receive_all(files.of_bundle(bundle(second=True)), **given)) == ["refused"]
    assert "Patient" in InboxMessage.objects.get().faults[0][1]


def test_a_file_of_several_messages(given):
    text = admission() + "\n" + admission(control="2", kind="A03")
    assert list(files.receive_all(files.of_hl7(text.encode(), "DEMO"), **given)) == ["taken", "taken"]
    with pytest.raises(InboxError):
        files.of_hl7(text.encode(), "OTHER")


HEAD = "流水号,档案号,姓名,身份证号,性别,出生日期,类别,就诊时间,诊断编码,诊断名称\n"


def test_a_sheet_with_other_headings_is_taken_row_by_row(given):
    good = f"M1,A1,张小甲,{identity(1)},男,1980-01-01,门诊,2024-05-20,J06.900,感冒\n"
    bad = f"M2,A2,李小乙,{identity(2)},男,1980-01-01,飞诊,2024-05-20,,\n"
    take = {"name": "visits.csv", "mapping_id": "sheet-visits", **given}
    assert sheets.take(content=(HEAD + good + bad).encode("gb18030"), **take) == {"taken": 1, "refused": 1}
    assert sheets.take(content=(HEAD + good).encode(), **take) == {"again": 1}
    assert sheets.take(content=(HEAD + good.replace("感冒", "咳嗽")).encode(), **take) == {"clashing": 1}


def test_a_sheet_without_a_needed_column_is_refused_whole(given):
    with pytest.raises(Faults):
        sheets.take(content="姓名\n张三\n".encode(), name="a.csv", mapping_id="sheet-visits", **given)
    with pytest.raises(InboxError):
        sheets.take(content=HEAD.encode(), name="a.csv", mapping_id="hl7-adt", **given)
