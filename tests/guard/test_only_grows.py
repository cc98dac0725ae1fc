"""What only grows cannot be changed by anybody who writes SQL by hand; what is sealed tells nothing to who holds the database alone."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from kangcheng.base import keys, personal
from kangcheng.base.audit import AuditEvent, LookLog
from kangcheng.registry.people.models import Resident

pytestmark = pytest.mark.django_db
ONLY_GROW = {
    "base_auditevent", "base_looklog", "base_storedfile", "funds_request", "funds_release", "funds_procedurestep", "funds_receipt",
    "funds_receiptprint", "funds_account", "funds_entry", "funds_posting", "funds_monthclose", "funds_payoutapproval",
    "funds_payment", "funds_dayclose",
}  # fmt: skip
KEPT = {
    "funds_settlement",
    "funds_billline",
    "funds_entitlementuse",
    "funds_payout",
    "funds_eligibilityfact",
    "access_emergency",
}


def histories():
    return {model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}


def triggers():
    """table -> operations that some row trigger of ours refuses or watches."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT event_object_table, event_manipulation, trigger_name FROM information_schema.triggers "
            "WHERE trigger_name LIKE 'pgtrigger_%'"
        )
        return {
            (table, verb, name.removeprefix("pgtrigger_").rsplit("_", 1)[0])
            for table, verb, name in sql.fetchall()
        }


def test_every_table_that_only_grows_has_its_trigger():
    found = triggers()
    for table in ONLY_GROW | histories():
        assert {(table, "UPDATE", "append_only"), (table, "DELETE", "append_only")} <= found, table
    for table in KEPT:
        assert (table, "DELETE", "no_delete") in found, table


def test_the_logs_and_the_ledger_refuse_raw_sql(world):
    refused = []
    for table in sorted(ONLY_GROW | KEPT):
        with connection.cursor() as sql:
            sql.execute(f"SELECT count(*) FROM {table}")
            if not sql.fetchone()[0]:
                continue
        for statement in (
            f"UPDATE {table} SET created_at = created_at - interval '1 day'",
            f"DELETE FROM {table}",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as sql:
                sql.execute(statement)
            refused.append(table)
    assert {
        "base_auditevent",
        "base_looklog",
        "funds_posting",
        "funds_entry",
        "funds_payment",
        "funds_settlement",
    } <= set(refused)


def test_a_history_is_not_rewritten(world):
    Resident.objects.filter(pk=world.near.people[0]).update(name="改名后")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as sql:
        sql.execute("UPDATE registry_residentevent SET name = '无名氏'")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as sql:
        sql.execute("DELETE FROM registry_residentevent")


def test_a_posting_out_of_balance_is_refused_by_the_database(world):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as sql:
        sql.execute(
            "INSERT INTO funds_posting (id, created_at, entry_id, account, amount, happened_on) "
            "SELECT gen_random_uuid(), now(), entry_id, account, 1, happened_on FROM funds_posting LIMIT 1"
        )


def test_the_database_alone_tells_no_number_phone_or_address(world):
    """Every column of every table, as text and as bytes, is searched for what is sealed."""
    sealed = [
        *world.near.numbers,
        *world.far.numbers,
        *world.near.phones,
        *world.near.words[1:],
        "钟离甲寅巷",
    ]
    found = []
    with connection.cursor() as sql:
        for table in connection.introspection.table_names():
            sql.execute(f'SELECT t::text FROM "{table}" t')
            text = "\n".join(row[0] for row in sql.fetchall())
            plain = text + bytes.fromhex("".join(part for part in _hex(text))).decode("utf-8", "replace")
            found += [(table, one) for one in sealed if one in plain]
    assert found == []


def _hex(text):
    import re

    return (part if len(part) % 2 == 0 else part[:-1] for part in re.findall(r"\\x([0-9a-f]+)", text))


def test_equal_values_are_sealed_differently_and_found_by_a_keyed_index(world, tmp_path):
    def raw():
        with connection.cursor() as sql:
            sql.execute(
                "SELECT identity, identity_index FROM registry_resident WHERE id = %s", [world.near.people[0]]
            )
            return [bytes(one) for one in sql.fetchone()]

    (first, index) = raw()
    person = Resident.objects.get(pk=world.near.people[0])
    person.save()
    second, same = raw()
    assert first != second and index == same
    other = keys.key_ring(tmp_path / "other.json")
    before = personal.use(other)
    try:
        assert personal.blind_index(world.near.numbers[0], "identity") != index
        assert isinstance(Resident.objects.get(pk=world.near.people[0]).identity, personal.Unreadable)
    finally:
        personal.use(before)
    assert Resident.objects.get(pk=world.near.people[0]).identity == world.near.numbers[0]


def test_without_the_keys_pages_work_and_show_no_number(world, browser, tmp_path):
    client = browser("fund_officer")
    before = personal.use(keys.key_ring(tmp_path / "other.json"))
    try:
        page = client.get(f"/people/{world.near.people[0]}/")
        assert page.status_code == 200 and world.near.names[0] in page.content.decode()
        assert client.get("/people/", {"q": world.near.numbers[0]}, follow=True).status_code == 200
        assert client.get(f"/claims/{world.near.ids['claim']}/receipt/").status_code == 200
    finally:
        personal.use(before)


def test_looks_and_events_say_who_and_when(world):
    assert AuditEvent.objects.count() > 20 and LookLog.objects.count() > 3
    assert not AuditEvent.objects.filter(actor_name="").exists()
    assert not LookLog.objects.filter(actor_name="").exists()
