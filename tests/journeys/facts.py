"""What a journey has to know of the made-up city and no page shows: numbers on cards, codes of items. Printed as JSON."""

import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

POOR = ("registered_poor", "low_income")


def main() -> None:
    from kangcheng.config import boot
    from kangcheng.kernel.dates import CHINA_TZ

    boot.boot()
    on = datetime.now(CHINA_TZ).date()
    sys.stdout.write(json.dumps(facts(on), ensure_ascii=False, default=str))


def facts(on: date) -> dict[str, Any]:
    """Residents, a county hospital where one of them lives, and its items."""
    poor, only, hospital = _poor_at_home(on)
    strangers = _strangers(on, elsewhere=hospital.area_code)
    return {
        "hospital": hospital.name,
        "village": _village(hospital.area_code[:6]),
        "poor": poor[0],
        "poor_others": poor[1:],
        "poor_only": only,
        "stranger": strangers[0],
        "strangers": strangers[1:],
        "resident": _demo_resident(),
        "items": _items(hospital.id, on),
        "own_hospital": _own_hospital(on),
        "maternity": _maternity(on),
        "late_purchase": _late_purchase(on),
    }


def _village(county: str) -> str:
    """Code of a village of the county."""
    from kangcheng.registry.areas import selectors as areas

    return areas.under(county, level=5)[0].code


def _poor_at_home(on: date) -> tuple[list[Any], list[Any], Any]:
    """Registered-poor people with cover in one county: those on the minimum living allowance too, the others, its hospital.

    Who was settled least comes first.
    """
    from django.db.models import Q

    from kangcheng.funds.settlement import selectors as settlements
    from kangcheng.registry.categories import selectors as categories
    from kangcheng.registry.coverage import selectors as coverage
    from kangcheng.registry.institutions import selectors as institutions
    from kangcheng.registry.people import selectors as people

    hospitals = {
        place.area_code[:6]: place
        for place in institutions.list_on(on, type="county_hospital")
        if place.designated
    }
    both: dict[str, list[Any]] = {}
    only: dict[str, list[Any]] = {}
    for person in people.search(people.Wanted(category=POOR[0], living=True), on=on, within=Q(), limit=2000):
        if coverage.scheme_of(person.id, on) == "resident" and person.area_code[:6] in hospitals:
            group = both if set(POOR) <= categories.of(person.id, on) else only
            group.setdefault(person.area_code[:6], []).append(person)
    county = max(both, key=lambda code: len(both[code]))

    def fresh(group: list[Any]) -> list[Any]:
        return [
            _shown(one) for one in sorted(group, key=lambda person: len(settlements.history([person.id])))
        ]

    return fresh(both[county]), fresh(only[county]), hospitals[county]


def _shown(person: Any) -> dict[str, Any]:
    from kangcheng.registry.people import selectors as people

    contact = people.contact(person.id)
    return {
        "id": person.id, "name": person.name, "identity": contact.identity if contact else "", "masked": person.identity_masked,
        "area": person.area_code,
    }  # fmt: skip


def _strangers(on: date, *, elsewhere: str) -> list[dict[str, Any]]:
    """Living grown-ups of another county."""
    from django.db.models import Q

    from kangcheng.registry.people import selectors as people

    grown = people.Wanted(living=True, born_before=date(on.year - 45, 1, 1))
    found = people.search(grown, on=on, within=~Q(area_code__startswith=elsewhere[:6]), limit=60)
    return [one for one in map(_shown, found) if one["identity"]]


def _demo_resident() -> dict[str, Any]:
    from kangcheng.base.accounts import selectors
    from kangcheng.registry.people import selectors as people

    user = selectors.find_user("resident")
    return _shown(people.get(user.person_id))


def _maternity(on: date) -> dict[str, Any]:
    """The hospital with the price cap for migrant women, its items, and such a woman with cover."""
    from django.db.models import Q

    from kangcheng.registry.coverage import selectors as coverage
    from kangcheng.registry.institutions import selectors as institutions
    from kangcheng.registry.people import selectors as people

    (place,) = institutions.list_on(on, text="康城市第三人民医院")
    wanted = people.Wanted(category="migrant_worker", sex="F", living=True)
    women = people.search(wanted, on=on, within=Q(), limit=500)
    insured = [one for one in women if coverage.scheme_of(one.id, on) == "resident"]
    return {"hospital": place.name, "woman": _shown(insured[0]), "items": _items(place.id, on)}


def _own_hospital(on: date) -> dict[str, Any]:
    """The hospital of the demonstration's cashier and manager, with an item nobody has mapped."""
    from kangcheng.base.accounts import selectors
    from kangcheng.registry.catalogues import selectors as catalogues
    from kangcheng.registry.institutions import selectors as institutions

    grant = selectors.find_user("manager").grants.first()
    place = institutions.get(grant.institution_id, on)
    lacking = [one.hospital_code for one in catalogues.unmapped(place.id, on) if one.why == "none"]
    national = catalogues.search("", on, kind="drug", limit=1)[0]
    return {"name": place.name, "unmapped": lacking, "national": national.code, "items": _items(place.id, on)}


def _items(institution_id: Any, on: date) -> dict[str, Any]:
    """National code -> hospital code and price (fen), and the dearest item of each class."""
    from kangcheng.registry.catalogues import selectors as catalogues

    own = catalogues.hospital_items(institution_id, on, limit=1000)
    prices = catalogues.prices(institution_id, [one.code for one in own], on)
    by_code = {
        price.national_code: {"code": code, "price": price.price, "name": price.name}
        for code, price in prices.items()
    }
    dearest = {}
    for kind in ("jia", "yi", "zifei"):
        priced = [p for p in prices.values() if p.insurance_class == kind and not p.price_limit]
        best = max(priced, key=lambda p: p.price)
        dearest[kind] = {"code": best.hospital_code, "price": best.price, "name": best.name}
    return {"by_code": by_code, "dearest": dearest}


def _late_purchase(on: date) -> str:
    """Number of a purchase of 4,200 yuan that the county hospital handed in a fortnight ago and nobody has looked at since."""
    from kangcheng.base.accounts import selectors as accounts
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.kernel.dates import CHINA_TZ
    from kangcheng.kernel.ids import new_id
    from kangcheng.portal import citypack
    from kangcheng.registry.institutions import selectors as institutions
    from kangcheng.work.processes import services
    from kangcheng.work.processes.types import Subject

    user = accounts.find_user("manager")
    by = accounts.actor_for(user, "work", on)
    place = institutions.get(next(iter(by.institutions)), on)
    day = on - timedelta(days=14)
    case = services.open(
        process="equipment-purchase", subject=Subject("institution", str(place.id), place.id, place.area_code),
        pack=citypack.pack(), by=by, on=day, key=str(new_id()),
        fields={"item": "十二导心电图机", "quantity": "1", "amount": "4200"},
    )  # fmt: skip
    paper = ("询价.pdf", "application/pdf", b"%PDF-1.4 three quotations")
    services.take_step(
        case_id=case.id, do="submit", role="applicant", by=by, on=day, files={"quotation": paper}
    )
    services.ring(now=datetime.now(CHINA_TZ), by=system_actor("work.ring_cases"))
    return case.number


if __name__ == "__main__":
    main()
