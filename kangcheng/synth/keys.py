"""The keys of a pack's entry of kind `city`: what the synthetic city is drawn from. A closed set, strictly typed."""

from __future__ import annotations

from kangcheng.policy.kinds import Kind
from kangcheng.policy.schema import (
    FLAG,
    Day,
    Field,
    Many,
    Money,
    Number,
    Rate,
    Record,
    Table,
    Text,
    choice,
    whole,
)
from kangcheng.policy.schema import optional as may
from kangcheng.policy.schema import required as must

AGE = whole("0", "200")
WEIGHT = Number(least="0")
SHARE = Rate()
CODE = Text(pattern=r"[0-9]{2,12}", hint="区划代码 (division code)")
WORDS = Text(hint="以空格分开的词 (words)")


def _record(title: str, /, **fields: Field) -> Record:
    return Record(title, fields)


def _from(title: str, /, **fields: Field) -> Record:
    # `from` is a word of the language, so it cannot be a keyword argument.
    return Record(title, {"from": must(AGE, "自此年龄起 (from this age)"), **fields})


BY_SEX = {"male": must(SHARE), "female": must(SHARE)}
AREA = _record("区划 area", code=must(CODE), name=must(Text()))

DISTRICT = _record(
    "县区 district",
    code=must(CODE),
    name=must(Text()),
    rural=must(FLAG),
    towns=must(whole("1")),
    villages=must(whole("1"), "每乡镇村数 (villages a town)"),
    weight=must(WEIGHT, "人口权重 (share of the people)"),
)
AWAY = _record(
    "市外 away", city=must(CODE), city_name=must(Text()), district=must(CODE), district_name=must(Text())
)
INSTITUTION = _record(
    "机构 institution",
    type=must(Text()),
    level=must(Text()),
    rank=must(whole("0", "3")),
    each=must(choice("city", "district", "town", "village", "away")),
    count=must(whole("1", "9")),
    name=must(Text()),
    beds=must(whole()),
    staff=must(whole()),
    rural=may(FLAG, "只设于农村或城区 (only there)"),
    designated=may(FLAG, "定点，默认 yes (designated)"),
)
PLACES: dict[str, Field] = {
    "year": must(whole("1950", "2100"), "演示的十二个月自此年 (the twelve months lived begin in this year)"),
    "month": must(whole("1", "12"), "此月起 (and this month)"),
    "province": must(AREA),
    "city": must(AREA),
    "districts": must(Many(DISTRICT)),
    "away": must(AWAY),
    "town_names": must(WORDS),
    "village_names": must(WORDS),
    "town_spread": must(Number(least="0"), "乡镇人口的离散 (spread of town sizes)"),
    "phone_prefix": must(Text(pattern=r"1[0-9]{2}", hint="号段 (three digits)")),
    "card_prefix": must(Text(pattern=r"[0-9]{2}", hint="两位数字 (two digits)")),
    "institutions": must(Many(INSTITUTION)),
}

FAMILY = _record(
    "家庭 family",
    husband_older=must(Number()),
    couple_spread=must(WEIGHT),
    mother_age=must(Number(least="15", most="50")),
    mother_spread=must(WEIGHT),
    most_children=must(whole("1")),
    with_parents_to_25=must(SHARE),
    with_parents_to_35=must(SHARE),
    elders_with_child=must(SHARE),
    left_behind=must(SHARE),
    twins=must(SHARE),
)
COHORT = Record(
    "出生队列 cohort",
    {
        "from": must(whole("1800", "2200"), "自此出生年起 (born from this year)"),
        "single": must(SHARE, "单名比例 (one character)"),
        "male": must(Text()),
        "female": must(Text()),
    },
)
PEOPLE: dict[str, Field] = {
    "pyramid": must(Many(_from("年龄组 band", male=must(WEIGHT), female=must(WEIGHT)))),
    "married": must(Many(_from("已婚 married", **BY_SEX))),
    "mortality": must(Many(_from("死亡 deaths", **BY_SEX))),
    "family": must(FAMILY),
    "names": must(_record("姓名 names", listed=must(SHARE), doubled=must(SHARE), cohorts=must(Many(COHORT)))),
    "source_records": must(
        _record(
            "来源记录 source records",
            share=must(SHARE),
            without_identity=must(SHARE),
            without_phone=must(SHARE),
            homophone=must(SHARE),
            mistyped=must(SHARE),
        )
    ),
}

CATEGORY = Record(
    "人员类别 category",
    {
        "code": must(Text()),
        "source": must(Text(), "认定单位 (who says so)"),
        "scope": must(choice("household", "person")),
        "rural": must(SHARE),
        "urban": must(SHARE),
        "lapse": must(SHARE, "年内失效 (ends in the year)"),
        "from": must(Day()),
        "given": may(Text(), "已有此类别者另按 given_share (of those who hold it)"),
        "given_share": may(SHARE),
        "age_from": may(AGE),
        "age_to": may(AGE),
        "alone": may(FLAG, "独居 (lives alone)"),
    },
)
COVERAGE = _record(
    "参保 coverage",
    employee_urban=must(SHARE),
    employee_rural=must(SHARE),
    uninsured=must(SHARE),
    joined_in_year=must(SHARE),
    premium_resident=must(Money()),
    premium_helped=must(Money()),
    wage=must(Money()),
    wage_spread=must(WEIGHT),
    employee_share=must(SHARE),
    employer_share=must(SHARE),
    account_current=must(SHARE),
    account_history=must(WEIGHT),
)
STANDING: dict[str, Field] = {
    "categories": must(Many(CATEGORY)),
    "ages": must(
        Many(
            _record(
                "年龄类别 age", code=must(Text()), source=must(Text()), age_from=must(AGE), age_to=must(AGE)
            )
        )
    ),
    "retirement": must(
        _record("退休 retirement", code=must(Text()), source=must(Text()), male=must(AGE), female=must(AGE))
    ),
    "pregnancy": must(
        _record(
            "孕产 pregnancy",
            code=must(Text()),
            source=must(Text()),
            days_before=must(whole()),
            days_after=must(whole()),
        )
    ),
    "coverage": must(COVERAGE),
}

GOES = Record(
    "去向 goes", {kind: may(WEIGHT) for kind in ("village", "town", "pharmacy", "district", "city", "away")}
)
ILLNESS: dict[str, Field] = {
    "conditions": must(
        Table(_record("慢性病 condition", share=must(SHARE), visits=must(WEIGHT), admissions=must(WEIGHT)))
    ),
    "visits": must(Many(_from("就诊 visits", outpatient=must(WEIGHT), inpatient=must(WEIGHT)))),
    "frailty": must(WEIGHT),
    "antenatal_visits": must(WEIGHT),
    "caesarean": must(SHARE),
    "stay_spread": must(WEIGHT),
    "transfer": must(SHARE),
    "late_settlement": must(SHARE),
    "dies_in_hospital": must(SHARE),
    "late_after_death": must(SHARE),
    "no_visit_on_sunday": must(SHARE),
    "seasons": must(Table(Many(WEIGHT, least=12))),
    "goes": must(
        _record(
            "去向 goes",
            outpatient_urban=must(GOES),
            outpatient_rural=must(GOES),
            inpatient_urban=must(GOES),
            inpatient_rural=must(GOES),
            severe=must(GOES),
            referred_city=must(SHARE),
            referred_away=must(SHARE),
        )
    ),
}

LINE = _record(
    "费用行 line",
    role=must(Text()),
    lines=must(WEIGHT, "平均行数 (lines on average)"),
    amount=may(Money(), "元 (yuan at cost factor 1)"),
    daily=may(FLAG, "按日 (for each day)"),
)
RANKS = Table(Number(least="0"), keys=whole("0", "3"), least=4)
BILLS: dict[str, Field] = {
    "chemotherapy": must(SHARE),
    "emergency": must(_record("疾病应急救助 emergency relief", share=must(SHARE), diagnoses=must(WORDS))),
    "serious_delivery": must(SHARE),
    "good_delivery": must(SHARE),
    "charity": must(_record("爱心门诊 charity", needy=must(WORDS), centre=must(SHARE), hospital=must(SHARE))),
    "level_price": must(RANKS),
    "level_cost": must(RANKS),
    "cost_spread": must(_record("费用离散 spread", outpatient=must(WEIGHT), inpatient=must(WEIGHT))),
    "baskets": must(Table(Many(LINE))),
    "largest_quantity": must(whole("1")),
    "largest_daily": must(whole("1")),
    "unmapped_items": must(whole()),
}

DEFECTS: dict[str, Field] = {"defects": must(Table(SHARE), "预埋问题的比例 (rates of planted defects)")}

KIND = Kind(
    "city",
    "演示城市 (the synthetic city)",
    {**PLACES, **PEOPLE, **STANDING, **ILLNESS, **BILLS, **DEFECTS},
)
"""For reading only; the kind that `packs check` knows lets the inner keys to this file."""
