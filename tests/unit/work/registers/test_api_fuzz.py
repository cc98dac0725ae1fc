"""Whatever is sent to the API within and beyond its own description is answered in words: no 500."""

import json
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from kangcheng.work.registers import services
from tests.unit.work.registers.test_api import officer

__all__ = ["officer"]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

EXAMPLES = 40


def test_no_request_ends_in_a_500(posts, post, system, today, officer):
    client = officer("bureau_officer")
    client.raise_request_exception = False
    known = {
        "id": "posts",
        "row_id": str(services.create(register=posts, values=post(), by=system, on=today)),
    }
    schema = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json())
    operations = [found.ok() for found in schema.get_all_operations()]
    reached = {operation.label: ask(client, operation, known) for operation in operations}
    assert len(operations) >= 8
    assert all(statuses - {401, 403} for statuses in reached.values()), "the session is taken"
    assert any(200 in statuses for statuses in reached.values())


def ask(client, operation, known):
    """Send what the description allows, to the row that is there and elsewhere; the statuses that came back."""
    statuses = set()

    @examples(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), real=st.booleans())
    def send(case, real):
        if real:
            case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
        answer = sent(client, case)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, (operation.label, case.path_parameters, case.query, case.body)

    send()
    return statuses


def sent(client, case):
    """The answer to one made-up request."""
    asked = case.as_transport_kwargs(base_url="http://testserver")
    body = {}
    if "json" in asked and asked["json"] is not None:
        body = {"data": json.dumps(asked["json"]), "content_type": "application/json"}
    headers = {name: str(value) for name, value in dict(case.headers or {}).items()}
    return client.generic(
        case.method,
        case.formatted_path,
        QUERY_STRING=urlencode(case.query or {}, doseq=True),
        headers=headers,
        **body,
    )
