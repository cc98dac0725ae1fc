"""Who was told what, when and how; households still to be told; nothing leaves unless switched on."""

import json
from datetime import date, datetime

import pytest
from django.core import mail

from bench import town as town_
from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.kernel.ids import new_id
from kangcheng.work.notices import channels, selectors, services
from kangcheng.work.notices.models import Telling
from kangcheng.work.notices.types import NoticeError

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 9)
NOW = datetime(2026, 11, 9, 10, tzinfo=CHINA_TZ)


def somebody(areas=("",), role="bureau_officer"):
    return Actor(new_id(), "甲", frozenset({role}), tuple(areas), frozenset(), "work")


def tell(users, system, key="n", **more):
    return services.tell(
        users=[one.user_id for one in users], title="标题", body="内容", by=system, on=DAY, key=key, **more
    )


def test_told_once_read_once(system):
    one, other = somebody(), somebody()
    notice = tell([one, other], system)
    assert tell([one, other], system) == notice
    assert selectors.unread(one.user_id) == 1
    assert services.read(notice_ids=[notice], by=one, on=DAY, at=NOW) == 1
    assert selectors.unread(one.user_id) == 0 and selectors.unread(other.user_id) == 1
    assert services.read(notice_ids=[notice], by=one, on=DAY, at=NOW) == 0
    assert {row.user_id: row.read_at is not None for row in selectors.told(notice)} == {
        one.user_id: True,
        other.user_id: False,
    }


def test_nothing_leaves_unless_it_is_wanted_and_switched_on(system, tmp_path):
    one = somebody()
    tell([one], system, key="before")
    services.prefer(
        by_email=True, by_sms=True, email="a@example.org", phone="13900000000", muted=[], by=one, on=DAY
    )
    notice = tell([one], system)
    assert channels.configured(mail_from="", sms_folder="") == {}
    assert services.deliver(channels={}, now=NOW, by=system) == 0 and mail.outbox == []
    ways = channels.configured(mail_from="office@example.org", sms_folder=str(tmp_path / "sms"))
    assert [services.deliver(channels=ways, now=NOW, by=system) for _ in range(2)] == [2, 0]
    assert [message.to for message in mail.outbox] == [["a@example.org"]]
    (left,) = (tmp_path / "sms").glob("*.json")
    assert json.loads(left.read_text("utf-8")) == {"to": "13900000000", "text": "标题。内容"}
    assert "139" not in left.name and left.stat().st_mode & 0o077 == 0
    assert {row.channel: row.state for row in selectors.told(notice)} == {
        "app": "sent",
        "email": "sent",
        "sms": "sent",
    }


def test_what_is_muted_stays_in_the_application(system):
    one = somebody()
    services.prefer(
        by_email=True, by_sms=False, email="a@example.org", phone="", muted=["task.due"], by=one, on=DAY
    )
    tell([one], system, topic="task.due")
    assert list(Telling.objects.values_list("channel", flat=True)) == ["app"]


def test_a_failure_says_why_without_an_address(system):
    class Refusing:
        name = "email"

        def send(self, *, to, title, body, key):
            raise NoticeError("没有收下", rule="mailbox full")

    one = somebody()
    services.prefer(by_email=True, by_sms=False, email="a@example.org", phone="", muted=[], by=one, on=DAY)
    notice = tell([one], system)
    assert services.deliver(channels={"email": Refusing()}, now=NOW, by=system) == 0
    failed = next(row for row in selectors.told(notice) if row.channel == "email")
    assert (failed.state, failed.problem) == ("failed", "mailbox full")


def test_households_not_yet_told(system):
    town_.build(12)
    officer = somebody()
    notice = services.announce(
        title="起付线下调", body="", clause="x#1", area_code=town_.VILLAGE, by=officer, on=DAY, key="p"
    )
    left = selectors.not_told(notice, officer, DAY)
    assert len(left) == 6
    assert (
        services.households_told(
            notice_id=notice, households=[left[0].id, left[1].id], how="visit", by=officer, on=DAY
        )
        == 2
    )
    again = [left[1].id, left[2].id]
    assert services.households_told(notice_id=notice, households=again, how="phone", by=officer, on=DAY) == 1
    found = selectors.policy(notice, officer, DAY)
    assert (found.households, found.told, found.left) == (6, 3, 3)
    assert {row["how"] for row in selectors.told_households(notice)} == {"visit", "phone"}
    elsewhere = somebody(areas=["11"])
    assert selectors.policies(elsewhere, DAY) == []
    with pytest.raises(NoticeError):
        selectors.not_told(notice, elsewhere, DAY)
    with pytest.raises(NoticeError):
        services.households_told(notice_id=notice, households=[left[3].id], how="visit", by=elsewhere, on=DAY)
    with pytest.raises(NoticeError, match="outside your area"):
        services.announce(title="x", body="", clause="", area_code="36", by=elsewhere, on=DAY, key="q")
