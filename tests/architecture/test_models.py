"""Every column has been thought about."""

import pytest
from django.apps import apps
from pghistory.models import Event

from kangcheng.base.models import Base
from kangcheng.base.personal import SealedTextField

INHERITED = {field.name for field in Base._meta.get_fields()}


def models():
    ours = [model for model in apps.get_models() if model.__module__.startswith("kangcheng.")]
    return [
        model for model in ours if not issubclass(model, Event)
    ]  # history mirrors the columns of its model


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.label)
def test_every_column_is_personal_or_plain(model):
    columns = {field.name for field in model._meta.concrete_fields} - INHERITED
    attnames = {field.attname for field in model._meta.concrete_fields}
    classed = model.personal | model.plain
    assert columns - {name.removesuffix("_id") for name in classed} - classed == set(), (
        "say whether it is personal"
    )
    assert classed - columns - attnames == set(), "no such column"
    assert model.personal & model.plain == set()


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.label)
def test_sealed_columns_are_personal(model):
    sealed = {field.name for field in model._meta.concrete_fields if isinstance(field, SealedTextField)}
    assert sealed <= model.personal


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.label)
def test_rows_have_time_ordered_ids(model):
    assert issubclass(model, Base) and model._meta.pk.name == "id"


@pytest.mark.django_db
def test_no_migration_is_missing():
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
