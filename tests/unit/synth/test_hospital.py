"""A day of traffic: the same for the same seed, and messages that the city's mappings understand."""

from datetime import date

import pytest

from kangcheng.policy.reader import load_pack
from kangcheng.records.inbox import selectors as inbox
from kangcheng.records.validation.services import faults_of
from kangcheng.synth import hospital
from tests.conftest import REPOSITORY

ASKED = {
    "on": date(2024, 5, 20),
    "senders": ["ST1", "ST2"],
    "visits": 12,
    "areas": ["150302001002", "150303100201"],
}


def test_the_same_seed_says_the_same_and_another_does_not():
    one, again, other = (list(hospital.day(seed=seed, **ASKED)) for seed in (1, 1, 2))
    assert one == again != other
    assert one == sorted(one, key=lambda sent: (sent.at, sent.sender))
    assert {sent.channel for sent in one} == {"hl7v2", "fhir"} and {sent.sender for sent in one} == {
        "ST1",
        "ST2",
    }


@pytest.mark.parametrize("seed", [1, 7])
def test_every_message_maps_to_valid_resources(seed):
    pack = load_pack("base", root=REPOSITORY / "packs")
    for sent in hospital.day(seed=seed, **ASKED):
        if sent.channel == "fhir":
            (found,) = [inbox.of_bundle(__import__("json").loads(sent.text), sent.sender)]
        else:
            message = inbox.read(sent.text.encode())
            found = inbox.of_message(inbox.for_message(pack, message.head.kind, "ST1"), message, "ST1")
        assert {fault.where for fault in found.faults} <= {"PID-8"}
        assert [fault for one in found.made for fault in faults_of(one.resource, profiles=False)] == []
