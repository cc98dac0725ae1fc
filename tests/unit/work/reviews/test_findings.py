"""A finding from the run to its end: who is asked, who replies, who decides; nothing twice, nothing out of turn."""

from datetime import date
from uuid import UUID

import pyarrow as pa
import pytest

from kangcheng.base import files
from kangcheng.base.audit import ReasonError
from kangcheng.kernel.ids import new_id
from kangcheng.policy.reader import load_pack
from kangcheng.work.checklists.scope import NotPermitted
from kangcheng.work.reviews import selectors, services
from kangcheng.work.reviews.models import Finding, ReviewRun
from kangcheng.work.reviews.types import ReviewError
from kangcheng.work.templates import selectors as documents

HOSPITAL, OTHER = new_id(), new_id()


@pytest.fixture(scope="module")
def pack():
    return load_pack("kangcheng")


def claims() -> pa.Table:
    """Two stays a day apart at one hospital; two more at another."""
    return pa.table(
        {
            "claim_id": ["A", "B", "C", "D"], "person_id": ["p", "p", "q", "q"],
            "institution_id": [str(HOSPITAL)] * 2 + [str(OTHER)] * 2, "setting": ["inpatient"] * 4,
            "disease": ["J18"] * 4, "total": [5_000_00, 4_200_50, 1_00, 2_00],
            "admitted_on": [date(2024, 3, 1), date(2024, 3, 7), date(2024, 4, 1), date(2024, 4, 4)],
            "discharged_on": [date(2024, 3, 6), date(2024, 3, 12), date(2024, 4, 3), date(2024, 4, 9)],
        }
    )  # fmt: skip


@pytest.fixture
def run(db, pack, today, actor):
    def go(**more):
        by = actor("fund_auditor", areas=[""])
        return services.run(review="split-stays", source=claims(), pack=pack, by=by, on=today, **more)

    return go


@pytest.fixture
def staff(actor):
    return actor("fund_auditor", areas=[""]), actor("institution_manager", institutions=[HOSPITAL])


def first() -> Finding:
    return Finding.objects.get(unit_id=HOSPITAL)


def test_a_run_explains_and_does_not_repeat_itself(run, staff):
    one = run(truth=[("B", "A"), ("X", "Y")])
    assert (one.rows, one.found, one.drawn) == (4, 2, 2)
    assert (one.recall, one.precision) == (0.5, 0.5)
    finding = selectors.finding(first().pk, staff[0])
    assert (
        finding.keys == ("A", "B") and finding.amount == 9_200_50 and finding.clause == "relief-2021#S3-02.24"
    )
    assert "相隔1天" in finding.explanation and len(finding.rows) == 2
    assert run().found == 2
    assert Finding.objects.count() == 2 and [row.fresh for row in ReviewRun.objects.order_by("pk")] == [2, 0]


def test_a_period_takes_rows_of_that_period_only(run):
    assert run(start=date(2024, 3, 1), below=date(2024, 4, 1)).rows == 2


def test_heard_decided_noticed_closed(run, staff, pack, today, tmp_path):
    auditor, manager = staff
    run()
    finding = first().pk
    before = files._folder
    files.use(tmp_path)
    with pytest.raises(ReviewError, match="heard first"):
        services.decide(finding_id=finding, confirmed=True, words="属实", by=auditor, on=today)
    services.ask(finding_id=finding, words="请说明", pack=pack, by=auditor, on=today)
    assert first().reply_by == date(2024, 5, 27)
    services.reply(
        finding_id=finding, words="第二次为并发症", by=manager, on=today, files=[(new_id(), "病历.pdf")]
    )
    services.decide(finding_id=finding, confirmed=True, words="病历不支持", by=auditor, on=today)
    fields = {"unit": "河东卫生院", "finding": "两次住院", "amount": 9_200_50, "verdict": "退回。"}
    services.notify(finding_id=finding, fields=fields, pack=pack, by=auditor, on=today)
    with pytest.raises(ReviewError, match="recovered"):
        services.close(finding_id=finding, words="已退", recovered=10_000_00, by=auditor, on=today)
    services.close(finding_id=finding, words="已退", recovered=4_200_50, by=auditor, on=today)
    files.use(before)
    seen = selectors.finding(finding, manager)
    assert [step.do for step in seen.steps] == ["ask", "reply", "confirm", "notify", "close"]
    assert seen.steps[1].files[0][1] == "病历.pdf" and (seen.state, seen.recovered) == ("closed", 4_200_50)
    assert [one.number for one in documents.of_subject("finding", str(finding), manager)] == [
        "康医保审〔2024〕1号"
    ]


def test_after_the_term_nobody_waits_any_longer(run, staff, pack, today):
    auditor, _ = staff
    run()
    services.ask(finding_id=first().pk, words="请说明", pack=pack, by=auditor, on=today)
    with pytest.raises(ReviewError, match="heard first"):
        services.decide(finding_id=first().pk, confirmed=True, words="属实", by=auditor, on=date(2024, 5, 27))
    services.decide(finding_id=first().pk, confirmed=True, words="逾期", by=auditor, on=date(2024, 5, 28))
    assert first().state == "confirmed"


def test_a_verdict_is_taken_back_with_a_reason(run, staff, today):
    auditor, _ = staff
    run()
    services.decide(finding_id=first().pk, confirmed=False, words="转科", by=auditor, on=today)
    with pytest.raises(ReasonError):
        services.reopen(finding_id=first().pk, why="", by=auditor, on=today)
    services.reopen(finding_id=first().pk, why="漏看一份病历", by=auditor, on=today)
    assert first().state == "open"


def test_who_sees_and_who_may(run, staff, pack, today, actor):
    auditor, manager = staff
    run()
    finding = first().pk
    assert selectors.findings(manager).count() == 0  # not asked yet
    services.ask(finding_id=finding, words="请说明", pack=pack, by=auditor, on=today)
    assert selectors.findings(manager).count() == 1
    for stranger in (
        actor("institution_manager", institutions=[OTHER]),
        actor("cashier", institutions=[HOSPITAL]),
    ):
        with pytest.raises(ReviewError):
            selectors.finding(finding, stranger)
        with pytest.raises(NotPermitted):
            services.reply(finding_id=finding, words="我答", by=stranger, on=today)
    with pytest.raises(NotPermitted):
        services.decide(finding_id=finding, confirmed=False, words="没事", by=manager, on=today)
    with pytest.raises(NotPermitted):
        services.run(review="split-stays", source=claims(), pack=pack, by=manager, on=today)
    assert isinstance(finding, UUID)
