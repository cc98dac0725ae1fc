"""Resources as lines of a record: what each kind says, the order, values with their bounds, and what was an error."""

from datetime import date
from decimal import Decimal

from kangcheng.records.life import rules
from kangcheng.records.life.pdf import record_pdf


def observation(day, value, code="glu", **more):
    return {
        "resourceType": "Observation", "id": f"{code}-{day}", "status": "final", "effectiveDateTime": day,
        "code": {"coding": [{"system": "urn:kangcheng:result", "code": code},
                            {"system": "urn:kangcheng:item", "code": "fee-glucose"}], "text": "血糖"},
        "valueQuantity": {"value": Decimal(value), "unit": "mmol/L"},
        "referenceRange": [{"low": {"value": Decimal("3.9")}, "high": {"value": Decimal("6.1")}}],
        "interpretation": [{"coding": [{"code": "H"}]}], "performer": [{"reference": "Organization/7", "display": "市医院"}],
        **more,
    }  # fmt: skip


def lived(*resources):
    return rules.life(rules.line(one, version=1) for one in resources)


def test_values_of_a_quantity_are_a_trend_the_newest_first():
    found = lived(
        observation("2026-01-02", "5.20"), observation("2026-03-01", "7.10"), observation("2026-02", "6.0")
    )
    (trend,) = found.trends
    assert [str(one.value) for one in trend.results] == ["7.10", "6.0", "5.20"]
    assert [one.on for one in trend.results] == [date(2026, 3, 1), date(2026, 2, 1), date(2026, 1, 2)]
    latest = trend.latest
    assert (latest.low, latest.high, latest.flag, latest.panel) == (
        Decimal("3.9"),
        Decimal("6.1"),
        "H",
        "fee-glucose",
    )
    assert (latest.institution, latest.institution_id) == ("市医院", "7")


def test_what_was_written_in_error_is_left_out():
    wrong = observation("2026-01-02", "5.2", status="entered-in-error")
    condition = {"resourceType": "Condition", "id": "c", "code": {"text": "高血压"},
                 "verificationStatus": {"coding": [{"code": "entered-in-error"}]}}  # fmt: skip
    assert lived(wrong, condition).lines == ()


def test_a_resource_that_says_little_is_still_a_line():
    (line,) = lived({"resourceType": "Procedure", "id": "p", "status": "completed"}).lines
    assert (line.title, line.on, line.institution) == ("—", None, "")


def test_a_visit_has_reasons_and_both_days():
    visit = {"resourceType": "Encounter", "id": "v", "status": "finished", "class": {"code": "IMP"},
             "reasonCode": [{"text": "肺炎"}, {"coding": [{"display": "贫血"}]}],
             "period": {"start": "2026-01-02T08:00:00+08:00", "end": "2026-01-09"}}  # fmt: skip
    (line,) = lived(visit).lines
    assert (line.title, line.on, line.end, line.code) == (
        "肺炎、贫血",
        date(2026, 1, 2),
        date(2026, 1, 9),
        "IMP",
    )


def test_the_record_on_paper_is_a_pdf():
    made = record_pdf(
        lived(observation("2026-01-02", "5.2")),
        name="某人",
        number="",
        born=date(1960, 1, 1),
        on=date(2026, 1, 3),
    )
    assert made.startswith(b"%PDF")
