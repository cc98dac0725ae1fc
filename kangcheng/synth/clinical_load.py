"""The records of the city's people into the store, through the verb that any other writer uses."""

from itertools import groupby
from typing import Any, Protocol
from uuid import UUID

from kangcheng.access import segments
from kangcheng.policy.pack import Pack
from kangcheng.records.store import services as store
from kangcheng.records.store.types import Draft
from kangcheng.synth import clinical
from kangcheng.synth.city import City

AT_ONCE = 1000


class Loading(Protocol):
    """What is being loaded, and the database's ids of what is in."""

    city: City
    pack: Pack
    people: dict[str, UUID]
    institutions: dict[str, UUID]

    @property
    def act(self) -> dict[str, Any]:
        """The keywords every verb wants."""


def write(load: Loading) -> int:
    """Write the record of every person chosen; returns how many resources."""
    city, people, institutions, on = load.city, load.people, load.institutions, load.act["on"]
    entry = load.pack.entries.get(("codelist", "result-items"))
    measured = clinical.panels(entry.get("versions")[-1]["codes"]) if entry else {}
    columns = city.institutions
    context = clinical.Context(
        people, institutions, dict(zip(columns["code"].to_pylist(), columns["name"].to_pylist(), strict=True)),
        {row["code"]: row["name"] for row in city.diagnoses.to_pylist()},
        {row["code"]: row for row in city.items.to_pylist()}, measured,
    )  # fmt: skip
    drafts = [
        Draft(one.resource, people[one.person], one.resource["id"], segment=segments.of(one.resource, on),
              institution=institutions.get(one.institution), fresh=True)
        for one in clinical.records(city, context, on)
    ]  # fmt: skip
    for _, part in groupby(enumerate(drafts), key=lambda pair: pair[0] // AT_ONCE):
        store.put_many([draft for _, draft in part], **load.act)
    return len(drafts)
