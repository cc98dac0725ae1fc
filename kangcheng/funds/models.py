"""All tables of the module `funds`, gathered for Django."""

from kangcheng.funds.billing.models import Bill, BillLine, Debt
from kangcheng.funds.cashier.models import DayClose, Payment
from kangcheng.funds.eligibility.models import EligibilityFact
from kangcheng.funds.enrolment.models import Enrolment
from kangcheng.funds.entitlements.models import EntitlementUse
from kangcheng.funds.ledger.models import Account, Entry, MonthClose, Posting
from kangcheng.funds.payouts.models import Payout, PayoutApproval
from kangcheng.funds.procedure.models import Procedure, ProcedureStep
from kangcheng.funds.receipts.models import Receipt, ReceiptPrint, ReceiptSeries
from kangcheng.funds.settlement.models import Accumulator, Balance, Pool, Release, Request, Settlement

__all__ = [
    "Account",
    "Accumulator",
    "Balance",
    "Bill",
    "BillLine",
    "DayClose",
    "Debt",
    "EligibilityFact",
    "Enrolment",
    "EntitlementUse",
    "Entry",
    "MonthClose",
    "Payment",
    "Payout",
    "PayoutApproval",
    "Pool",
    "Posting",
    "Procedure",
    "ProcedureStep",
    "Receipt",
    "ReceiptPrint",
    "ReceiptSeries",
    "Release",
    "Request",
    "Settlement",
]
