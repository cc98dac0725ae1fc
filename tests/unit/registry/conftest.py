"""A little county to register people in: areas, code lists, and makers of made-up persons."""

from datetime import date
from typing import Any

import pytest

from kangcheng.kernel.ids import check_digit
from kangcheng.registry import vocabulary

CODES = {
    vocabulary.CATEGORIES: {
        "registered_poor": "建档立卡贫困人口",
        "low_income": "最低生活保障对象",
        "disabled": "残疾人",
    },
    vocabulary.SCHEMES: {"resident": "城乡居民基本医疗保险", "employee": "职工基本医疗保险"},
    vocabulary.INSTITUTION_TYPES: {"county_hospital": "县级综合医院", "township_hospital": "乡镇卫生院"},
    vocabulary.LEVELS: {"一级": "一级", "二级": "二级", "三级": "三级"},
    vocabulary.GROUPS: {"jia": "甲类", "yi": "乙类", "zifei": "自费"},
}
AREAS = {
    "15": "内蒙古自治区", "1503": "乌海市", "150302": "海勃湾区", "150302001": "凤凰岭街道",
    "150302001002": "和平社区居委会", "150303": "海南区", "150303100": "拉僧庙镇", "150303100201": "拉僧庙村",
}  # fmt: skip
VILLAGE = "150302001002"
OTHER_VILLAGE = "150303100201"


def identity(number: int, *, sex: str = "M", birth: date = date(1980, 1, 1), county: str = "150302") -> str:
    """A well-formed number that nobody has: sequence from `number`, sex in the 17th digit."""
    sequence = 1 + 2 * (number % 400) + (0 if sex == "M" else 1)
    body = f"{county}{birth:%Y%m%d}{sequence:03d}"
    return body + check_digit(body)


@pytest.fixture
def words() -> Any:
    """The code lists of the tests, in place of the city's pack."""
    before = vocabulary.use(lambda name, on: CODES[name])
    yield CODES
    vocabulary.use(before)


@pytest.fixture
def county(db: Any, words: Any) -> dict[str, str]:
    """The areas of the tests."""
    from kangcheng.registry.areas.models import Area
    from kangcheng.registry.areas.types import LEVELS, parent_of

    Area.objects.bulk_create(
        Area(code=code, name=name, level=LEVELS[len(code)], parent_code=parent_of(code))
        for code, name in AREAS.items()
    )
    return AREAS


@pytest.fixture
def someone(county: Any, system: Any, today: date) -> Any:
    """Registers a person: someone(3, name=..., sex=..., birth=...) -> id."""
    from kangcheng.registry.people import services
    from kangcheng.registry.people.types import NewPerson

    def make(number: int, *, name: str = "", sex: str = "M", birth: date = date(1980, 1, 1), area: str = VILLAGE,
             **more: Any) -> Any:  # fmt: skip
        new = NewPerson(
            name=name or f"测试{'甲乙丙丁戊己庚辛壬癸'[number % 10]}", area_code=area,
            identity=identity(number, sex=sex, birth=birth), **more,
        )  # fmt: skip
        return services.register(new=new, by=system, on=today)

    return make


@pytest.fixture
def hospital(county: Any, system: Any, today: date) -> Any:
    """Registers an institution: hospital(1) -> id."""
    from kangcheng.registry.institutions import services
    from kangcheng.registry.institutions.types import NewInstitution

    def make(number: int, **more: Any) -> Any:
        given = {
            "code": f"PDY{number:019d}", "name": f"第{number}医院", "type": "county_hospital", "ownership": "public",
            "area_code": "150302", "valid_from": date(2020, 1, 1), "level": "二级",
        } | more  # fmt: skip
        return services.register(new=NewInstitution(**given), by=system, on=today)

    return make
