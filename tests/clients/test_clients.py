"""fhirclient, fhirpy and fhir-kit-client against our endpoint."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KIT = Path(__file__).resolve().parents[2] / "var" / "node_modules" / "fhir-kit-client"
RESULT = {"resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "15074-8"}]},
          "valueQuantity": {"value": 6.3, "unit": "mmol/L"}, "effectiveDateTime": "2024-05-01"}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def test_fhirpy(endpoint):
    from fhirpy import SyncFHIRClient

    address, token, person = endpoint
    client = SyncFHIRClient(address, authorization=f"Bearer {token}")
    made = client.resource("Observation", **{**RESULT, "subject": {"reference": f"Patient/{person}"}})
    made.save()
    assert made.id
    made["status"] = "amended"
    made.save()
    found = client.resources("Observation").search(patient=person, code="15074-8").sort("-date").fetch_all()
    assert [one.id for one in found] == [made.id] and found[0]["meta"]["versionId"] == "2"
    assert client.resources("Patient").search(_id=person).first()["name"][0]["text"] == "张小明"
    made.delete()
    assert client.resources("Observation").search(patient=person).fetch() == []


@pytest.mark.filterwarnings("ignore")
def test_fhirclient(endpoint):
    from fhirclient.models.observation import Observation
    from fhirclient.models.patient import Patient
    from fhirclient.server import FHIRServer

    address, token, person = endpoint
    server = FHIRServer(None, base_uri=f"{address}/")
    server.session.headers["Authorization"] = f"Bearer {token}"
    patient = Patient.read(person, server)
    assert patient.name[0].text == "张小明"
    sent = Observation({**RESULT, "subject": {"reference": f"Patient/{person}"}})
    kept = sent.create(server)
    assert kept["id"] and Observation.read(kept["id"], server).valueQuantity.value == 6.3
    found = Observation.where({"patient": person, "code": "15074-8"}).perform_resources(server)
    assert [one.id for one in found] == [kept["id"]]


@pytest.mark.skipif(
    not (shutil.which("node") and KIT.is_dir()),
    reason="needs node and npm's fhir-kit-client in var/node_modules",
)
def test_fhir_kit_client(endpoint):
    address, token, person = endpoint
    script = """
        const { Client } = require(process.argv[1]);
        const [, , , base, token, person] = [null, ...process.argv];
        const client = new Client({ baseUrl: base, customHeaders: { Authorization: `Bearer ${token}` } });
        (async () => {
            const body = JSON.parse(process.argv[5]);
            const made = await client.create({ resourceType: 'Observation', body });
            const read = await client.read({ resourceType: 'Observation', id: made.id });
            const found = await client.search({ resourceType: 'Observation', searchParams: { patient: person } });
            const all = await client.capabilityStatement();
            console.log(JSON.stringify([made.id === read.id, found.entry.length, all.fhirVersion]));
        })().catch((error) => { console.error(error); process.exit(1); });
    """
    body = json.dumps({**RESULT, "subject": {"reference": f"Patient/{person}"}})
    done = subprocess.run(
        [shutil.which("node") or "", "-e", script, str(KIT), address, token, person, body],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True, 1, "4.0.1"]
