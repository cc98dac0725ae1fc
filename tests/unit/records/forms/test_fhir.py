"""Forms and answers as FHIR: valid resources, answers there and back, Observations taken out, all written together."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack
from kangcheng.records.forms import selectors, services
from kangcheng.records.forms.types import Answer, Form
from kangcheng.records.store import selectors as store
from kangcheng.records.validation.services import faults_of

PACKS = Path(__file__).resolve().parents[4] / "packs"
PERSON = UUID("018f0000-0000-7000-8000-000000000001")
WHEN = "2024-05-20T10:00:00+08:00"


@cache
def base() -> Pack:
    """The base pack."""
    return load_pack(PACKS / "base", root=PACKS)


def asked(name: str) -> Form:
    """One form of the base pack."""
    found = selectors.form(base(), name)
    assert found
    return found


def visit() -> dict[str, Answer]:
    """The answers of a worked case."""
    cases = base().entries["form", "hypertension-follow-up"].cases
    return dict(next(case for case in cases if case.name == "收缩压180").data["answers"])


def test_every_form_is_a_valid_questionnaire() -> None:
    forms = selectors.forms(base())
    assert len(forms) >= 14
    for form in forms:
        assert [str(fault) for fault in faults_of(selectors.questionnaire(form), profiles=False)] == [], (
            form.id
        )


def test_a_question_that_waits_says_for_what() -> None:
    made = selectors.questionnaire(asked("tcm-constitution-60"))
    heat = next(item for item in made["item"] if item["linkId"] == "f7")
    assert heat["enableWhen"][0]["question"] == "sex"
    assert heat["enableWhen"][0]["answerCoding"]["code"] == "1"


def test_answers_come_back_from_a_valid_response() -> None:
    form = asked("hypertension-follow-up")
    found = selectors.outcome(form, visit())
    made = selectors.response(form, found, subject=f"Patient/{PERSON}", authored=WHEN)
    assert [str(fault) for fault in faults_of(made, profiles=False)] == []
    again = selectors.outcome(form, {k: v for k, v in selectors.answers_of(form, made).items() if k != "bmi"})
    assert again.results == found.results == {"urgent": "危急，紧急处理后转诊", "control": "不满意"}
    assert dict(again.scores) == dict(found.scores)


def test_observations_are_taken_out_of_what_has_a_code() -> None:
    form = asked("tcm-constitution-33")
    answers: dict[str, Answer] = {item.id: "3" for item in form.every_item()} | {"q28": "88"}
    made = selectors.observations(
        form, selectors.outcome(form, answers), subject=f"Patient/{PERSON}", when=WHEN
    )
    assert len(made) == 10
    qi = next(one for one in made if one["code"]["coding"][0]["code"] == "qi")
    assert (qi["valueQuantity"]["value"], qi["interpretation"][0]["text"]) == (12, "是")
    assert [str(fault) for one in made for fault in faults_of(one, profiles=False)] == []


@pytest.mark.django_db
def test_a_filled_form_is_written_whole_or_not_at_all(system: Actor, today: date) -> None:
    form, at = asked("hypertension-follow-up"), datetime(2024, 5, 20, 2, tzinfo=UTC)
    written = services.submit(form, visit(), subject=PERSON, by=system, on=today, at=at)
    kinds = [one.type for one in written]
    assert kinds[0] == "QuestionnaireResponse" and kinds.count("Observation") == 6
    assert store.get("QuestionnaireResponse", written[0].logical_id) is not None
    with pytest.raises(Faults, match="收缩压"):
        services.submit(form, {**visit(), "sbp": "9999"}, subject=PERSON, by=system, on=today, at=at)


def test_only_who_may_writes(system: Actor, today: date) -> None:
    nobody = Actor(user_id=system.user_id, name="某人")
    with pytest.raises(KangchengError, match="record"):
        services.submit(
            asked("barthel"), {}, subject=PERSON, by=nobody, on=today, at=datetime(2024, 5, 20, tzinfo=UTC)
        )
