"""A procedure is taken step by step; whoever may not, is told every reason."""

from datetime import date
from fractions import Fraction

import pytest

from kangcheng.policy import machine
from kangcheng.policy.checks import check_pack
from kangcheng.policy.machine import Journey, Refused, Step, begin, open_steps, take

PROCESS = """\
kind: process
id: direct
title: 住院直补
start: admitted
states:
  - {id: admitted, title: 在院}
  - {id: identified, title: 身份已核}
  - {id: eligible, title: 资格已核}
  - {id: paid, title: 已补偿, final: "yes"}
roles: {doctor: 首诊医生, clerk: 经办}
fields:
  - {id: card, title: 身份证号, type: identity}
  - {id: signature, title: 签名, type: text, evidence: "yes"}
  - {id: finger, title: 指印, type: file, evidence: "yes"}
  - {id: digital, title: 电子签, type: file, evidence: "yes"}
transitions:
  - {id: identify, title: 核身份, from: admitted, to: identified, by: doctor, requires: card, clause: plan-2021#S-3}
  - {id: check, title: 核资格, from: identified, to: eligible, by: clerk, other_person_than: identify}
  - {id: send_back, title: 退回, from: [identified, eligible], to: admitted, by: clerk}
  - {id: pay, title: 补偿, from: eligible, to: paid, by: clerk,
     requires: [signature], any_of: [[finger, digital]], after: [check], within_days: "30"}
rates:
  - {id: one-time, title: 一次结算率, reached: paid, without: send_back, among: [paid, eligible]}
cases:
  - name: 两个人核，一次办结
    steps:
      - {do: identify, by: A, role: doctor, fields: {card: x}}
      - {do: check, by: A, role: clerk, refused: must be another person}
      - {do: check, by: B, role: clerk}
      - {do: pay, by: B, role: clerk, day: "3", refused: finger|digital}
      - {do: pay, by: B, role: clerk, day: "3", fields: {signature: 签, digital: f}}
    expect: paid
"""


@pytest.fixture
def entry(bench):
    bench.write("city/direct.yaml", PROCESS)
    return bench.load().entries["process", "direct"]


def done(entry, *steps: Step) -> Journey:
    journey = begin(entry)
    for step in steps:
        journey = take(entry, journey, step)
    return journey


IDENTIFY = Step("identify", "A", "doctor", fields={"card": "x"})
CHECK = Step("check", "B", "clerk")
PAY = Step("pay", "B", "clerk", 3, {"signature": "签", "finger": "f"})


def test_the_way_through(entry):
    journey = done(entry, IDENTIFY, CHECK, PAY)
    assert journey.state == "paid" and journey.states == ("admitted", "identified", "eligible", "paid")
    assert [step["id"] for step in open_steps(entry, begin(entry), "doctor")] == ["identify"]
    assert machine.missing(entry, "pay", {"signature": " "}) == ["signature", "finger|digital"]


@pytest.mark.parametrize(
    ("before", "step", "words"),
    [
        (
            (),
            Step("pay", "B", "clerk"),
            ["wrong state", "not filled in) signature", "finger|digital", "first do) check"],
        ),
        ((), Step("identify", "A", "clerk", fields={"card": "x"}), ["wrong role"]),
        (
            (),
            Step("identify", "A", "doctor", fields={"card": "x", "referral": "y"}),
            ["unknown field) referral"],
        ),
        ((IDENTIFY,), Step("check", "A", "clerk"), ["must be another person"]),
        ((IDENTIFY, CHECK), Step("pay", "B", "clerk", 31, PAY.fields), ["too late"]),
        ((), Step("idntify", "A", "doctor"), ["no such step"]),
    ],
)
def test_every_reason_of_a_refusal_is_given(entry, before, step, words):
    journey = done(entry, *before)
    with pytest.raises(Refused) as refused:
        take(entry, journey, step)
    reasons = str(refused.value)
    assert all(word in reasons for word in words)
    assert len(refused.value.faults) == len(words)


def test_the_rate_counts_cases_settled_in_one_go(entry):
    once = done(entry, IDENTIFY, CHECK, PAY)
    back = done(entry, IDENTIFY, Step("send_back", "B", "clerk"), IDENTIFY, CHECK, PAY)
    waiting = done(entry, IDENTIFY, CHECK)
    assert machine.rate(entry, "one-time", [once, back, waiting, begin(entry)]) == Fraction(1, 3)
    assert machine.rate(entry, "one-time", [begin(entry)]) is None


def test_its_cases_run(bench, entry):
    assert check_pack(bench.load(), on=date(2026, 1, 1)).passed


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("expect: paid", "expect: eligible", "应到 eligible，得 paid"),
        ("role: clerk, refused: must be another person", "role: clerk", "must be another person"),
        ("refused: must be another person", "refused: 别的话", "must be another person"),
        ("other_person_than: identify", "other_person_than: pay", "却做成了"),
    ],
)
def test_its_cases_can_fail(bench, old, new, words):
    bench.write("city/direct.yaml", PROCESS.replace(old, new))
    differences = [
        line
        for _, result in check_pack(bench.load(), on=date(2026, 1, 1)).failed
        for line in result.differences
    ]
    assert any(words in line for line in differences)


def test_a_start_that_does_not_exist(bench):
    bench.write("city/direct.yaml", PROCESS.replace("start: admitted", "start: admited"))
    faults = [str(fault) for fault in check_pack(bench.load(), on=date(2026, 1, 1)).faults]
    assert any("did you mean) 'admitted'" in fault for fault in faults)


def test_what_counts_as_filled_in():
    assert [machine.filled(value) for value in (None, "", " ", [], {}, "x", 0, ["a"])] == [False] * 5 + [
        True
    ] * 3
