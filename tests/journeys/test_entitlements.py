"""What the counter waives, halves and caps for whom, by the documents' own lists; the funding source stands beside it."""

import pytest

from tests.journeys.steps import fen, fill_visit, legend, settle, show_card

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EIGHT = (
    "fee-general-consultation", "fee-in-hospital-consultation", "fee-cataract-surgery", "fee-hiv-antiviral",
    "fee-basic-public-health", "fee-maternal-child-health", "fee-touring-care", "fee-echinococcosis-drugs",
)  # fmt: skip


@pytest.fixture
def cashier(newcomer, city):
    """A cashier of the county hospital."""
    return newcomer("cashier", login="kuaiji", institution=city.facts["hospital"])


def prices(city, names, where="items"):
    """(hospital code, price) of national items."""
    known = city.facts[where]["by_code"]
    return [(known[name]["code"], known[name]["price"]) for name in names]


def waived(page, where):
    """Sum of all that is waived, and the sources as the legend names them."""
    found = {title: amount for title, amount in legend(page, where).items() if title.startswith("减免")}
    return sum(found.values()), found


def test_a_poor_person_is_exempt_from_eight_fees(cashier, log_in, city):
    """cashier: the eight fees come to nothing; the ledger of waived amounts names the fund."""
    items = prices(city, EIGHT)
    show_card(cashier, city.facts["poor_only"][0]["identity"])
    fill_visit(cashier, [(code, 1) for code, _ in items[:6]])
    settle(cashier)
    first, sources = waived(cashier, "main")
    assert first == sum(price for _, price in items[:6]), "the bill is waived to the fen"
    assert any("扶贫专项资金" in title for title in sources)
    assert fen(cashier.inner_text("#cash")) == 0
    show_card(cashier, city.facts["poor_only"][0]["identity"])
    fill_visit(cashier, [(code, 1) for code, _ in items[6:]])
    settle(cashier)
    second, _ = waived(cashier, "main")
    assert second == sum(price for _, price in items[6:])
    assert "八免" in cashier.inner_text("#why") and "relief-2021#S3-02.4" in cashier.inner_text("#why")
    auditor = log_in("auditor")
    auditor.goto("/fund/waivers/")
    text = auditor.inner_text("main")
    assert text.count("八免") >= 8 and "扶贫专项资金" in text


def test_who_is_not_poor_pays_them(cashier, city):
    (code, price), *_ = prices(city, EIGHT)
    show_card(cashier, city.facts["stranger"]["identity"])
    fill_visit(cashier, [(code, 1)], setting="outpatient", diagnosis="J06")
    assert waived(cashier, "#quote")[0] == 0 and price > 0


def test_a_charity_clinic_waives_two_and_halves_four(cashier, city):
    """Registration and consultation at nothing; bed, blood, urine and stool routine at half; for the poor."""
    free = prices(city, ["fee-registration", "fee-consultation"])
    half = prices(city, ["fee-bed", "fee-blood-routine", "fee-urine-routine", "fee-stool-routine"])
    show_card(cashier, city.facts["poor_only"][1]["identity"])
    fill_visit(cashier, [(code, 1) for code, _ in free + half], clinic="charity")
    expected = sum(price for _, price in free) + sum(-(-price // 2) for _, price in half)
    amount, sources = waived(cashier, "#quote")
    assert amount == expected and any("爱心门诊" in title for title in sources)
    settle(cashier)
    assert waived(cashier, "main")[0] == expected


def test_the_benefit_hospital_waives_halves_and_reduces(cashier, city):
    """Three lists of items, only at the benefit hospital."""
    free = prices(city, ["fee-registration", "fee-consultation", "fee-injection", "fee-dressing"])
    half = prices(city, ["fee-nursing", "fee-ecg"])
    reduced = prices(city, ["fee-ct"])
    show_card(cashier, city.facts["poor_only"][2]["identity"])
    lines = [(code, 1) for code, _ in free + half + reduced][:6]
    fill_visit(cashier, lines)
    assert waived(cashier, "#quote")[0] == 0, "elsewhere nothing is waived"
    cashier.click("text=影响待遇的其他情形")
    with cashier.expect_response("**/quote/"):
        cashier.select_option("#c-clinic", "benefit_hospital")
    cashier.wait_for_selector("#quote .legend:has-text('减免')")
    expected = sum(price for _, price in free) + sum(-(-price // 2) for _, price in half)
    assert waived(cashier, "#quote")[0] == expected
    settle(cashier)
    assert "十免" in cashier.inner_text("#why") and "十减半" in cashier.inner_text("#why")


def test_a_migrant_womans_delivery_is_capped(newcomer, city):
    """1,600 for a natural delivery on the pathway at the named hospital; what is above is borne by the hospital."""
    facts = city.facts["maternity"]
    cashier = newcomer("cashier", login="chanke", institution=facts["hospital"])
    dear = facts["items"]["dearest"]["jia"]
    quantity = 400_000 // dear["price"] + 1
    show_card(cashier, facts["woman"]["identity"])
    circumstances = {
        "event": "delivery",
        "delivery": "natural",
        "complication": "none",
        "pathway": "followed",
        "quality": "failed",
        "residence": "urban",
    }
    fill_visit(cashier, [(dear["code"], quantity)], setting="delivery", diagnosis="O80", **circumstances)
    assert "机构承担" not in legend(cashier, "#quote"), "without the quality conditions there is no cap"
    with cashier.expect_response("**/quote/"):
        cashier.select_option("#c-quality", "met")
    cashier.wait_for_selector("#quote .legend:has-text('机构承担')")
    assert legend(cashier, "#quote")["机构承担"] == dear["price"] * quantity - 160_000
    with cashier.expect_response("**/quote/"):
        cashier.select_option("#c-delivery", "caesarean")
    cashier.wait_for_timeout(500)
    assert legend(cashier, "#quote").get("机构承担", 0) == max(0, dear["price"] * quantity - 400_000)
    with cashier.expect_response("**/quote/"):
        cashier.select_option("#c-delivery", "natural")
    settle(cashier)
    assert legend(cashier, "main")["机构承担"] == dear["price"] * quantity - 160_000
    assert "1,600.00" in cashier.inner_text("#why") and "hangzhou-2007#S2-03.12" in cashier.inner_text("#why")
