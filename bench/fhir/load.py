"""Load a FHIR R4 server over HTTP: knows nothing of whose it is. `python -m bench.fhir.load --base URL --token T`.

Each scenario runs `--seconds` at `--clients` keep-alive connections, one process each. With `--server PID,...` the processor
time of those processes (and their children) a request is printed: the figure that noise on the machine hurts least.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
CODES = [f"{number}-{number % 10}" for number in range(8000, 8040)]
NAMES = "张王李赵陈刘杨黄吴周徐孙马朱胡林郭何高罗"
GIVEN = "明华强伟芳娜敏静丽军磊洋勇艳杰涛超霞平刚桂英"
WARM_SECONDS = 3.0
TICKS = os.sysconf("SC_CLK_TCK")
Request = tuple[str, str, bytes]


@dataclass
class Known:
    """What earlier scenarios made."""

    patients: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    observations: list[str] = field(default_factory=list)


@dataclass
class Target:
    """The server and how its patients are identified."""

    base: str
    token: str
    identity: str
    area: str


def main() -> None:
    """Run the scenarios and print a row for each."""
    parser = argparse.ArgumentParser(prog="bench.fhir.load", description=__doc__)
    parser.add_argument("--base", required=True)
    parser.add_argument("--token", default="")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--server", default="", help="ids of the server's processes, for processor time")
    parser.add_argument(
        "--identity", default="", help="system of citizens' numbers, where the server wants real ones"
    )
    parser.add_argument("--area", default="", help="area of residence, where the server wants one")
    parser.add_argument("--only", default="")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    target = Target(asked.base.rstrip("/"), asked.token, asked.identity, asked.area)
    rows = run(
        target, asked.clients, asked.seconds, [int(p) for p in asked.server.split(",") if p], asked.only
    )
    print(json.dumps(rows) if asked.json else told(rows))


def run(
    target: Target, clients: int, seconds: float, server: list[int], only: str = ""
) -> list[dict[str, Any]]:
    """One row a scenario: requests a second, latencies in ms, failures, processor ms of the server a request."""
    known, rows = Known(), list[dict[str, Any]]()
    for name in (
        "create Patient",
        "create Observation",
    ):  # not measured: every process reads its tables at the first request
        _scenario(name, target, clients, WARM_SECONDS, [], known)
    for name in SCENARIOS:
        if only and name not in ("create Patient", "create Observation") and name not in only.split(","):
            continue
        rows.append(_scenario(name, target, clients, seconds, server, known))
    return rows


def _scenario(
    name: str, target: Target, clients: int, seconds: float, server: list[int], known: Known
) -> dict[str, Any]:
    before = _processor(server)
    with multiprocessing.Pool(clients) as pool:
        jobs = [(name, target, seconds, known, time.time_ns() + number) for number in range(clients)]
        found = pool.starmap(_client, jobs)
    spent = _processor(server) - before
    times = sorted(one for result in found for one in result["times"])
    for result in found:
        known.patients += result["made"].get("Patient", [])
        known.observations += result["made"].get("Observation", [])
        known.identifiers += result["made"].get("identifier", [])
    count = len(times) or 1
    return {
        "scenario": name, "requests": len(times), "failed": sum(result["failed"] for result in found),
        "per_second": round(sum(len(r["times"]) / r["took"] for r in found), 1),
        "p50_ms": round(statistics.median(times) * 1000, 1) if times else None,
        "p95_ms": round(times[int(len(times) * 0.95)] * 1000, 1) if times else None,
        "server_cpu_ms": round(spent * 1000 / count, 2) if server else None,
    }  # fmt: skip


def _client(name: str, target: Target, seconds: float, known: Known, seed: int) -> dict[str, Any]:
    chance, address = random.Random(seed), urlsplit(target.base)
    link = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    made: dict[str, list[str]] = {}
    times, failed, begin = [], 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        method, path, body = SCENARIOS[name](chance, known, target, made)
        start = time.perf_counter()
        link.request(method, f"{address.path}/{path}", body or None, {
            "Authorization": f"Bearer {target.token}", "Content-Type": "application/fhir+json"})  # fmt: skip
        answer = link.getresponse()
        text = answer.read()
        times.append(time.perf_counter() - start)
        failed += answer.status >= 400
        if method == "POST" and answer.status in (200, 201) and path:
            made.setdefault(path, []).append(json.loads(text)["id"])
    return {"times": times, "failed": failed, "made": made, "took": time.perf_counter() - begin}


def patient(chance: random.Random, target: Target, made: dict[str, list[str]]) -> dict[str, Any]:
    """A made-up resident."""
    birth = f"{chance.randrange(1940, 2020)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
    number = str(chance.randrange(10**17)) if not target.identity else identity(chance, birth)
    system = target.identity or "urn:bench"
    made.setdefault("identifier", []).append(f"{system}|{number}")
    sex = "male" if not target.identity or int(number[16]) % 2 else "female"
    family, given = chance.choice(NAMES), "".join(chance.choice(GIVEN) for _ in range(2))
    address: dict[str, Any] = {"text": f"某路{chance.randrange(1000)}号"}
    if target.area:
        address["extension"] = [{"url": "urn:kangcheng:area", "valueCoding": {"code": target.area}}]
    return {
        "resourceType": "Patient", "identifier": [{"system": system, "value": number}], "gender": sex, "birthDate": birth,
        "name": [{"family": family, "given": [given], "text": family + given}], "address": [address],
        "telecom": [{"system": "phone", "value": f"138{chance.randrange(10**8):08d}"}],
    }  # fmt: skip


def identity(chance: random.Random, birth: str) -> str:
    """A number of the right form that is nobody's: sequence and county made up."""
    body = f"15{chance.randrange(1, 9999):04d}{birth.replace('-', '')}{chance.randrange(1, 999):03d}"
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def observation(chance: random.Random, subject: str) -> dict[str, Any]:
    """A laboratory result of about 1 kB."""
    at = f"20{chance.randrange(14, 27)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}T08:30:00+08:00"
    return {
        "resourceType": "Observation", "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": chance.choice(CODES), "display": "Glucose"}], "text": "血糖"},
        "subject": {"reference": subject}, "effectiveDateTime": at, "issued": at,
        "valueQuantity": {"value": chance.randrange(30, 200) / 10, "unit": "mmol/L", "system": UCUM, "code": "mmol/L"},
        "referenceRange": [{"low": {"value": 3.9, "unit": "mmol/L"}, "high": {"value": 6.1, "unit": "mmol/L"}}],
        "interpretation": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "N"}]}],
    }  # fmt: skip


def bundle(chance: random.Random, subject: str) -> dict[str, Any]:
    """A transaction of 20: an encounter and what was found there."""
    entries = [
        {"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000001", "request": {"method": "POST", "url": "Encounter"},
         "resource": {"resourceType": "Encounter", "status": "finished", "subject": {"reference": subject},
                      "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}}}
    ]  # fmt: skip
    for _ in range(19):
        one = observation(chance, subject) | {"encounter": {"reference": entries[0]["fullUrl"]}}
        entries.append({"resource": one, "request": {"method": "POST", "url": "Observation"}})  # type: ignore[dict-item]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _post(path: str, body: Any) -> Request:
    return "POST", path, json.dumps(body, ensure_ascii=False).encode()


def _someone(chance: random.Random, known: Known) -> str:
    return f"Patient/{chance.choice(known.patients)}"


def _by_code(chance: random.Random, known: Known) -> Request:
    given = {
        "patient": chance.choice(known.patients),
        "code": f"{LOINC}|{chance.choice(CODES)}",
        "date": "ge2016-01-01",
    }
    return "GET", f"Observation?{urlencode(given)}", b""


SCENARIOS: dict[str, Callable[[random.Random, Known, Target, dict[str, list[str]]], Request]] = {
    "create Patient": lambda c, k, t, m: _post("Patient", patient(c, t, m)),
    "create Observation": lambda c, k, t, m: _post("Observation", observation(c, _someone(c, k))),
    "read Observation": lambda c, k, t, m: ("GET", f"Observation/{c.choice(k.observations)}", b""),
    "Observation?patient&code&date": lambda c, k, t, m: _by_code(c, k),
    "Patient?name": lambda c, k, t, m: ("GET", f"Patient?{urlencode({'name': c.choice(NAMES) + c.choice(GIVEN)})}", b""),
    "Patient?identifier": lambda c, k, t, m: (
        "GET", f"Patient?{urlencode({'identifier': c.choice(k.identifiers)})}", b""),
    "transaction of 20": lambda c, k, t, m: _post("", bundle(c, _someone(c, k))),
}  # fmt: skip


def _processor(server: list[int]) -> float:
    """Seconds of processor time the processes and their children have used."""
    total = 0
    for pid in {one for given in server for one in [given, *_children(given)]}:
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                parts = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(parts[place]) for place in (11, 12, 13, 14))
    return total / TICKS


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="utf-8") as file:
                direct = [int(one) for one in file.read().split()]
            found += [one for child in direct for one in [child, *_children(child)]]
    except OSError:
        return found
    return found


def told(rows: list[dict[str, Any]]) -> str:
    """The rows as a table."""
    lines = ["scenario                        req/s   p50 ms   p95 ms  cpu ms/req  requests  failed"]
    for row in rows:
        lines.append(
            f"{row['scenario']:<30} {row['per_second']:>7} {row['p50_ms'] or 0:>8} {row['p95_ms'] or 0:>8} "
            f"{row['server_cpu_ms'] or 0:>11} {row['requests']:>9} {row['failed']:>7}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
