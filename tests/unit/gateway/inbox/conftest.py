"""A hospital whose system speaks HL7 v2, the base pack's mappings, and messages about made-up residents."""

from typing import Any

import pytest
from django.utils import timezone

from kangcheng.gateway.inbox import hl7, services
from kangcheng.gateway.inbox.types import Incoming
from kangcheng.gateway.machines import services as machines
from kangcheng.gateway.machines.selectors import caller_of
from kangcheng.policy.reader import load_pack
from tests.conftest import REPOSITORY
from tests.unit.gateway.fhir.conftest import words
from tests.unit.registry.conftest import county, hospital, identity, someone

__all__ = ["county", "hospital", "someone", "words"]


@pytest.fixture(scope="session")
def pack() -> Any:
    """The base pack."""
    return load_pack("base", root=REPOSITORY / "packs")


@pytest.fixture
def emr(hospital: Any, system: Any) -> Any:
    """Makes a hospital's system: emr("DEMO", 1) -> machine id."""

    def make(code: str = "DEMO", number: int = 1, scopes: str = "system/*.cruds") -> Any:
        return machines.register(
            code=code, title=f"{code} 系统", scopes=scopes, institution_id=hospital(number), by=system,
            on=timezone.localdate(),
        )  # fmt: skip

    return make


@pytest.fixture
def send(pack: Any) -> Any:
    """Sends a message as MLLP would; returns (acknowledgement code, words)."""

    def make(text: str, peer: str = "") -> tuple[str, str]:
        back = hl7.answer(text.encode(), peer=peer, pack=pack, now=timezone.now()).decode()
        line = next(one for one in back.split("\r") if one.startswith("MSA"))
        _, code, _, words = line.split("|")
        return code, words

    return make


@pytest.fixture
def row(pack: Any) -> Any:
    """Takes one row of the visits sheet for a machine."""

    def make(machine: Any, key: str, body: str) -> Any:
        now, today = timezone.now(), timezone.localdate()
        new = Incoming("sheet", "sheet-visits", key, body, "sheet-visits")
        return services.receive(
            new=new,
            sender="DEMO",
            caller=caller_of(machine, "treatment", today),
            pack=pack,
            on=today,
            now=now,
        )

    return make


def admission(
    number: int = 1, control: str = "1", visit: str = "V1", facility: str = "DEMO", **more: str
) -> str:
    """An ADT of somebody with a number."""
    kind, sex, code = more.get("kind", "A01"), more.get("sex", "M"), more.get("code", "I10.x00")
    who = more.get("identity", identity(number))
    return (
        f"MSH|^~\\&|HIS|{facility}|KC|CITY|20240520083000||ADT^{kind}|{control}|P|2.5.1\r"
        f"EVN||20240520083000\r"
        f"PID|1||A{number}^^^{facility}^MR~{who}^^^CN^NI||张^小{'甲乙丙丁'[number % 4]}||19800101|{sex}|||"
        f"某路{number}号^^^^^^^^150302001002||1380000{number:04d}\r"
        f"PV1|1|I|内一科{'|' * 16}{visit}\r"
        f"DG1|1||{code}^原发性高血压^I10\r"
    )


def result(
    number: int = 1, control: str = "2", value: str = "6.30", filler: str = "F1", facility: str = "DEMO"
) -> str:
    """An ORU of the same."""
    return (
        f"MSH|^~\\&|LIS|{facility}|KC|CITY|20240520101112||ORU^R01|{control}|P|2.5.1\r"
        f"PID|1||A{number}^^^{facility}^MR~{identity(number)}^^^CN^NI||张^小{'甲乙丙丁'[number % 4]}||19800101|M|||"
        f"某路{number}号^^^^^^^^150302001002||1380000{number:04d}\r"
        f"OBR|1|P1|{filler}|BIO^生化^L|||20240520090000\r"
        f"OBX|1|NM|15074-8^葡萄糖^LN||{value}|mmol/L|3.9-6.1|H|||F\r"
    )
