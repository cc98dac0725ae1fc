"""Lists leave the house on approval by another person, with a watermark, within the scope of who asked."""

import io
from datetime import UTC, date, datetime

import pytest
from python_calamine import CalamineWorkbook

from kangcheng.access import periods
from kangcheng.access.errors import NotPermitted, Refused
from kangcheng.access.exports import selectors, services
from kangcheng.base.audit import AuditEvent
from kangcheng.base.models import LookLog
from kangcheng.kernel.errors import Faults
from kangcheng.registry.categories import services as categories
from kangcheng.registry.categories.types import NewCategory
from tests.unit.registry.conftest import OTHER_VILLAGE, identity

pytestmark = pytest.mark.django_db
AT = datetime(2024, 5, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def officer(actor):
    return actor("fund_officer", areas=["150302"])


@pytest.fixture
def leader(actor):
    return actor("bureau_leader", areas=[""])


def ask(officer, today, **more):
    given = {
        "list_name": "residents", "wanted": {"category": "registered_poor"}, "reason": "核对年度救助名单",
        "columns": ["name", "identity", "phone_masked", "area", "categories", "age"],
    } | more  # fmt: skip
    return services.request(**given, by=officer, on=today)


def test_an_approved_list_holds_the_scope_and_carries_a_watermark(someone, officer, leader, system, today):
    here, there = someone(1, name="张三"), someone(2, area=OTHER_VILLAGE)
    rows = [NewCategory(who, "registered_poor", date(2024, 1, 1)) for who in (here, there)]
    categories.bulk(rows, by=system, on=today)
    request = ask(officer, today)
    with pytest.raises(services.ExportError):
        services.fetch(request_id=request, by=officer, on=today, at=AT)
    assert [one.id for one in selectors.to_decide(leader)] == [request]
    services.approve(request_id=request, by=leader, on=today, why="同意")
    got = services.fetch(request_id=request, by=officer, on=today, at=AT)
    place = "内蒙古自治区/乌海市/海勃湾区/凤凰岭街道/和平社区居委会"
    assert got.rows == (("张三", identity(1), "", place, "registered_poor", 44),)
    number = selectors.get(request, officer).number
    assert got.watermark == f"测试员 2024-05-20 09:30 {number}"
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(got.content)).get_sheet_by_index(0).to_python()
    assert sheet[0][1] == "身份证号" and sheet[1][1] == identity(1) and sheet[-1][0] == got.watermark
    assert list(LookLog.objects.values_list("person_id", "what")) == [(here, "export:residents")]
    assert AuditEvent.objects.get(action="export.fetch").detail["rows"] == 1
    done = selectors.get(request, officer)
    assert (done.state, done.rows, done.fetches) == ("fetched", 1, 1)


def test_nobody_approves_their_own_and_only_approvers_approve(actor, county, officer, today):
    both = actor("fund_officer", "bureau_leader", areas=[""])
    request = ask(both, today)
    for wrong in (both, officer, actor("audit_admin")):
        with pytest.raises(NotPermitted):
            services.approve(request_id=request, by=wrong, on=today)
    services.approve(request_id=request, by=actor("security_admin"), on=today)
    with pytest.raises(services.ExportError):
        services.refuse(request_id=request, by=actor("security_admin"), on=today, why="晚了")


def test_a_refused_or_old_request_gives_nothing(county, officer, leader, today):
    no, old = ask(officer, today), ask(officer, today)
    services.refuse(request_id=no, by=leader, on=today, why="范围过大")
    before = periods.use(lambda name, on: 1)
    services.approve(request_id=old, by=leader, on=today)
    periods.use(before)
    for request, day in ((no, today), (old, date(2024, 5, 21))):
        with pytest.raises(services.ExportError):
            services.fetch(request_id=request, by=officer, on=day, at=AT)
    assert services.fetch(request_id=old, by=officer, on=today, at=AT).rows == ()
    assert [one.decision for one in selectors.mine(officer)] == ["", "范围过大"]


def test_a_request_is_its_askers(county, actor, officer, leader, today):
    request = ask(officer, today)
    services.approve(request_id=request, by=leader, on=today)
    with pytest.raises(Refused):
        services.fetch(request_id=request, by=actor("fund_officer", areas=[""]), on=today, at=AT)
    with pytest.raises(Refused):
        selectors.get(request, actor("fund_officer", areas=[""]))
    assert selectors.get(request, actor("audit_admin")).id == request and selectors.to_decide(officer) == []


def test_what_is_asked_for_is_checked(county, actor, officer, today):
    with pytest.raises(NotPermitted):
        ask(actor("cashier", areas=[""]), today)
    with pytest.raises(Faults, match="没有这个名单"):
        ask(officer, today, list_name="everything")
    with pytest.raises(Faults) as caught:
        ask(officer, today, columns=["name", "salary"], reason="要", wanted={"color": "red"})
    assert [fault.where for fault in caught.value.faults] == ["columns", "reason", "wanted"]
    with pytest.raises(Faults, match="请选择列"):
        ask(officer, today, columns=[], wanted={"born_from": "1980-01-01"})
