"""kangcheng report keeps to areas that exist and periods that have begun."""

from datetime import date
from types import SimpleNamespace

import pytest

from kangcheng.cli.report import _area, _begun
from kangcheng.kernel.errors import KangchengError
from kangcheng.performance.indicators.spans import PeriodError, span


@pytest.mark.django_db
def test_an_area_must_be_known():
    from kangcheng.registry.areas.models import Area

    Area.objects.create(code="150302", name="海勃湾区", level=3, parent_code="1503")
    assert _area("city") == "" and _area("150302") == "150302"
    with pytest.raises(KangchengError, match="150303: 没有这个区划"):
        _area("150303")


@pytest.mark.parametrize(
    ("text", "begun"), [("2026-11", True), ("2026-12", False), ("2026", True), ("2027", False)]
)
def test_a_period_must_have_begun(text, begun):
    document = SimpleNamespace(span=span(text))
    if begun:
        _begun(document, date(2026, 11, 1))
    else:
        with pytest.raises(KangchengError, match="还没有开始"):
            _begun(document, date(2026, 11, 30))


@pytest.mark.parametrize("text", ["9999", "9999-12", "1899", "2024-13", ""])
def test_a_period_lies_in_the_calendar(text):
    with pytest.raises(PeriodError):
        span(text)
