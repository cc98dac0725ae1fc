"""The queue of people who may be one: shown within scope, explained, decided, taken back; opening a pair is a logged look."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from bench import town
from kangcheng.base.audit import LookLog
from kangcheng.registry.matching import selectors, services
from kangcheng.registry.matching.types import NewRecord
from kangcheng.registry.people import selectors as people

pytestmark = pytest.mark.django_db
HOME = {"phone": "13800138000", "address": "测试村12号"}


def record(number, *, name="欧阳明月", **more):
    base = {
        "name": name, "number": number, "institution": str(town.COUNTY_HOSPITAL), "sex": "F", "birth_on": "1988-02-03",
        "area": town.VILLAGE, **HOME,
    }  # fmt: skip
    return base | more


def send(reader, number, **more):
    return reader.client.post("/matching/new/", record(number, **more), follow=True)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def where(answer):
    return urlsplit(answer.redirect_chain[-1][0]).path


@pytest.fixture
def officer(log_in):
    return log_in("fund_officer", place=None)


def test_two_records_join_and_part_again(officer):
    first = send(officer, "A-1")
    assert "已新建档案" in text(first) and "欧阳明月" in text(first)
    person = where(first).split("/")[2]
    same = send(officer, "A-1")
    assert "没有变化" in text(same)
    second = send(officer, "B-1", name="欧阳明悦月", institution=str(town.TOWNSHIP_HOSPITAL))
    assert where(second) == "/matching/" and "欧***" in text(second) and "欧阳明月" not in text(second)
    address = re.search(r"/matching/[0-9a-f-]{36}/", text(second))[0]
    shown = text(officer.get(address))
    assert "差一个字" in shown and "瀑布图" in shown and "双胞胎" in shown
    assert LookLog.objects.filter(person_id=person, what="matching").count() == 1
    assert "理由" in text(officer.post(address, do="same", why=" "))
    assert "已认定为同一人" in text(officer.post(address, do="same", why="核对户口本"))
    page = text(officer.get(f"/people/{person}/sources/"))
    assert "A-1" in page and "B-1" in page and "人工认定" in page
    part = re.search(r"/matching/records/[0-9a-f-]{36}/part/", page)[0]
    parted = officer.post(part, why="两家医院各有其人")
    assert "已分开" in text(parted) and where(parted) != f"/people/{person}/sources/"
    assert "B-1" not in text(officer.get(f"/people/{person}/sources/"))


def test_a_second_registration_is_merged_and_unmerged(officer, city, system):
    one, other = city.people[0], city.people[1]
    today = timezone.localdate()
    from kangcheng.registry.people import services as people_services

    people_services.merge(golden=one, absorbed=other, by=system, on=today, why="同一人")
    page = text(officer.get(f"/people/{one}/sources/"))
    assert "撤销合并" in page
    assert "两份档案各自独立" in text(officer.post(f"/people/{other}/unmerge/", why="不是一人"))
    assert people.resolve(other) == other
    assert "疑似重复登记" in text(officer.post(f"/people/{one}/seek/"))


def test_a_record_with_too_little_is_linked_by_whoever_knows(officer, city):
    sent = send(officer, "C-1", name="无名氏", sex="", birth_on="", phone="", address="")
    assert "登记内容不足以建档" in text(sent)
    address = re.search(r"/matching/records/[0-9a-f-]{36}/", text(sent))[0]
    assert officer.post(address, identity="11010519491231002X", why="认领").status_code == 404
    linked = officer.post(address, identity=town.identity(0), why="家属认领")
    assert where(linked) == f"/people/{city.people[0]}/sources/" and "C-1" in text(linked)


def test_who_is_in_charge_of_one_side_only_sees_nothing(log_in, city, system):
    today = timezone.localdate()
    sent = services.receive(
        new=NewRecord("X", "1", "欧阳明月", town.VILLAGE, "F", today - timedelta(days=9000), **HOME),
        by=system,
        on=today,
    )
    other = NewRecord("Y", "2", "欧阳明悦月", "360802001", "F", today - timedelta(days=9000), **HOME)
    services.receive(new=other, by=system, on=today)
    pair = selectors.pairs(by=system)[0]
    assert pair.person_id == sent.person_id
    clerk = log_in("village_doctor")
    assert clerk.get(f"/matching/{pair.id}/").status_code == 404
    assert "欧" not in re.sub("<script.*?</script>", "", text(clerk.get("/matching/")))
    assert log_in("cashier").get("/matching/").status_code == 403
