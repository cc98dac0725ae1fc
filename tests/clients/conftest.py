"""Our endpoint as other people's libraries meet it: a real server on a port, and a token."""

import pytest
from django.utils import timezone

from tests.unit.gateway.fhir.conftest import words
from tests.unit.registry.conftest import AREAS, identity

__all__ = ["words"]


@pytest.fixture
def endpoint(transactional_db, live_server, words, system):
    """(address, token, a resident's id) of a hospital's system."""
    from datetime import date

    from kangcheng.gateway.machines import services as machines
    from kangcheng.registry.areas.models import Area
    from kangcheng.registry.areas.types import LEVELS, parent_of
    from kangcheng.registry.institutions import services as institutions
    from kangcheng.registry.institutions.types import NewInstitution
    from kangcheng.registry.people import services as people
    from kangcheng.registry.people.types import NewPerson

    for code, name in AREAS.items():
        Area.objects.get_or_create(
            code=code, defaults={"name": name, "level": LEVELS[len(code)], "parent_code": parent_of(code)}
        )
    today = timezone.localdate()
    place = institutions.register(
        new=NewInstitution("PDY0000000000000000077", "市医院", "county_hospital", "public", "150302", date(2020, 1, 1), level="二级"),
        by=system, on=today,
    )  # fmt: skip
    person = people.register(
        new=NewPerson("张小明", "150302001002", identity=identity(8)), by=system, on=today
    )
    platform = machines.register(
        code="clients", title="clients", scopes="system/*.cruds", institution_id=None, by=system, on=today
    )
    assert place
    return f"{live_server.url}/fhir", machines.issue(machine_id=platform, by=system, on=today), str(person)
