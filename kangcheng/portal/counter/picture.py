"""A settlement as people look at it: who pays which part of the bill, the layers, the patient's parts, the reasons."""

from dataclasses import dataclass
from typing import Any

from kangcheng.funds.receipts.types import PARTS
from kangcheng.funds.settlement.types import Answer
from kangcheng.portal import citypack
from kangcheng.portal.counter.explanation import groups, skipped
from kangcheng.portal.counter.figures import figure_text, figure_title, tells
from kangcheng.portal.words import t

COLOURS = ("c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7")
PARTS_EN = {
    "deductible": "deductible", "copay": "co-payment", "item_first_pay": "first pay (item)",
    "place_first_pay": "first pay (place)", "over_limit": "over price limit", "over_ceiling": "over ceiling",
    "out_of_scope": "out of scope", "in_scope": "in scope, unpaid",
}  # fmt: skip


@dataclass(frozen=True)
class Slice:
    """One stretch of the bar: who, how much, how wide."""

    title: str
    amount: int
    share: float
    colour: str


def payer(code: str) -> str:
    """A payer's title in the reader's language."""
    return citypack.title("payers", code)


def part(code: str) -> str:
    """A patient's part in the reader's language; streams of an entry are named by their item group."""
    return t(PARTS[code], PARTS_EN[code]) if code in PARTS else citypack.title("item-groups", code)


def slices(answer: Answer) -> list[Slice]:
    """The bill from first payer to the patient's cash; nothing that is zero."""
    place = {layer.payer: number for number, layer in enumerate(answer.layers)}
    paid = sorted(answer.payers.items(), key=lambda item: place.get(item[0], len(place)))
    rows = [(payer(code), amount) for code, amount in paid]
    rows += [(t("减免：", "waived: ") + payer(code), amount) for code, amount in answer.waived.items()]
    rows += [(t("个人账户", "account"), amount) for amount in answer.accounts.values()]
    rows += [(t("机构承担", "borne by institution"), answer.institution)]
    shown = [(title, amount) for title, amount in rows if amount]
    whole = answer.total or 1
    bars = [
        Slice(title, amount, amount * 100 / whole, COLOURS[i % len(COLOURS)])
        for i, (title, amount) in enumerate(shown)
    ]
    if answer.cash:
        bars.append(Slice(t("个人现金", "patient"), answer.cash, answer.cash * 100 / whole, "cp"))
    return bars


def parts(answer: Answer) -> list[tuple[str, int]]:
    """The patient's parts that are not zero."""
    return [(part(code), amount) for code, amount in answer.parts.items() if amount]


def _title_of(kind: str, id: str) -> str:
    entry = citypack.pack().entries.get((kind, id))
    return t(entry.title, entry.title_en) if entry else id


def shown(answer: Answer) -> dict[str, Any]:
    """All that `portal/counter/_settlement.html` needs."""
    layers = [{"layer": layer, "payer": payer(layer.payer)} for layer in answer.layers if not layer.skipped]
    return {
        "answer": answer,
        "slices": slices(answer),
        "parts": parts(answer),
        "layers": layers,
        "groups": groups(answer),
        "skipped": skipped(answer),
        "stack": _title_of("stack", answer.stack),
        "categories": [citypack.title("person-categories", code) for code in answer.categories],
        "scheme": citypack.title("schemes", answer.scheme),
        "setting": citypack.title("settings", answer.setting),
        "accumulators": [
            (figure_title(name), figure_text(name, value))
            for name, value in sorted(answer.accumulators.items())
            if value and tells(name)
        ],
        "fund_share": answer.fund / answer.total if answer.total else None,
    }
