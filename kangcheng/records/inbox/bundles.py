"""A FHIR bundle as a message: its Patient, and the rest under ids that stay the same when it is sent again. Pure."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from kangcheng.kernel.errors import Fault
from kangcheng.records.inbox.types import RESIDENT, Made, Result

WRITTEN = ("POST", "PUT")


def of_bundle(bundle: Any, sender: str) -> Result:
    """The resources of a transaction, batch, message, document or collection about one resident."""
    entries = bundle.get("entry", []) if isinstance(bundle, dict) else []
    faults, patients, made = [], list[tuple[str, Any]](), list[tuple[str, Made]]()
    for at, entry in enumerate(entries):
        resource, method = entry.get("resource"), entry.get("request", {}).get("method", "POST")
        if resource is None or method not in WRITTEN:
            faults.append(Fault(f"Bundle.entry[{at}]", "收件只收要写入的资源 (only resources to be written)"))
        elif resource["resourceType"] == "Patient":
            patients.append((entry.get("fullUrl", ""), resource))
        else:
            made.append((entry.get("fullUrl", ""), _made(resource, sender, entry.get("fullUrl", ""))))
    if len(patients) != 1:
        faults.append(
            Fault("Bundle.entry", f"须有且只有一位患者，现有 {len(patients)} (exactly one Patient)")
        )
    led = {url: f"{one.type}/{one.logical_id}" for url, one in made if url}
    led |= {
        f"{one.type}/{one.resource['id']}": f"{one.type}/{one.logical_id}"
        for _, one in made
        if "id" in one.resource
    }
    for url, patient in patients:
        led |= {name: RESIDENT for name in (url, f"Patient/{patient.get('id', '')}") if name}
    kept = tuple(Made(one.part, one.type, one.logical_id, redirected(one.resource, led)) for _, one in made)
    return Result(patients[0][1] if patients else None, kept, tuple(faults))


def _made(resource: dict[str, Any], sender: str, url: str) -> Made:
    kind = resource["resourceType"]
    return Made(
        kind,
        kind,
        str(uuid5(NAMESPACE_URL, f"kangcheng:inbox:{sender}\x1f{kind}\x1f{_key(resource, url)}")),
        resource,
    )


def _key(resource: dict[str, Any], url: str) -> str:
    """The sender's own number of the resource, else its id there, else its address in the bundle."""
    numbers = resource.get("identifier", [])
    for one in numbers if isinstance(numbers, list) else [numbers]:
        if one.get("value"):
            return f"{one.get('system', '')}|{one['value']}"
    return str(resource.get("id") or url)


def redirected(value: Any, led: dict[str, str]) -> Any:
    """The resource with every text that names a place led to where it will be."""
    if isinstance(value, dict):
        return {name: redirected(inner, led) for name, inner in value.items()}
    if isinstance(value, list):
        return [redirected(inner, led) for inner in value]
    return led.get(value, value) if isinstance(value, str) else value
