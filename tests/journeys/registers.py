"""Steps that journeys take on the pages of registers and processes."""

import re
from datetime import datetime, timedelta
from typing import Any

from kangcheng.kernel.dates import CHINA_TZ

ROW = re.compile(r"/registers/[a-z0-9-]+/[0-9a-f-]{36}/$")
TODAY = datetime.now(CHINA_TZ).date()


def day(before: int = 0) -> str:
    """The day so many days ago as date fields take it."""
    return (TODAY - timedelta(days=before)).isoformat()


def fill(page: Any, values: dict[str, Any], prefix: str = "v_") -> None:
    """Fill a form: lists tick boxes, selects take their code, everything else is typed."""
    for name, value in values.items():
        if isinstance(value, list):
            for box in page.locator(f"input[name={prefix}{name}]").all():
                box.set_checked(box.get_attribute("value") in value)
            continue
        field = page.locator(f"#{prefix}{name}")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def save(page: Any) -> None:
    """Save the form of a row; its page opens."""
    page.click("form#row button:text-is('保存')")
    page.wait_for_url(ROW)


def add(page: Any, register: str, **values: Any) -> str:
    """Write a row by its form; the address of its page."""
    page.goto(f"/registers/{register}/new/")
    fill(page, values)
    save(page)
    return str(page.url)


def refused(page: Any, register: str, **values: Any) -> str:
    """What the form says of a row it does not take."""
    page.goto(f"/registers/{register}/new/")
    fill(page, values)
    page.click("form#row button:text-is('保存')")
    page.wait_for_selector(".note.bad[role=alert]")
    return str(page.inner_text(".note.bad[role=alert]"))


def change(page: Any, row: str, why: str, **values: Any) -> None:
    """Change the row at an address; its page shows both versions afterwards."""
    page.goto(f"{row}edit/")
    fill(page, values)
    page.fill("#why", why)
    save(page)
    assert why in page.inner_text(".timeline")


def remove(page: Any, row: str, why: str) -> None:
    """Strike the row at an address."""
    page.goto(row)
    page.click("summary:text-is('删除')")
    page.fill("#why", why)
    page.click("button[value=remove]")
    page.wait_for_selector("text=这一行已删除")


def restore(page: Any, row: str, why: str) -> None:
    """Take the striking back."""
    page.goto(row)
    page.click("summary:text-is('恢复')")
    page.fill("#why", why)
    page.click("button[value=restore]")
    page.wait_for_selector("summary:text-is('删除')")


def look(page: Any, register: str, **filters: str) -> int:
    """Open the list with filters; the number of rows it says."""
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    page.goto(f"/registers/{register}/?{query}")
    pager = page.locator(".pager")
    return int(re.sub(r"\D", "", pager.inner_text().split("行")[0])) if pager.count() else 0


def figure(page: Any, register: str, title: str) -> float:
    """The figure called `title` above the list, as it stands now."""
    page.goto(f"/registers/{register}/")
    shown = page.locator(".figures .stat", has_text=title).first.locator("b").inner_text()
    return float(re.sub(r"[^\d.-]", "", shown))


def gaps(page: Any, register: str, text: str = "") -> tuple[int, list[str]]:
    """How many have no row, and the names of those listed."""
    page.goto(f"/registers/{register}/gaps/?q={text}")
    return int(page.inner_text("#count")), page.locator("main tbody tr td:first-child").all_inner_texts()


def sheet(page: Any) -> str:
    """Take the list home as a spreadsheet; its file name."""
    with page.expect_download() as taken:
        page.click("text=导出表格")
    return str(taken.value.suggested_filename)


def open_case(page: Any, process: str, institution: str = "", area: str = "", **fields: str) -> str:
    """Open a case; the address of its page."""
    page.goto(f"/cases/open/{process}/")
    if institution:
        page.select_option("#open-institution", label=institution)
    if area:
        page.fill("#open-area", area)
    fill(page, fields, "open-")
    page.click("main form button:text-is('发起')")
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
    return str(page.url)


def step(page: Any, case: str, do: str, comment: str = "", **fields: str) -> str:
    """Take a step of a case; the heading of its page afterwards, which names the state."""
    page.goto(case)
    fill(page, fields, f"{do}-")
    if comment:
        page.fill(f"#{do}-comment", comment)
    page.click(f"form:has(input[name=do][value='{do}']) button.button")
    page.wait_for_selector(".note.good")
    return str(page.inner_text("h1"))
