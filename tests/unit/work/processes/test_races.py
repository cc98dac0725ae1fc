"""Two people at one case at the same moment: one step is taken, the other is refused with the reason."""

from datetime import date, datetime

import pytest

from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.kernel.ids import new_id
from kangcheng.policy.machine import Refused
from kangcheng.work.processes import services
from kangcheng.work.processes.models import Case, CaseStep
from tests.together import together

MONDAY = date(2026, 11, 9)
pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_steps_is_taken(submitted, people):
    case = submitted()
    review = lambda: services.take_step(  # noqa: E731
        case_id=case.id, do="review", role="section", by=people.section, on=MONDAY, fields={"need": "必要"}
    )
    withdraw = lambda: services.withdraw(case_id=case.id, why="不买了", by=people.applicant, on=MONDAY)  # noqa: E731
    results = together(review, review)
    assert sorted(type(one).__name__ for one in results) == ["CaseView", "Refused"]
    assert isinstance(next(one for one in results if isinstance(one, Exception)), Refused)
    assert CaseStep.objects.filter(case_id=case.id).count() == 3
    withdrawn = together(withdraw, withdraw)
    assert sorted(type(one).__name__ for one in withdrawn) == ["CaseView", "Refused"]
    assert Case.objects.get(pk=case.id).state == "withdrawn"
    assert CaseStep.objects.filter(case_id=case.id).count() == 4


def test_a_double_click_on_open_makes_one_case(opened):
    key = str(new_id())
    first, second = together(lambda: opened(key=key), lambda: opened(key=key))
    assert first.id == second.id and Case.objects.count() == 1


def test_two_workers_ring_each_alarm_once(submitted, system):
    case = submitted()
    now = datetime(2026, 12, 1, tzinfo=CHINA_TZ)
    ring = lambda: services.ring(now=now, by=system)  # noqa: E731
    together(ring, ring)
    services.ring(now=now, by=system)  # what one left to the other because it was held
    kinds = list(CaseStep.objects.filter(case_id=case.id).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["open", "step", "remind", "overdue", "escalate"]
