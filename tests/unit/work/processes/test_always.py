"""Whatever is tried, in whatever order, by whomever: what a process must never do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kangcheng.policy.machine import Opinion, Refused, Step, begin, open_case, opine, take
from kangcheng.policy.reader import load_pack

ENTRY = load_pack("kangcheng").entries["process", "equipment-purchase"]
STATES = {row["id"] for row in ENTRY.get("states")}
FINAL = {row["id"] for row in ENTRY.get("states") if row.get("final") == "yes"}
STEPS = [row["id"] for row in ENTRY.get("transitions")]
FIELDS = [row["id"] for row in ENTRY.get("fields")]
PEOPLE = ["甲", "乙", "丙"]
VALUES = ["3999.99", "4000", "99999.99", "100000", "必要", "2", "3", "f", "2026-11-20", ""]

attempt = st.tuples(
    st.sampled_from(STEPS),
    st.sampled_from(PEOPLE),
    st.sampled_from(list(ENTRY.get("roles"))),
    st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES), max_size=4),
    st.sampled_from(["", "意见"]),
    st.booleans(),
)
# Steps with what they need are mixed in, or a walk would hardly leave its first states.
good = st.sampled_from(
    [
        ("submit", "甲", "applicant", {"quotation": "f"}, "", False),
        ("review", "乙", "section", {"need": "必要"}, "", False),
        ("approve", "丙", "leader", {}, "", False),
        ("approve-large", "丙", "leader", {}, "", False),
        (
            "tender",
            "甲",
            "applicant",
            {"bidders": "3", "supplier": "某", "price": "4000", "tender_file": "f"},
            "",
            False,
        ),
        ("accept", "甲", "receiver", {"arrived": "2026-11-20"}, "", False),
        ("accept", "乙", "receiver", {}, "", False),
        ("withdraw", "甲", "applicant", {}, "意见", False),
        ("return", "乙", "section", {}, "意见", False),
        ("opinion", "乙", "section", {}, "意见", True),
        ("opinion", "丙", "finance", {}, "意见", True),
    ]
)
amounts = st.sampled_from(["3999.99", "4200", "100000"])


@settings(max_examples=150, deadline=None)
@given(amounts, st.lists(st.one_of(good, good, attempt), max_size=30))
def test_random_walks(amount, attempts):
    journey = open_case(
        ENTRY, Step("open", "甲", "applicant", 0, {"item": "某", "quantity": "1", "amount": amount})
    )
    for do, by, role, fields, comment, agrees in attempts:
        before = journey
        try:
            if do == "opinion":
                journey = opine(ENTRY, journey, Opinion(by, role, agrees, comment))
            else:
                journey = take(ENTRY, journey, Step(do, by, role, 0, fields, comment))
        except Refused as refusal:
            assert refusal.faults and journey is before
            continue
        assert journey.state in STATES
        assert before.state not in FINAL, "a closed case took a step"
        assert set(journey.states) <= STATES
    sealed = [step.by for step in journey.steps if step.do == "accept"]
    assert len(sealed) == len(set(sealed)), "one person sealed twice"
    if journey.state == "accepted":
        assert len(sealed) == 2
    if "approved" in journey.states:
        asked, approver = (
            "review",
            next(step.by for step in reversed(journey.steps) if step.do.startswith("approve")),
        )
        assert approver != "甲" and approver not in {step.by for step in journey.steps if step.do == asked}
    if amount == "3999.99":
        last = journey.fields["amount"]
        assert journey.state != "approved" or last != "3999.99"


@given(st.sampled_from(PEOPLE), st.sampled_from(STEPS))
def test_a_withdrawn_case_takes_no_step(by, do):
    journey = open_case(
        ENTRY, Step("open", "甲", "applicant", 0, {"item": "某", "quantity": "1", "amount": "4200"})
    )
    journey = take(ENTRY, journey, Step("withdraw", "甲", "applicant", comment="不买了"))
    row = next(one for one in ENTRY.get("transitions") if one["id"] == do)
    roles = row["by"] if isinstance(row["by"], list) else [row["by"]]
    for role in roles:
        with pytest.raises(Refused):
            take(ENTRY, journey, Step(do, by, role, comment="意见"))


def test_a_case_begins_where_the_entry_says():
    assert begin(ENTRY).state == "drafted"
