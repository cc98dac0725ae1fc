"""The cashier of a county hospital: one stop through five payers, every fen explained, paid, printed, taken back."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import fen, fill_visit, legend, settle, show_card

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FIVE = ["基本医保统筹基金", "大病保险", "补充医疗保险", "医疗救助", "医疗爱心基金"]


@pytest.fixture
def cashier(newcomer, city):
    """A cashier where registered-poor residents live."""
    return newcomer("cashier", login="kuaiji", institution=city.facts["hospital"])


@pytest.fixture
def items(city):
    """A dear stay: lines of all three classes, and a consultation that is waived."""
    dearest, known = city.facts["items"]["dearest"], city.facts["items"]["by_code"]
    many = {kind: 6_000_000 // one["price"] + 1 for kind, one in dearest.items()}
    return [
        (dearest["jia"]["code"], many["jia"]), (dearest["yi"]["code"], max(1, many["yi"] // 3)),
        (dearest["zifei"]["code"], 1), (known["fee-general-consultation"]["code"], 1),
    ]  # fmt: skip


def test_five_payers_in_one_stop(cashier, city, items):
    show_card(cashier, city.facts["poor"]["identity"])
    head = cashier.inner_text(".head")
    assert "建档立卡" in head and "最低生活保障" in head and city.facts["poor"]["masked"] in head
    fill_visit(cashier, items)
    quoted = legend(cashier, "#quote")
    for payer in FIVE:
        assert quoted.get(payer, 0) > 0, f"{payer} pays nothing: {quoted}"
    assert sum(quoted.values()) == fen(cashier.locator("#quote .big").first.inner_text()), (
        "the bill is the sum of all"
    )
    settle(cashier)
    settled = legend(cashier, "main")
    assert settled == quoted, "what was quoted is what was settled"
    why = cashier.inner_text("#why")
    for clause in (
        "relief-2021#S3-02.14",
        "relief-2021#S3-02.18",
        "relief-2021#S3-02.21",
        "relief-2021#S3-02.4",
    ):
        assert clause in why, f"{clause} is not quoted"
    assert "40%" in why and "起付标准" in why


def test_the_receipt_is_printed_and_counted(cashier, city, items):
    show_card(cashier, city.facts["poor_others"][0]["identity"])
    fill_visit(cashier, items)
    settle(cashier)
    cash = cashier.inner_text("#cash")
    layers = [fen(text) for text in cashier.locator("#why table b").all_inner_texts()]
    total = fen(cashier.locator(".big").first.inner_text())
    waived = sum(amount for title, amount in legend(cashier, "main").items() if title.startswith("减免"))
    assert sum(layers) + waived + fen(cash) == total, "the sheet by layer sums to the bill"
    cashier.click(".actions a >> text=结算单")
    for copy in (1, 2):
        with cashier.expect_download() as download:
            cashier.click(".actions button:text-is('打印（PDF）')")
        assert download.value.path().read_bytes().startswith(b"%PDF")
        cashier.reload()
        assert f"已打印 {copy} 次" in " ".join(cashier.inner_text(".head").split())
    assert "元" in cashier.inner_text("dl.facts") and cash in cashier.inner_text("dl.facts")


def test_a_double_click_settles_once(cashier, city, items):
    show_card(cashier, city.facts["poor_others"][1]["identity"])
    fill_visit(cashier, items[:1])
    cashier.dblclick("button[value=settle]")
    # The second click may break off the first answer, so only where the page comes to rest counts.
    expect(cashier).to_have_url(re.compile("/claims/[0-9a-f-]{36}/$"), timeout=30_000)
    number = re.search(r"\d+", cashier.inner_text("h1"))[0]
    show_card(cashier, city.facts["poor_others"][1]["identity"])
    recent = cashier.inner_text("main .split > div:last-child table:last-of-type")
    assert recent.count(number) == 1 and cashier.locator("text=近期结算 >> xpath=.. >> tr").count() >= 1
    cashier.goto(f"/claims/?number={int(number) + 1}")
    assert "没有符合条件的结算" in cashier.inner_text("main"), "the second click made another settlement"


def test_paid_then_reversed_with_what_becomes_of_the_later_one(cashier, city, items):
    identity = city.facts["poor_others"][2]["identity"]
    numbers = []
    for _ in range(2):
        show_card(cashier, identity)
        fill_visit(cashier, items)
        settle(cashier)
        numbers.append((re.search(r"\d+", cashier.inner_text("h1"))[0], cashier.url))
    (_, first), (later, _) = numbers
    cashier.goto(first)
    cashier.click(".actions >> text=账单")
    cashier.click("button:text-is('收款')")
    assert "已收款" in cashier.inner_text("#messages"), cashier.inner_text("main")
    assert "0.00" in cashier.inner_text("dl.facts dd:last-of-type")
    cashier.goto(f"{first}reverse/")
    assert later in cashier.inner_text("main table"), "the later settlement is listed with what it becomes"
    cashier.fill("#why", "录错项目")
    cashier.click("main form button.bad")
    cashier.wait_for_selector(".note.good")
    assert "退款结清" in cashier.inner_text("main")
    cashier.click("text=退款结清")
    cashier.wait_for_selector(".note.good")
    cashier.goto(f"/claims/?number={later}")
    assert "已调整" in cashier.inner_text("main table")


def test_who_is_treated_first_pays_no_deposit(cashier, city):
    show_card(cashier, city.facts["poor_others"][3]["identity"])
    cashier.select_option("#setting", "inpatient")
    cashier.click("button[value=open]")
    cashier.wait_for_url(re.compile("/bills/"))
    assert "先诊疗后结算" in cashier.inner_text("main")
    assert cashier.is_disabled("#dep"), "no deposit can be taken"


def test_the_day_is_closed(cashier):
    cashier.goto("/cash/")
    for name in ("cash", "card", "mobile"):
        cashier.fill(f"#m-{name}", "0")
    cashier.click("text=日结并封存")
    cashier.wait_for_selector(".note >> nth=0")
    assert "已日结" in cashier.inner_text("main")
