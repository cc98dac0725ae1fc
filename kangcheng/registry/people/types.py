"""What crosses the border of people."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from kangcheng.kernel.dates import age_on
from kangcheng.kernel.ids import mask_name

Sex = Literal["M", "F"]
SEXES = {"M": "男", "F": "女"}
FINDS = ("identity", "evoucher", "social_card", "guardian", "agent")
FIND_TITLES = {
    "identity": "身份证",
    "evoucher": "医保电子凭证",
    "social_card": "社会保障卡",
    "guardian": "监护人身份证",
    "agent": "代理人身份证",
}


@dataclass(frozen=True)
class Person:
    """A resident as pages show one: the identity number and the phone masked already."""

    id: UUID
    name: str
    sex: Sex
    birth_on: date
    area_code: str
    household_id: UUID | None
    identity_masked: str
    phone_masked: str
    death_on: date | None = None
    left_on: date | None = None
    left_why: str = ""
    registered_area_code: str = ""
    ethnicity: str = ""

    @property
    def name_masked(self) -> str:
        """张*, 张**"""
        return mask_name(self.name)

    def age(self, on: date) -> int:
        """Full years on the day."""
        return age_on(self.birth_on, on)


@dataclass(frozen=True)
class Facts:
    """What a settlement asks about a person on one day. `person_id` is the golden row's id."""

    person_id: UUID
    name: str
    sex: Sex
    birth_on: date
    death_on: date | None
    left_on: date | None
    area_code: str
    registered_area_code: str
    household_id: UUID | None
    categories: frozenset[str]
    scheme: str | None

    def age(self, on: date) -> int:
        """Full years on the day."""
        return age_on(self.birth_on, on)


@dataclass(frozen=True)
class Contact:
    """The sealed fields opened, for a form or an approved export. Never shown in a list."""

    identity: str = field(repr=False)
    phone: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True)
class NewPerson:
    """A person to be registered. Sex and birth date may be left out where the identity number says them."""

    name: str = field(repr=False)
    area_code: str
    identity: str = field(default="", repr=False)
    sex: str = ""
    birth_on: date | None = None
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    ethnicity: str = ""
    registered_area_code: str = ""
    death_on: date | None = None
    source: str = ""
    id: UUID | None = None


@dataclass(frozen=True)
class Alias:
    """One merge: `person_id` stands for `golden_id`."""

    person_id: UUID
    golden_id: UUID
    why: str
