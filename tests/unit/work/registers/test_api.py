"""The JSON API of registers: reach, versions, refusals in words, and no request that ends in a 500."""

import json

import pytest
from django.conf import settings
from django.test import Client

from kangcheng.work.registers.models import RegisterRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(system, today):
    from kangcheng.base.accounts.services import create_user, grant_role

    def log_in(role, **where):
        user = create_user(
            login=f"api-{role}", display_name="某人", password="Lotus-Bridge-48", by=system, on=today,
            must_change_password=False,
        )  # fmt: skip
        grant_role(user=user, role=role, by=system, on=today, **where)
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        return client

    return log_in


def send(client, method, path, body=None, **headers):
    ask = getattr(client, method)
    data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return ask(path, **data, headers=headers)


GOOD = {
    "clinic": "和平卫生室",
    "number": "1",
    "duty": "cure",
    "since": "2024-01-01",
    "holder": "张大山",
    "skills": ["lab"],
}


def test_a_row_by_json(posts, officer):
    client = officer("bureau_officer")
    assert [one["id"] for one in client.get("/api/registers").json()] == ["posts", "visits"]
    made = send(client, "post", "/api/registers/posts/rows", {"values": GOOD, "why": "入职"})
    assert (
        made.status_code == 201 and made.json()["version"] == 1 and made.json()["values"]["skills"] == ["lab"]
    )
    path = f"/api/registers/posts/rows/{made.json()['id']}"
    assert client.get(path)["ETag"] == '"1"'
    assert send(client, "patch", path, {"values": {"hours": "30"}}).status_code == 428
    changed = send(client, "patch", path, {"values": {"hours": "30"}}, **{"If-Match": '"1"'})
    assert changed.json()["version"] == 2 and changed.json()["derived"]["trained"] is True
    late = send(client, "patch", path, {"values": {"hours": "9"}}, **{"If-Match": '"1"'})
    assert late.status_code == 412 and late.json()["conflict"][0]["theirs"] == "30"
    assert len(client.get(f"{path}/history").json()) == 2
    found = client.get("/api/registers/posts/rows?filter=duty=cure&filter=hours>=20").json()
    assert found["count"] == 1 and found["rows"][0]["values"]["holder"] == "张大山"
    assert client.get("/api/registers/posts/export")["Content-Type"].endswith("sheet")
    assert send(client, "delete", f"{path}?why=", **{"If-Match": '"2"'}).status_code == 422
    assert send(client, "delete", f"{path}?why=重复", **{"If-Match": '"2"'}).json()["removed"] is True


def test_refusals(posts, places, officer):
    client = officer("village_doctor", institution_id=places["拉僧庙卫生室"])
    assert send(client, "post", "/api/registers/posts/rows", {"values": GOOD}).status_code == 422
    wrong = send(client, "post", "/api/registers/posts/rows", {"values": {"duty": "x", "nothing": "y"}})
    assert wrong.status_code == 422 and wrong.json()["faults"]
    assert client.get("/api/registers/none").status_code == 404
    assert client.get("/api/registers/posts/rows?filter=zzz").status_code == 422
    assert client.get("/api/registers/posts/rows?sort=holder").status_code == 422
    assert officer("cashier").get("/api/registers").status_code == 403
    assert Client().get("/api/registers").status_code == 401
    assert (
        Client().get("/api/docs").status_code == 302 and Client().get("/api/openapi.json").status_code == 302
    )
    assert client.get("/api/openapi.json").json()["paths"] and not RegisterRow.objects.exists()
