"""Claim/$submit and CoverageEligibilityRequest/$submit: the counter of the funds, spoken in FHIR.

A claim of use `claim` is billed, discharged and settled; one of use `predetermination` is only quoted. The same claim sent
again is answered with the settlement there is.
"""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings

from kangcheng.funds.billing import services as billing
from kangcheng.funds.billing.types import NewLine
from kangcheng.funds.settlement import services as settlement
from kangcheng.funds.settlement.types import AlreadySettled, Draft, DraftLine
from kangcheng.funds.settlement.types import Answer as Settled
from kangcheng.gateway.fhir import people, routes, subjects, writing
from kangcheng.gateway.fhir.exchange import Answer, Asked, of_resource
from kangcheng.gateway.fhir.operations.records import parameter
from kangcheng.gateway.fhir.outcome import FhirError, forbidden
from kangcheng.kernel.errors import Faults
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack
from kangcheng.records.validation.services import faults_of
from kangcheng.registry.coverage import selectors as coverage

SETTINGS = {"institutional": "inpatient", "professional": "outpatient", "pharmacy": "outpatient", "oral": "outpatient",
            "vision": "outpatient"}  # fmt: skip
FEN = Decimal("0.01")
Row = dict[str, Any]


def submit(asked: Asked, kind: str) -> Answer:
    """POST Claim/$submit with a Claim (or Parameters, or a Bundle of one): the ClaimResponse. The claim is kept too."""
    routes.may(asked, "Claim", "c")
    claim = _sent(asked, "Claim")
    person_id = subjects.subject_of(asked, claim)
    place = asked.caller.institution
    if place is None or person_id is None:
        raise forbidden("结算由机构的系统提交 (institutions submit claims)", "令牌须绑定机构")
    if not str(claim["provider"].get("reference", "")).endswith(f"Organization/{place}"):
        raise FhirError(422, "business-rule", "provider 须为本机构 (must be one's own)", where="Claim.provider",
                        todo=f"Organization/{place}")  # fmt: skip
    quoted = claim["use"] != "claim"
    found = _quote(asked, claim, person_id, place) if quoted else _settle(asked, claim, person_id, place)
    response = _response(asked, claim, found)
    if not quoted:
        kept = writing.keep(asked, [writing.Wish(claim), writing.Wish(response)])
        response["id"], response["request"] = kept[1].logical_id, {"reference": f"Claim/{kept[0].logical_id}"}
    return of_resource(response)


def _quote(asked: Asked, claim: Row, person_id: UUID, place: UUID) -> Settled:
    draft = Draft(
        person_id=person_id, institution_id=place, setting=_setting(claim), admitted_on=_days(claim, asked)[0],
        discharged_on=_days(claim, asked)[1], diagnosis=_diagnosis(claim),
        lines=[DraftLine(code, count) for code, count in _lines(claim)],
    )  # fmt: skip
    return settlement.quote(pack=_pack(), by=asked.caller.actor, on=asked.today, draft=draft)


def _settle(asked: Asked, claim: Row, person_id: UUID, place: UUID) -> Settled:
    key, (admitted, discharged) = _key(asked, claim), _days(claim, asked)
    by, on, pack = asked.caller.actor, asked.today, _pack()
    bill = billing.open_bill(
        person_id=person_id, institution_id=place, setting=_setting(claim), admitted_on=admitted, by=by, on=on,
        key=f"{key}-o", diagnosis=_diagnosis(claim), pack=pack,
    )  # fmt: skip
    if bill.state == "open":
        lines = [NewLine(code, count) for code, count in _lines(claim)]
        billing.charge(bill_id=bill.id, lines=lines, by=by, on=on, key=f"{key}-c", pack=pack)
        billing.discharge(bill_id=bill.id, discharged_on=discharged, by=by, on=on)
    try:
        return settlement.settle(bill_id=bill.id, pack=pack, by=by, on=on, key=f"{key}-s")
    except AlreadySettled as error:
        raise FhirError(
            409, "duplicate", error.what, where="Claim", rule=error.rule, todo=error.todo
        ) from error


def _response(asked: Asked, claim: Row, found: Settled) -> Row:
    paid = sum(found.payers.values())
    totals = [
        ("submitted", "报送金额", found.total),
        *((f"payer:{name}", name, fen) for name, fen in found.payers.items()),
    ]
    return {
        "resourceType": "ClaimResponse", "status": "active", "type": claim["type"], "use": claim["use"],
        "patient": claim["patient"], "created": asked.now.isoformat(timespec="seconds"),
        "insurer": {"display": "医疗保障基金"}, "outcome": "complete",
        "identifier": [{"system": "urn:kangcheng:settlement", "value": str(found.number or "quote")}],
        "disposition": f"{found.scheme} {found.stack}：总额 {_yuan(found.total)} 元，基金支付 {_yuan(paid)} 元",
        "total": [
            {"category": {"coding": [{"system": "urn:kangcheng:claim-total", "code": code.replace(' ', '-')}], "text": title},
             "amount": {"value": _yuan(fen), "currency": "CNY"}}
            for code, title, fen in totals
        ],
        "payment": {"type": {"text": "complete"}, "amount": {"value": _yuan(paid), "currency": "CNY"}},
    }  # fmt: skip


def eligibility(asked: Asked, kind: str) -> Answer:
    """POST CoverageEligibilityRequest/$submit: is the resident insured on the day, and in which scheme."""
    routes.may(asked, "CoverageEligibilityRequest", "c")
    request = _sent(asked, "CoverageEligibilityRequest")
    person_id = subjects.subject_of(asked, request)
    if person_id is None:
        raise forbidden("须写明居民 (patient is needed)")
    day = _day(request.get("servicedDate") or request.get("servicedPeriod", {}).get("start")) or asked.today
    held = [
        one
        for one in coverage.rows(person_id)
        if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
    ]
    people.log(asked, [person_id], "fhir:eligibility")
    moment = asked.now.isoformat(timespec="seconds")
    response: Row = {
        "resourceType": "CoverageEligibilityResponse", "status": "active", "purpose": request["purpose"],
        "patient": request["patient"], "servicedDate": day.isoformat(), "created": moment, "outcome": "complete",
        "insurer": {"display": "医疗保障基金"},
    }  # fmt: skip
    kept = writing.keep(asked, [writing.Wish(request)])[0]
    response["request"] = {"reference": f"CoverageEligibilityRequest/{kept.logical_id}"}
    rows = [
        {"coverage": {"reference": f"Coverage/{one.id}", "display": one.scheme}, "inforce": True}
        for one in held
    ]
    response |= {"insurance": rows} if rows else {"disposition": "当日未参保 (not insured on the day)"}
    return of_resource(response)


def _sent(asked: Asked, kind: str) -> Row:
    given = asked.json()
    if isinstance(given, dict) and given.get("resourceType") == "Parameters":
        given = parameter(given, "resource")
    if isinstance(given, dict) and given.get("resourceType") == "Bundle":
        rows = given.get("entry")
        inside = (
            [one.get("resource") for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
        )
        given = next(
            (one for one in inside if isinstance(one, dict) and one.get("resourceType") == kind), given
        )
    faults = faults_of(given)
    if faults:
        raise Faults(faults, where=kind)
    if given["resourceType"] != kind:
        raise FhirError(400, "invalid", f"须为 {kind}", where="resourceType")
    return given


def _lines(claim: Row) -> list[tuple[str, int]]:
    found = []
    for at, item in enumerate(claim.get("item", ())):
        code = next(
            (one.get("code") for one in item["productOrService"].get("coding", ()) if one.get("code")), ""
        )
        count = Decimal(str(item.get("quantity", {}).get("value", 1)))
        if not code or count != count.to_integral_value() or not 0 < count < 1_000_000:
            raise FhirError(
                422, "value", "须有院内收费编码，数量为正整数 (hospital code and whole quantity)", where=f"Claim.item[{at}]",
            )  # fmt: skip
        found.append((code, int(count)))
    if not found:
        raise FhirError(422, "required", "没有收费明细 (no items)", where="Claim.item")
    return found


def _setting(claim: Row) -> str:
    for concept in (claim.get("subType", {}), claim["type"]):
        for one in concept.get("coding", ()):
            code = str(one.get("code", ""))
            if code:
                return SETTINGS.get(code, code)
    return "outpatient"


def _days(claim: Row, asked: Asked) -> tuple[date, date]:
    period = claim.get("billablePeriod", {})
    end = _day(period.get("end")) or asked.today
    return _day(period.get("start")) or end, end


def _day(text: Any) -> date | None:
    return date.fromisoformat(text[:10]) if isinstance(text, str) and len(text) >= 10 else None


def _diagnosis(claim: Row) -> str:
    rows = sorted(claim.get("diagnosis", ()), key=lambda one: one.get("sequence", 0))
    for row in rows:
        for one in row.get("diagnosisCodeableConcept", {}).get("coding", ()):
            if one.get("code"):
                return str(one["code"])
    return ""


def _key(asked: Asked, claim: Row) -> str:
    """One claim, one key: the sender's number of it, else its own content."""
    numbers = [f"{one.get('system')}|{one['value']}" for one in claim.get("identifier", ()) if "value" in one]
    text = numbers[0] if numbers else asked.body.decode("utf-8", "replace")
    return "fhir-" + sha256(f"{asked.caller.actor.user_id}:{text}".encode()).hexdigest()[:40]


def _yuan(fen: int) -> Decimal:
    return (Decimal(fen) * FEN).quantize(FEN)


@lru_cache(maxsize=1)
def _pack() -> Pack:
    return load_pack(settings.CITY_PACK, root=settings.PACKS_FOLDER)
