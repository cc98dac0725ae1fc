"""A day of a city's traffic as hospitals' systems send it: HL7 v2 messages and FHIR bundles. The same seed, the same bytes.

Everybody is made up: numbers carry a county code and a birthday, and a sequence that only this generator uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from kangcheng.kernel.ids import check_digit
from kangcheng.synth.draw import Streams

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "安邦晨达恩芳国涵嘉佳坤兰明宁鹏琪荣诗桐文欣雅泽志君丽敏强伟秀英勇"
DIAGNOSES = (
    ("I10.x00", "原发性高血压"),
    ("E11.900", "2型糖尿病"),
    ("J06.900", "急性上呼吸道感染"),
    ("K29.500", "慢性胃炎"),
)
TESTS = (("15074-8", "葡萄糖", "mmol/L", "3.9-6.1", 3.5, 12.0), ("2160-0", "肌酐", "umol/L", "57-111", 40.0, 160.0),
         ("1742-6", "丙氨酸氨基转移酶", "U/L", "9-50", 5.0, 120.0), ("718-7", "血红蛋白", "g/L", "130-175", 80.0, 180.0))  # fmt: skip
ADMITTED, OVER_FHIR, FAULTY = (
    0.25,
    0.2,
    0.02,
)  # shares: stays among visits, visits sent as bundles, messages with a fault
LOINC, IDENTITY = "http://loinc.org", "urn:oid:2.16.156.10011.1.3"


@dataclass(frozen=True)
class Sent:
    """One message: who sends it, how ("hl7v2" or "fhir"), and its text."""

    sender: str
    channel: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Somebody:
    """A made-up resident as a hospital knows one."""

    number: str
    identity: str
    name: str
    born: date
    male: bool
    phone: str
    area: str
    house: int


def day(*, seed: int, on: date, senders: list[str], visits: int, areas: list[str]) -> Iterator[Sent]:
    """The messages of `visits` visits at each sender, in the order of the day. `areas`: codes of villages (12 digits)."""
    every = [
        message
        for number, sender in enumerate(senders)
        for message in _of_sender(Streams(seed, number), sender, on, visits, areas)
    ]
    return iter(sorted(every, key=lambda one: (one.at, one.sender)))


def _of_sender(streams: Streams, sender: str, on: date, visits: int, areas: list[str]) -> Iterator[Sent]:
    rng = streams("hospital-day")
    for number in range(visits):
        who = _somebody(rng, number + streams.block * visits, areas)
        at = datetime.combine(on, datetime.min.time()) + timedelta(
            seconds=int(rng.integers(7 * 3600, 18 * 3600))
        )
        visit = f"{on:%Y%m%d}{number:05d}"
        if rng.random() < OVER_FHIR:
            yield Sent(sender, "fhir", at, _bundle(rng, sender, who, visit, at))
        else:
            yield from _messages(rng, sender, who, visit, at)


def _somebody(rng: np.random.Generator, number: int, areas: list[str]) -> Somebody:
    area = areas[int(rng.integers(len(areas)))]
    born = date(1935, 1, 1) + timedelta(days=int(rng.integers(30_000)))
    male = bool(rng.random() < 0.5)
    body = f"{area[:6]}{born:%Y%m%d}{number % 450 * 2 + 100 + male:03d}"
    name = SURNAMES[int(rng.integers(len(SURNAMES)))] + "".join(
        GIVEN[int(one)] for one in rng.integers(len(GIVEN), size=2)
    )
    phone = f"139{int(rng.integers(10**8)):08d}"
    return Somebody(f"P{number:08d}", body + check_digit(body), name, born, male, phone, area, number + 1)


def _messages(
    rng: np.random.Generator, sender: str, who: Somebody, visit: str, at: datetime
) -> Iterator[Sent]:
    stays = bool(rng.random() < ADMITTED)
    code, title = DIAGNOSES[int(rng.integers(len(DIAGNOSES)))]
    sex = "9" if rng.random() < FAULTY else "M" if who.male else "F"
    person = (
        f"PID|1||{who.number}^^^{sender}^MR~{who.identity}^^^CN^NI||{who.name[0]}^{who.name[1:]}||{who.born:%Y%m%d}|{sex}"
        f"|||康宁路{who.house}号^^^^^^^^{who.area}||{who.phone}"
    )
    seen = f"PV1|1|{'I' if stays else 'O'}|内科{'|' * 16}{visit}{'|' * 25}{at:%Y%m%d%H%M%S}"
    order = [f"OBR|1|O{visit}|{{filler}}|BIO^生化^L|R||{at:%Y%m%d%H%M%S}"]
    later = [at + timedelta(minutes=minutes) for minutes in (0, 5, 65)]
    numbers = [f"{visit}-{step}" for step in range(3)]
    yield _hl7(sender, "ADT^A01" if stays else "ADT^A04", numbers[0], later[0],
               [f"EVN||{at:%Y%m%d%H%M%S}", person, seen, f"DG1|1||{code}^{title}^I10"])  # fmt: skip
    yield _hl7(sender, "ORM^O01", numbers[1], later[1],
               [person, seen, f"ORC|NW|O{visit}", order[0].format(filler="")])  # fmt: skip
    results = [f"OBX|{place}|NM|{one[0]}^{one[1]}^LN||{_result(rng, one)}|{one[2]}|{one[3]}||||F"
               for place, one in enumerate(TESTS, 1)]  # fmt: skip
    yield _hl7(
        sender, "ORU^R01", numbers[2], later[2], [person, seen, order[0].format(filler=f"F{visit}"), *results]
    )


def _result(rng: np.random.Generator, test: tuple[str, str, str, str, float, float]) -> str:
    return f"{float(rng.uniform(test[4], test[5])):.1f}"


def _hl7(sender: str, kind: str, number: str, at: datetime, segments: list[str]) -> Sent:
    head = (
        f"MSH|^~\\&|HIS|{sender}|KANGCHENG|CITY|{at:%Y%m%d%H%M%S}||{kind}|{number}|P|2.5.1||||||UNICODE UTF-8"
    )
    return Sent(sender, "hl7v2", at, "".join(f"{line}\r" for line in (head, *segments)))


def _bundle(rng: np.random.Generator, sender: str, who: Somebody, visit: str, at: datetime) -> str:
    moment, subject = f"{at.isoformat()}+08:00", {"reference": "urn:uuid:patient"}
    patient = {
        "resourceType": "Patient", "name": [{"text": who.name}], "gender": "male" if who.male else "female",
        "birthDate": who.born.isoformat(), "telecom": [{"system": "phone", "value": who.phone}],
        "identifier": [{"system": f"urn:kangcheng:source:{sender}", "value": who.number},
                       {"system": IDENTITY, "value": who.identity}],
        "address": [{"text": f"康宁路{who.house}号", "extension": [
            {"url": "urn:kangcheng:area", "valueCoding": {"code": who.area}}]}],
    }  # fmt: skip
    encounter = {
        "resourceType": "Encounter", "status": "finished", "subject": subject, "period": {"start": moment},
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "identifier": [{"value": visit}],
    }  # fmt: skip
    results = [
        {"resourceType": "Observation", "status": "final", "subject": subject, "effectiveDateTime": moment,
         "identifier": [{"value": f"{visit}-{one[0]}"}],
         "code": {"coding": [{"system": LOINC, "code": one[0]}], "text": one[1]},
         "valueQuantity": {"value": float(_result(rng, one)), "unit": one[2]}}
        for one in TESTS
    ]  # fmt: skip
    entries = [
        {"fullUrl": "urn:uuid:patient", "resource": patient, "request": {"method": "POST", "url": "Patient"}}
    ]
    entries += [
        {"resource": one, "request": {"method": "POST", "url": str(one["resourceType"])}}
        for one in [encounter, *results]
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "identifier": {"value": visit},
        "entry": entries,
    }
    return json.dumps(bundle, ensure_ascii=False)
