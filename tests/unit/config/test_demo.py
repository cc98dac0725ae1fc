"""The demonstration: never in production, a log-in for every role, bound to where such a person works."""

import socket

import pytest

from kangcheng.base.accounts import selectors
from kangcheng.base.accounts.models import User
from kangcheng.base.accounts.roles import ROLES
from kangcheng.config import demo, demo_users
from kangcheng.kernel.ids import organisation_check, uscc_check
from kangcheng.registry.areas import services as areas
from kangcheng.registry.institutions import services as institutions
from kangcheng.registry.institutions.types import NewInstitution


@pytest.mark.parametrize(("name", "value"), [("KANGCHENG_HOSTS", "health.example"), ("KANGCHENG_HTTPS", "1")])
def test_known_passwords_never_reach_production(monkeypatch, name, value):
    demo.refuse_production()
    monkeypatch.setenv(name, value)
    with pytest.raises(demo.DemoError, match="production"):
        demo.refuse_production()


def test_a_taken_port_is_said_at_once():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(demo.DemoError, match="port") as caught:
            demo.refuse_taken_port("127.0.0.1", other.getsockname()[1])
    assert "--port" in caught.value.todo


def test_there_is_a_log_in_for_every_role():
    assert {user.role for user in demo_users.USERS} == set(ROLES)


def code(organisation):
    """A unified social credit code with right check characters."""
    body = f"12990000{organisation}{organisation_check(organisation)}"
    return body + uscc_check(body)


@pytest.fixture
def county(tmp_path, system, today):
    """Two districts of a made-up city."""
    lists = ["99,演示省", "9901,演示市", "990101,东区\n990102,西区", "", ""]
    for name, rows in zip(areas.FILES, lists, strict=True):
        (tmp_path / name).write_text(f"code,name\n{rows}\n", encoding="utf-8")
    areas.load(folder=tmp_path, by=system, on=today)


@pytest.mark.django_db
@pytest.mark.usefixtures("county")
class TestUsers:
    def make(self, kind, code, area, system, today):
        return institutions.register(
            new=NewInstitution(
                code=code, name=f"演示{kind}", type=kind, ownership="public", area_code=area, valid_from=today
            ),
            by=system, on=today,
        )  # fmt: skip

    def test_each_is_bound_to_a_place_and_made_once(self, system, today):
        hospital = self.make("county_hospital", code("40000123"), "990101", system, today)
        self.make("cdc", code("40000567"), "990102", system, today)
        for _ in range(2):
            demo_users.ensure_users(password=demo.PASSWORD, on=today)
        actors = {user.login: selectors.actor_for(user, "test", today) for user in User.objects.all()}
        assert actors["cashier"].institutions == {getattr(hospital, "id", hospital)}
        assert not actors["cashier"].covers_area("990101")
        assert actors["cdc"].areas == ("990102",) and not actors["cdc"].covers_area("990101")
        assert actors["leader"].covers_area("990101")
        assert "village" not in actors  # no clinic, so no grant that would cover the city
        assert User.objects.get(login="leader").check_password(demo.PASSWORD)
