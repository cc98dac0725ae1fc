"""Pages of the inbox: the monitor, a failure corrected and played again, and nobody else's messages."""

import pytest
from django.utils import timezone

from bench import town as town_
from kangcheng.gateway.inbox import hl7
from kangcheng.gateway.inbox.models import InboxMessage
from kangcheng.gateway.machines import services as machines
from kangcheng.portal import citypack
from tests.pages.conftest import BY, HOSPITAL
from tests.unit.gateway.inbox.conftest import admission
from tests.unit.registry.conftest import identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(city):
    """A message with a sex that no table knows."""
    today = timezone.localdate()
    machines.register(
        code="DEMO", title="演示医院", scopes="system/*.cruds", institution_id=HOSPITAL, by=BY, on=today
    )
    text = admission(sex="9").replace("150302001002", town_.VILLAGE)
    assert b"MSA|AE" in hl7.answer(text.encode(), peer="", pack=citypack.pack(), now=timezone.now())
    return InboxMessage.objects.get()


def test_a_manager_sees_the_failure_corrects_it_and_it_is_taken(log_in, failed):
    manager = log_in("institution_manager")
    assert "演示医院" in manager.get("/inbox/").content.decode()
    assert "PID-8" in manager.get("/inbox/messages/", state="refused").content.decode()
    at = f"/inbox/messages/{failed.pk}/"
    shown = manager.get(at).content.decode()
    assert identity(1) not in shown and "f:PID[1]-8" in shown
    masked = shown.partition('name="f:PID[1]-3" value="')[2].partition('"')[0]
    done = manager.post(f"{at}correct/", **{"f:PID[1]-8": "1", "f:PID[1]-3": masked, "why": "代码写错"})
    failed.refresh_from_db()
    assert failed.state == "taken", failed.faults
    assert "已入库" in done.content.decode() and identity(1) in failed.corrected


def test_playing_again_what_is_still_wrong_tells_so(log_in, failed):
    done = log_in("bureau_officer", place=None).post(f"/inbox/messages/{failed.pk}/replay/")
    assert "仍有错误" in done.content.decode()
    failed.refresh_from_db()
    assert failed.tries == 2


def test_others_find_nothing(log_in, failed):
    assert log_in("clinician").get("/inbox/").status_code == 403
    other = log_in("institution_manager", place=town_.TOWNSHIP_HOSPITAL)
    assert "演示医院" not in other.get("/inbox/").content.decode()
    for address in ("", "replay/", "correct/"):
        way = other.post if address else other.get
        assert way(f"/inbox/messages/{failed.pk}/{address}").status_code == 404
