"""What crosses the border of catalogues. All amounts in fen per unit."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

KINDS = {"drug": "药品", "service": "医疗服务", "material": "耗材", "diagnosis": "诊断"}
CLASSES = {"jia": "甲类", "yi": "乙类", "zifei": "自费"}
STATUSES = {"proposed": "待审核", "approved": "已通过", "rejected": "已退回"}


@dataclass(frozen=True)
class NewItem:
    """A version of a national item. `first_pay` is a rate as text ("10%"); `group` is the engine's, by default the class."""

    kind: str
    code: str
    name: str
    valid_from: date
    unit: str = ""
    insurance_class: str = ""
    group: str = ""
    first_pay: str = ""
    price_limit: int | None = None
    price: int | None = None
    essential: bool = False
    restriction: str = ""
    valid_to: date | None = None


@dataclass(frozen=True)
class Item:
    """A national item as it is on the day asked for. `first_pay` is exact."""

    id: UUID
    kind: str
    code: str
    name: str
    unit: str
    insurance_class: str
    group: str
    first_pay: Fraction
    price_limit: int | None
    price: int | None
    essential: bool
    restriction: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class NewHospitalItem:
    """A version of an institution's own item."""

    institution_id: UUID
    code: str
    name: str
    kind: str
    price: int
    valid_from: date
    unit: str = ""
    valid_to: date | None = None


@dataclass(frozen=True)
class HospitalItem:
    """An institution's own item on the day."""

    id: UUID
    institution_id: UUID
    code: str
    name: str
    kind: str
    unit: str
    price: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class NewMapping:
    """`hospital_code` of the institution is to be the national item `national_code`."""

    institution_id: UUID
    hospital_code: str
    national_code: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True)
class Mapping:
    """A mapping and how far it has come (`status`: proposed, approved, rejected)."""

    id: UUID
    institution_id: UUID
    hospital_code: str
    national_code: str
    status: str
    valid_from: date
    valid_to: date | None
    proposed_by: UUID
    decided_by: UUID | None
    decided_on: date | None
    reason: str


@dataclass(frozen=True)
class Priced:
    """What one unit of an institution's item costs and what the fund knows it as, on the day of the bill.

    `price` is what the institution charges; `over_price` says that it is above the national price. `price_limit` is what
    the fund takes into its base. An item whose mapping leads to nothing in force has no Priced: see `unmapped`.
    """

    institution_id: UUID
    hospital_code: str
    name: str
    kind: str
    unit: str
    price: int
    national_code: str
    national_name: str
    insurance_class: str
    group: str
    first_pay: Fraction
    price_limit: int | None
    over_price: bool


@dataclass(frozen=True)
class Unmapped:
    """An institution's item that no bill can carry yet. `why`: none, proposed, rejected, national (not in force)."""

    hospital_code: str
    name: str
    kind: str
    price: int
    why: str

    @property
    def why_title(self) -> str:
        """未对照, 待审核 ..."""
        titles = {"none": "未对照", "proposed": "待审核", "rejected": "已退回", "national": "国家目录已失效"}
        return titles[self.why]
