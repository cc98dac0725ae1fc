"""A resident: own bills, running figures, the receipt, who looked; nobody else's."""

import pytest

from tests.journeys.steps import fill_visit, settle, show_card

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_resident_reads_the_own_settlement(log_in, newcomer, city):
    """resident, after a cashier has settled a visit of theirs."""
    cashier = newcomer("cashier", login="kuaiji", institution=city.facts["hospital"])
    show_card(cashier, city.facts["resident"]["identity"])
    fill_visit(
        cashier, [(city.facts["items"]["dearest"]["jia"]["code"], 3)], setting="outpatient", diagnosis="J06"
    )
    settle(cashier)
    others = cashier.url
    page = log_in("resident", width=390)
    page.goto("/own/")
    assert city.facts["resident"]["name"] in page.inner_text("h1")
    assert (
        city.facts["resident"]["masked"] in page.inner_text("main")
        and city.facts["resident"]["identity"] not in page.content()
    )
    page.click("main table a >> nth=0")
    assert "谁付了多少" in page.inner_text("main") and "为什么是这个数" in page.inner_text("main")
    page.click(".actions >> text=结算单")
    with page.expect_download() as download:
        page.click(".actions form button")
    assert download.value.path().read_bytes().startswith(b"%PDF")
    assert page.url.startswith(others.split("/claims/")[0])
    stranger = city.facts["stranger"]["id"]
    assert page.goto(f"/people/{stranger}/").status == 403
    assert page.goto(f"/counter/{stranger}/").status == 403
