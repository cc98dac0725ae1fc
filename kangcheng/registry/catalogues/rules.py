"""What makes an item or a price acceptable. Pure."""

from fractions import Fraction

from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.kernel.units import parse_rate
from kangcheng.registry.catalogues.types import CLASSES, KINDS, NewHospitalItem, NewItem

MOST_FEN = 10**12  # one unit of anything stays below ten thousand million yuan
MOST_CODE = 64
MOST_NAME = 200


def check_item(new: NewItem, line: int | None = None) -> list[Fault]:
    """Every fault of a national item."""
    faults = [
        *_named(new.kind, new.code, new.name, line),
        *_amounts(line, price=new.price, price_limit=new.price_limit),
    ]
    if new.kind != "diagnosis" and new.insurance_class not in CLASSES:
        faults.append(
            Fault(
                "insurance_class",
                f"没有这种医保类别 (unknown class) {new.insurance_class!r}",
                "、".join(CLASSES),
                line=line,
            )
        )
    try:
        first_pay(new.first_pay)
    except KangchengError as error:
        faults.append(Fault("first_pay", error.what, error.rule or "0% 至 100%", error.todo, line=line))
    if new.valid_to and new.valid_to <= new.valid_from:
        faults.append(Fault("valid_to", "止期须晚于起期 (period is empty)", line=line))
    return faults


def check_hospital_item(new: NewHospitalItem, line: int | None = None) -> list[Fault]:
    """Every fault of an institution's own item."""
    faults = [*_named(new.kind, new.code, new.name, line), *_amounts(line, price=new.price)]
    if new.valid_to and new.valid_to <= new.valid_from:
        faults.append(Fault("valid_to", "止期须晚于起期 (period is empty)", line=line))
    return faults


def first_pay(text: str) -> Fraction:
    """The first-pay share as an exact fraction; "" is nothing. Raises KangchengError for a rate outside 0 to 1."""
    if not text:
        return Fraction(0)
    share = parse_rate(text)
    if not 0 <= share <= 1:
        raise KangchengError("先行自付比例超出范围 (share out of range)", where=text, rule="0% 至 100%")
    return share


def _named(kind: str, code: str, name: str, line: int | None) -> list[Fault]:
    faults = []
    if kind not in KINDS:
        faults.append(Fault("kind", f"没有这种项目 (unknown kind) {kind!r}", "、".join(KINDS), line=line))
    if not code.strip() or len(code) > MOST_CODE:
        faults.append(Fault("code", "编码为空或过长 (bad code)", f"1 至 {MOST_CODE} 位", line=line))
    if not name.strip() or len(name) > MOST_NAME:
        faults.append(Fault("name", "名称为空或过长 (bad name)", f"1 至 {MOST_NAME} 字", line=line))
    return faults


def _amounts(line: int | None, **amounts: int | None) -> list[Fault]:
    return [
        Fault(name, "金额为负或过大 (amount out of range)", f"0 至 {MOST_FEN} 分", line=line)
        for name, fen in amounts.items()
        if fen is not None and not 0 <= fen <= MOST_FEN
    ]
