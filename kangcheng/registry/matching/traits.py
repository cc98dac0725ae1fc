"""What is compared of a person, in one form for all sources: names simplified, numbers plain, addresses cut up. Pure."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.kernel.ids import IdentityError, IdentityNumber
from kangcheng.registry.matching import names
from kangcheng.registry.people.rules import PHONE, plain_phone

SEXES = {"M": "M", "F": "F", "男": "M", "女": "F", "1": "M", "2": "F"}
NUMBERED = re.compile(r"[0-9]+")
IDENTITY = re.compile(r"[0-9]{15}|[0-9]{17}[0-9Xx]")
VILLAGE_DIGITS = 12


@dataclass(frozen=True)
class Traits:
    """One side of a comparison. "" or None: not known."""

    name: str = field(default="", repr=False)
    sex: str = ""
    birth: date | None = field(default=None, repr=False)
    phone: str = field(default="", repr=False)
    identity: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    """Area of residence, 12 digits or fewer."""
    house: str = field(default="", repr=False)
    """The numbers of the address: house, building, unit, room."""
    household: str = field(default="", repr=False)

    @cached_property
    def sounded(self) -> str:
        """How the name is read."""
        return names.sounded(self.name)

    @cached_property
    def turned(self) -> str:
        """The characters of the name in a fixed order."""
        return names.turned(self.name)

    @cached_property
    def near(self) -> frozenset[str]:
        """The name and its shortenings."""
        return frozenset(names.near(self.name))

    @cached_property
    def born(self) -> str:
        """19800131"""
        return f"{self.birth:%Y%m%d}" if self.birth else ""

    @cached_property
    def born_turned(self) -> str:
        """The birth date with month and day exchanged: 19803101."""
        return self.born[:4] + self.born[6:] + self.born[4:6]

    @property
    def home(self) -> str:
        """Village and house in one, or "" where one of them is not known."""
        return f"{self.place}/{self.house}" if len(self.place) == VILLAGE_DIGITS and self.house else ""


@dataclass(frozen=True)
class Read:
    """Traits of what a source wrote, with what had to be put right."""

    traits: Traits
    notes: tuple[Fault, ...]


def read(
    *, name: str, sex: str = "", birth_on: date | None = None, phone: str = "", identity: str = "", area_code: str = "",
    address: str = "", household: str = "",
) -> Read:  # fmt: skip
    """What a source wrote as traits. A number in the wrong field is put where it belongs; an impossible one is left out."""
    notes: list[Fault] = []
    identity, phone = _seated(_plain(identity), plain_phone(phone), notes)
    number = _number(identity, notes)
    traits = Traits(
        name=names.simplified(name),
        sex=SEXES.get(sex.strip(), "") or (number.sex if number else ""),
        birth=birth_on or (number.birth if number else None),
        phone=phone if PHONE.fullmatch(phone) else "",
        identity=number.text if number else identity,
        place=area_code.strip(),
        house=house(address),
        household=household.strip(),
    )
    if phone and not traits.phone:
        notes.append(Fault("phone", "不是电话号码，未参与比对 (not a phone number)"))
    return Read(traits, tuple(notes))


def valid(traits: Traits) -> bool:
    """True when the identity number could be somebody's."""
    try:
        return bool(traits.identity) and IdentityNumber.parse(traits.identity).text == traits.identity
    except IdentityError:
        return False


def house(address: str) -> str:
    """ "凤凰岭街道5号楼2单元301室" -> "5-2-301"; "" where the address has no number."""
    return "-".join(
        found.lstrip("0") or "0" for found in NUMBERED.findall(unicodedata.normalize("NFKC", address))
    )


def without(traits: Traits, *fields: str) -> Traits:
    """The same person with these fields not known."""
    unknown: dict[str, Any] = {name: None if name == "birth" else "" for name in fields}
    return replace(traits, **unknown)


def _seated(identity: str, phone: str, notes: list[Fault]) -> tuple[str, str]:
    """Identity number and phone, exchanged when each is in the other's field."""
    if IDENTITY.fullmatch(phone) and not IDENTITY.fullmatch(identity):
        notes.append(Fault("identity", "证号填在电话栏，已对调 (number in the phone's field)"))
        return phone.upper(), identity
    return identity, phone


def _number(identity: str, notes: list[Fault]) -> IdentityNumber | None:
    if not identity:
        return None
    try:
        return IdentityNumber.parse(identity)
    except IdentityError as error:
        notes.append(Fault("identity", error.what, error.rule, "按相近号码参与比对，不作为唯一依据"))
        return None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
