"""Messages taken once, refused with every fault, corrected, played again; only by who is responsible."""

import orjson
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from kangcheng.access.errors import NotPermitted
from kangcheng.gateway.inbox import selectors, services
from kangcheng.gateway.inbox.models import InboxMessage
from kangcheng.gateway.inbox.types import InboxError
from kangcheng.kernel.errors import KangchengError
from kangcheng.records.store.models import Resource
from kangcheng.registry.matching import services as matching
from kangcheng.registry.people.models import SourceRecord
from tests.unit.gateway.inbox.conftest import admission, result
from tests.unit.registry.conftest import identity

pytestmark = pytest.mark.django_db


def resources(kind):
    return Resource.objects.filter(type=kind)


def test_an_admission_and_a_result_are_taken_under_one_resident(emr, send):
    emr()
    assert send(admission()) == ("AA", "")
    assert send(result()) == ("AA", "")
    assert {row.type for row in Resource.objects.all()} == {
        "Encounter",
        "Condition",
        "Observation",
        "DiagnosticReport",
    }
    assert len(set(Resource.objects.values_list("subject_id", flat=True))) == 1
    assert resources("Observation").get().body["valueQuantity"]["value"] == pytest.approx(6.3)
    assert str(resources("Observation").get().logical_id) in str(
        resources("DiagnosticReport").get().body["result"]
    )


def test_the_same_message_twice_is_done_once(emr, send):
    emr()
    assert send(admission()) == send(admission())
    assert InboxMessage.objects.count() == 1 and resources("Encounter").get().version == 1


def test_a_number_used_for_another_message_is_refused(emr, send):
    emr()
    send(admission())
    code, words = send(admission(visit="V2"))
    assert code == "AR" and "消息号" in words
    assert InboxMessage.objects.count() == 1


def test_a_discharge_is_a_new_version_of_the_same_stay(emr, send):
    emr()
    send(admission())
    assert send(admission(control="9", kind="A03"))[0] == "AA"
    stay = resources("Encounter").get()
    assert (stay.version, stay.body["status"]) == (2, "finished")


def test_two_senders_with_the_same_numbers_do_not_meet(emr, send):
    emr("DEMO", 1), emr("OTHER", 2)
    send(admission(1)), send(admission(1, facility="OTHER"))
    assert resources("Encounter").count() == 2


def test_nothing_of_a_refused_message_stays_but_itself(emr, send):
    emr()
    code, words = send(admission(sex="9"))
    assert code == "AE" and "PID-8" in words
    row = InboxMessage.objects.get()
    assert row.state == "refused" and row.faults[0][0] == "PID-8"
    assert Resource.objects.count() == 0


def test_unknown_senders_wrong_certificates_and_other_kinds(emr, send):
    emr()
    assert send(admission(facility="NOBODY"))[0] == "AR"
    assert send(admission(), peer="OTHER")[0] == "AR"
    assert send("nonsense")[0] == "AR"
    assert InboxMessage.objects.count() == 0
    assert send(admission(kind="A60"))[0] == "AE"


def test_a_machine_writes_only_what_its_scopes_allow(emr, send):
    emr(scopes="system/Patient.c system/Encounter.cu")
    code, words = send(admission())
    assert code == "AE" and "Condition" in words and Resource.objects.count() == 0


def test_the_text_is_sealed_and_stays_as_it_came(emr, send):
    emr()
    send(admission(sex="9"))
    with transaction.atomic(), __import__("django.db").db.connection.cursor() as sql:
        sql.execute("SELECT body FROM gateway_inboxmessage")
        assert identity(1).encode() not in bytes(sql.fetchone()[0])
    assert identity(1) in InboxMessage.objects.get().body
    for change in ({"body": "x"}, {"control_id": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            InboxMessage.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        InboxMessage.objects.all().delete()


def test_a_manager_corrects_a_field_and_it_is_taken(emr, send, actor, pack):
    emr()
    send(admission(sex="9"))
    row = InboxMessage.objects.get()
    manager = actor("institution_manager", institutions=[row.institution_id])
    given = {"by": manager, "on": timezone.localdate(), "pack": pack, "now": timezone.now()}
    done = services.correct(message_id=row.pk, fields={"PID[1]-8": "1"}, why="性别代码写错", **given)
    assert done.state == "taken" and resources("Encounter").count() == 1
    row.refresh_from_db()
    assert "|9|" in row.body and "|1|" in row.corrected and row.tries == 2
    with pytest.raises(InboxError):
        services.replay(message_id=row.pk, **given)


def test_strangers_neither_see_nor_correct(emr, send, actor, pack):
    emr()
    send(admission(sex="9"))
    row, today = InboxMessage.objects.get(), timezone.localdate()
    given = {"message_id": row.pk, "on": today, "pack": pack, "now": timezone.now()}
    far = actor("institution_manager", institutions=[row.pk])
    for by, error in (
        (far, InboxError),
        (actor("clinician", institutions=[row.institution_id]), NotPermitted),
    ):
        assert list(selectors.messages(by, today)) == [] and selectors.message(by, today, row.pk) is None
        with pytest.raises(error):
            services.replay(by=by, **given)
    officer = actor("bureau_officer", areas=["150302"])
    assert list(selectors.messages(officer, today)) == [row]
    assert list(selectors.messages(actor("bureau_officer", areas=["150303"]), today)) == []


def test_a_correction_says_why_and_changes_something(emr, send, actor, pack):
    emr()
    send(admission(sex="9"))
    row = InboxMessage.objects.get()
    by = actor("institution_manager", institutions=[row.institution_id])
    given = {"message_id": row.pk, "by": by, "on": timezone.localdate(), "pack": pack, "now": timezone.now()}
    with pytest.raises(KangchengError):
        services.correct(fields={"PID[1]-8": "1"}, why="", **given)
    with pytest.raises(InboxError):
        services.correct(fields={}, why="试", **given)


def test_a_row_of_a_sheet_is_a_message_too(emr, row):
    machine = emr()
    cells = {"就诊流水号": "M1", "病案号": "A1", "姓名": "张小甲", "身份证号": identity(1), "性别": "男",
             "出生日期": "1980-01-01", "就诊类型": "门诊", "就诊日期": "2024-05-20"}  # fmt: skip
    assert row(machine, "M1", orjson.dumps(cells).decode()).state == "taken"
    assert row(machine, "M1", orjson.dumps(cells).decode()).again
    assert row(machine, "M2", orjson.dumps(cells | {"就诊类型": "?"}).decode()).state == "refused"


def test_somebody_undecided_waits_and_is_taken_once_decided(emr, send, someone, system, pack):
    emr()
    bare = admission(identity="", control="5").replace("|19800101|M|", "||M|")
    assert send(bare.replace("13800000001", "").replace("某路1号", "")) == ("AA", "")
    assert InboxMessage.objects.get().state == "waiting" and Resource.objects.count() == 0
    given = {"by": system, "on": timezone.localdate()}
    assert services.replay_waiting(pack=pack, now=timezone.now(), **given) == 0
    matching.attach(
        record_id=SourceRecord.objects.get(state="waiting").pk, person_id=someone(3), why="本人到场", **given
    )
    assert services.replay_waiting(pack=pack, now=timezone.now(), **given) == 1
    assert resources("Encounter").count() == 1


def test_the_monitor_counts(emr, send, system):
    emr(), emr("SILENT", 2)
    send(admission()), send(admission(2, control="7", sex="9"))
    today = timezone.localdate()
    by_code = {one.code: one for one in selectors.senders(system, today)}
    demo, silent = by_code["DEMO"], by_code["SILENT"]
    assert (demo.today, demo.taken, demo.refused, demo.waiting, demo.connected) == (2, 1, 1, 0, True)
    assert (silent.today, silent.last, silent.connected) == (0, None, False)
    assert [(one.open, one.connected) for one in selectors.connections(system, today)] == [(2, 1)]
    assert (selectors.days(system, today)[-1].taken, len(selectors.days(system, today))) == (1, 14)
