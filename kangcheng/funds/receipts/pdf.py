"""The settlement sheet on paper: typst sets it with the font that comes with the project, so that no character is lost."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import typst

from kangcheng.funds.receipts.types import PARTS, ReceiptData
from kangcheng.kernel.dates import show_date
from kangcheng.kernel.money import in_words, show_yuan

TEMPLATE = Path(__file__).with_name("settlement.typ")
FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
CLASSES = {"jia": "甲", "yi": "乙", "zifei": "自费"}
STATES = {
    "held": "预结算（未确认）",
    "reversed": "已冲正",
    "expired": "已超时冲正",
    "replaced": "已调整，以新单为准",
}


def settlement(data: ReceiptData, *, watermark: str, copy: int) -> bytes:
    """The PDF of a settlement sheet. `watermark` goes across every page; `copy` 2 and later says it is a reprint."""
    content = json.dumps(_content(data, watermark, copy), ensure_ascii=False)
    return bytes(
        typst.compile(
            TEMPLATE.read_bytes(),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"data": content},
            package_cache_path=str(FONTS),
        )
    )


def _content(data: ReceiptData, watermark: str, copy: int) -> dict[str, Any]:
    answer = data.settlement
    return {
        "watermark": watermark,
        "copy": "" if copy == 1 else f"第 {copy} 次打印",
        "state": STATES.get(answer.state, ""),
        "number": data.receipt.number if data.receipt else "",
        "head": _head(data),
        "lines": [
            [
                one.name, CLASSES.get(one.insurance_class, one.insurance_class), str(one.quantity),
                show_yuan(one.unit_price), show_yuan(one.amount), "减免" if one.entitlement else "",
            ]
            for one in data.lines
        ],
        "layers": [
            [
                data.titles.get(layer.id, layer.id), show_yuan(layer.base), show_yuan(layer.deductible),
                show_yuan(layer.over_ceiling), show_yuan(layer.paid), _note(layer.skipped, layer.given),
            ]
            for layer in answer.layers
        ],
        "sums": _sums(data),
        "reasons": [
            [
                data.titles.get(one.layer, one.layer), one.formula,
                "；".join(f"{name} {number}" for name, number in one.inputs), one.output,
                one.rounding, one.clause,
            ]
            for one in answer.reasons or ()
        ],
        "clauses": [[clause.citation, clause.document, clause.quote] for clause in data.clauses.values()],
        "release": answer.release_hash[:16],
    }  # fmt: skip


def _head(data: ReceiptData) -> list[list[str]]:
    answer = data.settlement
    return [
        ["姓名", data.person_name],
        ["证件号", data.identity_masked],
        ["就诊机构", f"{data.institution}（{answer.level}）"],
        ["就诊号", str(data.bill_number or "")],
        ["入院/就诊", show_date(answer.admitted_on)],
        ["出院", show_date(answer.discharged_on)],
        ["诊断", data.diagnosis],
        ["结算日期", show_date(answer.settled_on)],
        ["结算号", str(answer.number or "")],
    ]


def _sums(data: ReceiptData) -> list[list[str]]:
    """Name and amount of everything that adds up to the bill, then the patient's part in words."""
    answer, titles = data.settlement, data.payer_titles
    rows = [["总费用", show_yuan(answer.total)]]
    rows += [[titles.get(payer, payer), show_yuan(fen)] for payer, fen in answer.payers.items() if fen]
    rows += [
        [f"减免（{titles.get(source, source)}）", show_yuan(fen)]
        for source, fen in answer.waived.items()
        if fen
    ]
    rows += [[f"账户支付（{name}）", show_yuan(fen)] for name, fen in answer.accounts.items() if fen]
    if answer.institution:
        rows.append(["机构负担", show_yuan(answer.institution)])
    rows += [[f"个人：{PARTS.get(part, part)}", show_yuan(fen)] for part, fen in answer.parts.items() if fen]
    rows += [
        [f"现金补助（{titles.get(payer, payer)}）", show_yuan(fen)]
        for payer, fen in answer.allowances.items()
        if fen
    ]
    rows.append(["个人应付合计", show_yuan(answer.cash)])
    rows.append(["大写", in_words(answer.cash)])
    return rows


def _note(skipped: str, given: bool) -> str:
    if skipped:
        return {"when": "不适用", "unless": "除外", "frequency": "次数已用完"}.get(skipped, skipped)
    return "按已付金额" if given else ""


@cache
def font_present() -> bool:
    """True when the shipped font is there; without it a PDF would show boxes."""
    return any(FONTS.glob("*.ttf"))
