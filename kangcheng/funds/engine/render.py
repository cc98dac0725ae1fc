"""A result as data for programs and as lines for people. Amounts become yuan text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kangcheng.funds.engine.result import LayerResult, Reason, Result
from kangcheng.funds.engine.slots import is_count
from kangcheng.kernel.money import show_yuan, yuan

PARTS = {
    "in_scope": "政策范围内未报 in scope",
    "copay": "按比例自付 co-payment",
    "deductible": "起付线 deductible",
    "over_ceiling": "超限额 over ceiling",
    "item_first_pay": "先行自付 item first pay",
    "place_first_pay": "就医地先行自付 place first pay",
    "over_limit": "超限价 over price limit",
    "out_of_scope": "目录外 out of scope",
}


def as_json(result: Result, *, explain: bool = False) -> dict[str, Any]:
    """The result as a mapping of texts; every part and payer is there, zeros too."""
    data: dict[str, Any] = {
        "id": result.claim,
        "total": yuan(result.total),
        "payers": _yuan(result.payers),
        "accounts": _yuan(result.accounts),
        "waived": _yuan(result.waived),
        "institution": yuan(result.institution),
        "parts": _yuan(result.parts),
        "patient": yuan(result.patient),
        "cash": yuan(result.cash),
        "layers": {layer.id: _layer(layer) for layer in result.layers},
        "allowances": _yuan(result.allowances),
        "accumulators": {
            label: str(value) if is_count(label.partition("@")[0]) else yuan(value)
            for label, value in result.accumulators.items()
        },
        "balances": _yuan(result.balances),
        "no_deposit": "yes" if result.no_deposit else "no",
    }
    if explain:
        data["explanation"] = [reason_json(reason) for reason in result.reasons]
    return data


def reason_json(reason: Reason) -> dict[str, Any]:
    """One line of the explanation."""
    return {
        "layer": reason.layer,
        "clause": reason.clause,
        "formula": reason.formula,
        "inputs": dict(reason.inputs),
        "output": reason.output,
        "rounding": reason.rounding,
    }


def as_text(result: Result, *, explain: bool = False) -> str:
    """The result for people, zeros left out."""
    lines = [f"{result.claim}  总费用 total {show_yuan(result.total)}"]
    lines += _rows("付款 paid by", result.payers)
    lines += _rows("账户 account", result.accounts)
    lines += _rows("减免 waived by", result.waived)
    lines += _rows("机构承担 borne by", {"institution": result.institution})
    lines += _rows("个人 patient", {PARTS.get(part, part): amount for part, amount in result.parts.items()})
    lines += _rows("津贴 allowance", result.allowances)
    lines.append(f"  现金 cash {show_yuan(result.cash)}")
    if explain:
        lines += [f"    {line(reason)}" for reason in result.reasons]
    return "\n".join(lines)


def line(reason: Reason) -> str:
    """A reason as one line: layer, formula, numbers, answer, clause."""
    numbers = ", ".join(f"{name} {number}" for name, number in reason.inputs)
    rounding = f"，{reason.rounding}" if reason.rounding else ""
    clause = f" [{reason.clause}]" if reason.clause else ""
    return f"{reason.layer}: {reason.formula}; {numbers} → {reason.output}{rounding}{clause}"


def _yuan(amounts: Mapping[str, int]) -> dict[str, str]:
    return {name: yuan(amount) for name, amount in amounts.items()}


def _rows(title: str, amounts: Mapping[str, int]) -> list[str]:
    return [f"  {title} {name} {show_yuan(amount)}" for name, amount in amounts.items() if amount]


def _layer(layer: LayerResult) -> dict[str, Any]:
    return {
        "payer": layer.payer,
        "base": yuan(layer.base),
        "deductible": yuan(layer.deductible),
        "expense": yuan(layer.expense),
        "over_ceiling": yuan(layer.over_ceiling),
        "copay": yuan(layer.copay),
        "paid": yuan(layer.paid),
        "given": "yes" if layer.given else "no",
        "skipped": layer.skipped,
    }
