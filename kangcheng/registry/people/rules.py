"""What makes a person registrable: form and agreement of what is given. Pure."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from kangcheng.kernel.errors import Fault
from kangcheng.kernel.ids import IdentityError, IdentityNumber
from kangcheng.registry.areas.types import well_formed
from kangcheng.registry.people.types import SEXES, NewPerson

MOST_NAME = 64
MOST_AGE_YEARS = 150
PHONE = re.compile(r"(\+?86)?(1[0-9]{10}|0?[0-9]{2,3}[0-9]{7,8}|[0-9]{7,8})")
NAME = re.compile(r"[\w·.'’ \-]+")


@dataclass(frozen=True)
class Checked:
    """The person in normal form, and what is wrong with it."""

    person: NewPerson
    faults: tuple[Fault, ...]


def check(given: NewPerson, on: date, line: int | None = None) -> Checked:
    """`given` in normal form (plain spaces, 18-character number, sex and birth filled in), with all its faults."""
    faults: list[Fault] = []
    number = _identity(given.identity, faults, line)
    person = replace(
        given,
        name=plain_name(given.name),
        identity=number.text if number else given.identity.strip(),
        phone=plain_phone(given.phone),
        address=given.address.strip(),
        sex=given.sex or (number.sex if number else ""),
        birth_on=given.birth_on or (number.birth if number else None),
    )
    faults += _form(person, on, line)
    if number:
        faults += _agreement(person, number, line)
    return Checked(person, tuple(faults))


def plain_name(text: str) -> str:
    """The name with full-width letters made plain, the separating dot unified, and no stray spaces."""
    name = unicodedata.normalize("NFKC", text).replace("•", "·").replace("・", "·").strip()
    return re.sub(r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])", "", name)


def plain_phone(text: str) -> str:
    """Digits only: spaces, dashes and brackets taken out."""
    return re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text))


def same_name(a: str, b: str) -> bool:
    """True when two spellings are one name."""
    return plain_name(a).replace(" ", "").casefold() == plain_name(b).replace(" ", "").casefold()


def _identity(text: str, faults: list[Fault], line: int | None) -> IdentityNumber | None:
    if not text.strip():
        return None
    try:
        return IdentityNumber.parse(text)
    except IdentityError as error:
        faults.append(Fault("identity", error.what, error.rule, error.todo, line=line))
        return None


def _form(person: NewPerson, on: date, line: int | None) -> list[Fault]:
    faults = []
    if not person.name or len(person.name) > MOST_NAME or not NAME.fullmatch(person.name):
        faults.append(Fault("name", "姓名为空或含不能用的字符 (bad name)", f"1 至 {MOST_NAME} 字", line=line))
    if person.sex not in SEXES:
        faults.append(Fault("sex", "缺少性别 (sex missing)", "M 男 / F 女", "填写性别或身份证号", line=line))
    if person.birth_on is None:
        faults.append(
            Fault(
                "birth_on",
                "缺少出生日期 (birth date missing)",
                "年-月-日",
                "填写出生日期或身份证号",
                line=line,
            )
        )
    else:
        faults += _life(person, person.birth_on, on, line)
    if person.phone and not PHONE.fullmatch(person.phone):
        faults.append(
            Fault("phone", "不是电话号码 (not a phone number)", "手机 11 位，或区号加号码", line=line)
        )
    for where, code in (
        ("area_code", person.area_code),
        ("registered_area_code", person.registered_area_code),
    ):
        if (code or where == "area_code") and not well_formed(code):
            faults.append(
                Fault(where, f"不是区划代码 (bad area code) {code!r}", "2、4、6、9 或 12 位数字", line=line)
            )
    return faults


def _life(person: NewPerson, birth: date, on: date, line: int | None) -> list[Fault]:
    faults = []
    if birth > on:
        faults.append(Fault("birth_on", "出生日期在今天之后 (born in the future)", "不晚于登记日", line=line))
    elif on.year - birth.year > MOST_AGE_YEARS:
        faults.append(
            Fault("birth_on", "出生日期过早 (too old)", f"年龄不超过 {MOST_AGE_YEARS} 岁", line=line)
        )
    if person.death_on and (person.death_on < birth or person.death_on > on):
        faults.append(
            Fault(
                "death_on",
                "死亡日期早于出生或在今天之后 (impossible day of death)",
                "出生日至登记日",
                line=line,
            )
        )
    return faults


def _agreement(person: NewPerson, number: IdentityNumber, line: int | None) -> list[Fault]:
    faults = []
    if person.sex in SEXES and person.sex != number.sex:
        faults.append(
            Fault(
                "sex",
                "性别与身份证号不符 (sex disagrees with the number)",
                "GB 11643 第17位",
                "对照证件改正",
                line=line,
            )
        )
    if person.birth_on and person.birth_on != number.birth:
        faults.append(
            Fault("birth_on", "出生日期与身份证号不符 (birth disagrees with the number)", "GB 11643 第7至14位",
                  "对照证件改正", line=line)
        )  # fmt: skip
    return faults
