"""What a receipt shows, and the receipts there are."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from kangcheng.funds.billing import selectors as billing
from kangcheng.funds.billing.types import BillView
from kangcheng.funds.cashier import selectors as cashier
from kangcheng.funds.receipts.models import Receipt
from kangcheng.funds.receipts.types import Line, Printed, ReceiptData, ReceiptError, ReceiptView
from kangcheng.funds.settlement import releases, results
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.funds.settlement.rulebook import Clause, RuleBook
from kangcheng.funds.settlement.types import Answer
from kangcheng.kernel.money import parse_yuan
from kangcheng.registry.catalogues import selectors as catalogues
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.people import selectors as people

PAYERS = "payers"  # code list of the pack that names the payers


def receipt(receipt_id: UUID) -> ReceiptView:
    """One receipt with its prints. Raises ReceiptError when there is none."""
    row = Receipt.objects.filter(pk=receipt_id).prefetch_related("prints").first()
    if row is None:
        raise ReceiptError("没有这张票据 (no such receipt)", where=f"receipt:{receipt_id}")
    return view(row)


def of_subject(kind: str, subject_id: UUID) -> ReceiptView | None:
    """The receipt of a settlement or payment, None when none was issued."""
    row = Receipt.objects.filter(kind=kind, subject_id=subject_id).prefetch_related("prints").first()
    return view(row) if row else None


def data(settlement_id: UUID) -> ReceiptData:
    """Everything the settlement sheet shows: layers, explanation, the clauses quoted, lines, payments."""
    answer = settlements.explained(settlement_id)
    book = releases.kept(answer.release_hash)
    person = people.get(answer.person_id)
    bill = billing.bill(answer.bill_id) if answer.bill_id else None
    names = institutions.names([answer.institution_id])
    return ReceiptData(
        receipt=of_subject("settlement", settlement_id),
        settlement=answer,
        person_name=person.name if person else "",
        identity_masked=person.identity_masked if person else "",
        institution=names.get(answer.institution_id, ""),
        bill_number=bill.number if bill else None,
        diagnosis=bill.diagnosis if bill else str(answer.claim.get("attributes", {}).get("disease", "")),
        lines=_lines(bill, answer),
        payer_titles=payer_titles(book, answer.discharged_on),
        titles=_titles(book, answer),
        clauses=_clauses(book, answer),
        payments=tuple(cashier.payments_of(answer.bill_id)) if answer.bill_id else (),
    )


def payer_titles(book: RuleBook, on: date) -> Mapping[str, str]:
    """Payer code -> Chinese name by the pack's list; empty when it has none."""
    entry = book.at(on).find("codelist", PAYERS)
    return book.at(on).codes(PAYERS) if entry is not None else {}


def _titles(book: RuleBook, answer: Answer) -> dict[str, str]:
    payers = payer_titles(book, answer.discharged_on)
    named = results.titles_of(book.stack(answer.stack, answer.discharged_on))
    paid_by = {layer.id: payers.get(layer.payer, "") for layer in answer.layers}
    return {"split": "费用切分"} | {
        id_: title or paid_by.get(id_) or id_ for id_, (title, _) in named.items()
    }


def view(row: Receipt) -> ReceiptView:
    """A receipt as callers see it."""
    prints = sorted(row.prints.all(), key=lambda one: one.copy)
    return ReceiptView(
        row.pk, row.kind, f"{row.year}-{row.number:07d}", row.issued_on, row.subject_id, row.person_id,
        row.institution_id, tuple(Printed(one.copy, one.printed_name, one.created_at) for one in prints),
    )  # fmt: skip


def _lines(bill: BillView | None, answer: Answer) -> tuple[Line, ...]:
    if bill is not None:
        return tuple(
            Line(one.name, one.quantity, one.unit_price, one.amount, one.insurance_class, one.entitlement)
            for one in bill.lines
            if not one.struck
        )
    rows = answer.claim.get("lines") or [
        {"group": group, "amount": amount} for group, amount in answer.claim.get("groups", {}).items()
    ]
    items = catalogues.items({row["code"] for row in rows if row.get("code")}, answer.discharged_on)
    found = []
    for row in rows:
        amount, quantity = parse_yuan(row["amount"]), int(row.get("quantity", "1"))
        item = items.get(row.get("code", ""))
        name = item.name if item else row.get("code") or row["group"]
        found.append(
            Line(
                name, quantity, amount // quantity, amount, item.insurance_class if item else row["group"], ""
            )
        )
    return tuple(found)


def _clauses(book: RuleBook, answer: Answer) -> dict[str, Clause]:
    """The clauses named in the explanation, in the order of their first mention."""
    found: dict[str, Clause] = {}
    for reason in answer.reasons or ():
        for citation in reason.clause.replace("；", ";").split(";"):
            clause = book.clause(citation.strip())
            if clause is not None:
                found.setdefault(clause.citation, clause)
    return found
