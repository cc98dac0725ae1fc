"""Who should have a row and has none."""

from datetime import date
from fractions import Fraction

import pytest

from kangcheng.work.registers import selectors, services

pytestmark = pytest.mark.django_db
POSTS = 'covers: {each: institution, of: village_clinic, column: clinic, where: {trained: "yes"}, title: 无达标人员的卫生室}\n'
VISITS = "covers: {each: county, column: village, within: month}\n"


@pytest.fixture
def covered(pack_folder, ledgers):
    for name, more in (("posts", POSTS), ("visits", VISITS)):
        file = pack_folder / "registers" / f"{name}.yaml"
        file.write_text(file.read_text("utf-8") + more, encoding="utf-8")
    return selectors.registers()


def post(clinic, **more):
    return {"clinic": str(clinic), "number": "1", "duty": "cure", "since": date(2024, 1, 1), **more}


def names(register, by, on):
    return [one.name for one in selectors.gaps(register, by, on)]


def test_an_institution_is_missing_until_a_row_fulfils_the_condition_and_again_when_it_ends(
    covered, places, system, today
):
    register = covered["posts"]
    first, second = places["和平卫生室"], places["拉僧庙卫生室"]
    services.create(register=register, values=post(first, hours=Fraction(24)), by=system, on=today)
    ends = post(second, hours=Fraction(25), until=date(2026, 5, 31))
    services.create(register=register, values=ends, by=system, on=today)
    assert names(register, system, date(2026, 5, 31)) == ["和平卫生室"], "24 hours are too few"
    assert names(register, system, date(2026, 6, 1)) == ["和平卫生室", "拉僧庙卫生室"]


def test_counties_are_those_with_institutions_and_only_this_month_counts(covered, places, system):
    register, on = covered["visits"], date(2026, 5, 9)
    seen = {"village": "150302001002", "day": date(2026, 5, 1), "served": Fraction(3)}
    services.create(register=register, values=seen, by=system, on=on)
    assert names(register, system, on) == ["海南区"]
    assert names(register, system, date(2026, 6, 1)) == ["海勃湾区", "海南区"]


def test_only_within_reach(covered, places, system, today, actor):
    officer = actor("bureau_officer", areas=["150303"])
    assert [one.name for one in selectors.gaps(covered["posts"], officer, today)] == ["拉僧庙卫生室"]
