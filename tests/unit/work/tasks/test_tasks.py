"""Tasks reach whoever holds the role where it counts, are made once, ended once, and reported when late."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import Faults
from kangcheng.kernel.ids import new_id
from kangcheng.work.notices.models import Notice
from kangcheng.work.tasks import selectors, services
from kangcheng.work.tasks.types import NewTask, Owner, TaskError

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 9)
HOSPITAL = UUID(int=21)


def somebody(role, areas=(), institutions=()):
    return Actor(new_id(), role, frozenset({role}), tuple(areas), frozenset(institutions), "work")


BUREAU = somebody("bureau_officer", areas=["360803"])
MANAGER = somebody("institution_manager", institutions=[HOSPITAL])
OTHER = somebody("institution_manager", institutions=[UUID(int=22)])
LEADER = somebody("bureau_leader", areas=[""])


def task(key="k", due=DAY, **more):
    owner = Owner("institution_manager", None, HOSPITAL, "360803100")
    return NewTask(
        title="整改消毒记录",
        due_on=due,
        owner=owner,
        key=key,
        source_kind="checklist_item",
        source="7",
        **more,
    )


def test_made_once_and_seen_by_its_owner_only():
    first, again = (services.add(task=task(), by=BUREAU, on=DAY) for _ in range(2))
    assert first.id == again.id
    assert [row.pk for row in selectors.open_tasks(MANAGER)] == [first.id]
    assert [row.pk for row in selectors.open_tasks(BUREAU)] == [first.id]  # who made it follows it
    assert not selectors.open_tasks(OTHER).exists()
    with pytest.raises(TaskError):
        services.done(task_id=first.id, result="好了", by=OTHER, on=DAY)
    assert [one.id for one in selectors.of_source("checklist_item", "7")] == [first.id]


def test_done_once():
    one = services.add(task=task(), by=BUREAU, on=DAY)
    ended = services.done(task_id=one.id, result="已补记录", by=MANAGER, on=DAY)
    assert (ended.state, ended.result) == ("done", "已补记录")
    with pytest.raises(TaskError, match="ended already"):
        services.drop(task_id=one.id, why="重复", by=BUREAU, on=DAY)


def test_dropping_says_why():
    one = services.add(task=task(), by=BUREAU, on=DAY)
    with pytest.raises(TaskError, match="say why"):
        services.drop(task_id=one.id, why=" ", by=BUREAU, on=DAY)


def test_many_at_once_are_all_made_or_none():
    wrong = NewTask(title="", due_on=DAY, owner=Owner("no_such_role"), key="w")
    with pytest.raises(Faults) as refused:
        services.bulk([task("a"), wrong], by=BUREAU, on=DAY)
    assert len(refused.value.faults) == 2 and not selectors.mine(BUREAU).exists()
    assert services.bulk([task(str(number)) for number in range(50)], by=BUREAU, on=DAY) == 50
    assert services.bulk([task(str(number)) for number in range(51)], by=BUREAU, on=DAY) == 1


def test_ending_several_ends_all_or_none():
    mine = services.add(task=task("a"), by=BUREAU, on=DAY)
    foreign = services.add(
        task=NewTask("别处的", DAY, Owner("institution_manager", None, UUID(int=22), "360802"), "b"),
        by=LEADER,
        on=DAY,
    )
    with pytest.raises(TaskError):
        services.done_many(task_ids=[mine.id, foreign.id], result="好了", by=MANAGER, on=DAY)
    assert selectors.get(mine.id, MANAGER).state == "open"


def test_reminded_and_escalated_once(system):
    one = services.add(task=task(escalate_to="bureau_leader", escalate_days=1), by=BUREAU, on=DAY)
    assert services.ring(on=DAY - timedelta(days=2), by=system) == 0
    assert [services.ring(on=DAY - timedelta(days=1), by=system) for _ in range(2)] == [1, 0]
    assert services.ring(on=DAY + timedelta(days=1), by=system) == 0
    assert not selectors.open_tasks(LEADER).exists()
    assert [services.ring(on=DAY + timedelta(days=2), by=system) for _ in range(2)] == [1, 0]
    assert [row.pk for row in selectors.open_tasks(LEADER)] == [one.id]
    assert list(Notice.objects.order_by("created_at").values_list("topic", flat=True)) == [
        "task.due",
        "task.escalate",
    ]


def test_passed_on_to_another():
    one = services.add(task=task(), by=BUREAU, on=DAY)
    services.pass_on(task_id=one.id, owner=Owner(user_id=OTHER.user_id), by=MANAGER, on=DAY)
    assert [row.pk for row in selectors.open_tasks(OTHER)] == [one.id]
    assert not selectors.open_tasks(MANAGER).exists()


def test_a_source_that_is_struck_takes_its_tasks_along():
    services.bulk([task("a"), task("b")], by=BUREAU, on=DAY)
    assert services.end_of(source_kind="checklist_item", source="7", why="条目作废", by=BUREAU, on=DAY) == 2
    assert not selectors.open_tasks(MANAGER).exists()
