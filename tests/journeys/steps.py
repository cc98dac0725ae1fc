"""Steps that several journeys take at a counter."""

import re
from typing import Any


def show_card(page: Any, identity: str) -> None:
    """The cashier's counter with somebody's identity card: the visit opens."""
    page.goto("/counter/")
    page.fill("#value", identity)
    page.click("main form button")
    page.wait_for_url(re.compile("/counter/[0-9a-f-]{36}/"))


def fill_visit(
    page: Any,
    items: list[tuple[str, int]],
    *,
    setting: str = "inpatient",
    diagnosis: str = "C34",
    **circumstances: str,
) -> None:
    """Setting, diagnosis, circumstances and item lines; waits for the quote."""
    page.select_option("#setting", setting)
    page.select_option("#referral", "given")
    if diagnosis:
        page.fill("#diagnosis", diagnosis)
    if circumstances:
        page.click("text=影响待遇的其他情形")
        for name, value in circumstances.items():
            page.select_option(f"#c-{name}", value)
    for row, (code, quantity) in enumerate(items):
        page.locator("input[name=code]").nth(row).fill(code)
        with page.expect_response(re.compile("/quote/$")):
            page.locator("input[name=quantity]").nth(row).fill(str(quantity))
            page.locator("input[name=quantity]").nth(row).blur()
    page.wait_for_selector("#quote .big")


def legend(page: Any, where: str) -> dict[str, int]:
    """Who pays what in fen, as the bar's legend says under `where`."""
    found = {}
    for entry in page.locator(f"{where} .legend > span").all_inner_texts():
        title, amount = (
            entry.strip().rsplit(" ", 1)
            if " " in entry.strip()
            else re.split(r"(?=[\d,]+\.\d\d$)", entry.strip(), maxsplit=1)
        )
        found[title.strip()] = fen(amount)
    return found


def fen(text: str) -> int:
    """1,234.50 as 123450."""
    return int(text.replace(",", "").replace(".", "").strip())


def settle(page: Any) -> None:
    """Press the button; the settlement opens."""
    page.click("button[value=settle]")
    page.wait_for_url(re.compile("/claims/[0-9a-f-]{36}/$"))
