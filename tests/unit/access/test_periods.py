"""How long a look may last is read from the city's pack."""

from datetime import date, timedelta

import pytest
from django.conf import settings

from kangcheng.access import periods
from kangcheng.access.contacts import services as contacts
from kangcheng.access.contacts.models import Contact
from kangcheng.kernel.ids import new_id


@pytest.fixture
def lasting():
    """Periods of the test's own: lasting({...})."""
    before = periods.use(None)

    def use(days):
        periods.use(lambda name, on: days[name])

    yield use
    periods.use(before)


def test_the_city_pack_says_how_long():
    read = periods.from_pack(settings.CITY_PACK, settings.PACKS_FOLDER)
    names = (periods.VISIT, periods.EMERGENCY, periods.EXPORT)
    assert [read(name, date(2024, 5, 20)) for name in names] == [30, 2, 7]


def test_without_a_pack_nothing_is_guessed(lasting):
    with pytest.raises(periods.NoPeriod):
        periods.end_of(periods.VISIT, date(2024, 5, 20))


@pytest.mark.django_db
def test_a_visit_lasts_as_long_as_the_pack_says(lasting, actor, someone, today):
    lasting({periods.VISIT: 3})
    place = new_id()
    made = contacts.open_contact(
        person_id=someone(1), institution_id=place, kind="visit", by=actor("cashier", institutions=[place]), on=today
    )  # fmt: skip
    assert Contact.objects.get(pk=made).valid_to == today + timedelta(days=3)
