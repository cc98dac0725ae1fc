"""Two people field by field: for each field the first level that holds. The same levels in Python and, in `splinked`, in SQL. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kangcheng.registry.matching.traits import Traits

UNKNOWN = "unknown"
ELSE = "else"
NEAR_DAYS = 10
COUNTY, STREET = 6, 9


@dataclass(frozen=True)
class Level:
    """One degree of agreement: its code and what an office reads."""

    code: str
    title: str
    title_en: str
    holds: Callable[[Traits, Traits], bool]


@dataclass(frozen=True)
class Comparison:
    """A field with its levels, the best first; `else` is what is left."""

    code: str
    title: str
    title_en: str
    known: Callable[[Traits], object]
    levels: tuple[Level, ...]

    def level(self, one: Traits, other: Traits) -> str:
        """Code of the first level that holds; UNKNOWN when a side does not say."""
        if not (self.known(one) and self.known(other)):
            return UNKNOWN
        return next((level.code for level in self.levels if level.holds(one, other)), ELSE)

    def words(self, code: str) -> tuple[str, str]:
        """Chinese and English words of a level."""
        fixed = {UNKNOWN: ("未填写", "not given"), ELSE: ("不同", "different")}
        return fixed.get(code) or next((one.title, one.title_en) for one in self.levels if one.code == code)


def one_edit(one: str, other: str) -> bool:
    """True when one sign was changed, left out, added, or exchanged with its neighbour."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    exchanged = len(a) > 1 and len(b) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or exchanged


def _changed_one(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _near_days(one: Traits, other: Traits) -> bool:
    assert one.birth and other.birth
    return abs((one.birth - other.birth).days) <= NEAR_DAYS


NAME = Comparison(
    "name", "姓名", "name", lambda x: x.name,
    (
        Level("exact", "相同（简繁、异体视为同字）", "the same", lambda a, b: a.name == b.name),
        Level("turned", "字相同、次序颠倒", "same characters, other order", lambda a, b: a.turned == b.turned),
        Level("sound", "同音不同字", "sounds the same", lambda a, b: a.sounded == b.sounded),
        Level("one", "差一个字", "one character differs", lambda a, b: bool(a.near & b.near)),
        Level("surname", "仅姓氏相同", "family name only", lambda a, b: a.name[0] == b.name[0]),
    ),
)  # fmt: skip
SEX = Comparison(
    "sex", "性别", "sex", lambda x: x.sex, (Level("exact", "相同", "the same", lambda a, b: a.sex == b.sex),)
)
BIRTH = Comparison(
    "birth", "出生日期", "birth date", lambda x: x.birth,
    (
        Level("exact", "相同", "the same", lambda a, b: a.born == b.born),
        Level("slip", "差一位数字或月日颠倒", "one digit, or month and day exchanged",
              lambda a, b: a.born == b.born_turned or _changed_one(a.born, b.born)),
        Level("near", "相差不超过十天", "within ten days", _near_days),
        Level("year", "年份相同", "same year", lambda a, b: a.born[:4] == b.born[:4]),
    ),
)  # fmt: skip
PHONE = Comparison(
    "phone", "电话", "phone", lambda x: x.phone,
    (
        Level("exact", "相同", "the same", lambda a, b: a.phone == b.phone),
        Level("slip", "差一位数字", "one digit differs", lambda a, b: _changed_one(a.phone, b.phone)),
    ),
)  # fmt: skip
HOME = Comparison(
    "home", "住址", "home", lambda x: x.place,
    (
        Level("house", "同村（社区）同门牌", "same house", lambda a, b: bool(a.home) and a.home == b.home),
        Level("village", "同村（社区）", "same village", lambda a, b: a.place == b.place),
        Level("street", "同乡镇（街道）", "same township", lambda a, b: a.place[:STREET] == b.place[:STREET]),
        Level("county", "同县（区）", "same county", lambda a, b: a.place[:COUNTY] == b.place[:COUNTY]),
    ),
)  # fmt: skip
HOUSEHOLD = Comparison(
    "household", "户号", "household", lambda x: x.household,
    (Level("exact", "相同", "the same", lambda a, b: a.household == b.household),),
)  # fmt: skip
IDENTITY = Comparison(
    "identity", "身份证号", "identity number", lambda x: x.identity,
    (
        Level("exact", "相同", "the same", lambda a, b: a.identity == b.identity),
        Level("slip", "差一位或相邻两位颠倒", "one sign differs", lambda a, b: one_edit(a.identity, b.identity)),
    ),
)  # fmt: skip
COMPARISONS = (NAME, SEX, BIRTH, PHONE, HOME, HOUSEHOLD, IDENTITY)
TITLES = {one.code: one for one in COMPARISONS}


def compare(one: Traits, other: Traits) -> Mapping[str, str]:
    """Field -> level."""
    return {field.code: field.level(one, other) for field in COMPARISONS}
