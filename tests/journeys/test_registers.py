"""A new register is one file in the city's pack: it appears, takes 5,000 rows, has 12 of them corrected, is counted and given out."""

import io
import time

import pytest
from python_calamine import CalamineWorkbook

from kangcheng.base.sheets import write_sheet
from tests.journeys.conftest import RUN

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ID, TITLE = f"wells-{RUN}", f"饮水井台账{RUN}"
ROWS, SAFE_OF_TEN = 5000, 9
REGISTER = f"""
kind: register
id: {ID}
title: {TITLE}
title_en: Wells for drinking water
module: REG
clauses: [qingyuan#S4-03.25]
about: 每口井一行：所在村、井号、水源、井深、检测日期、水质是否合格。
owner: village
key: [village, well]
label: well
fields:
  - {{id: village, title: 村, title_en: Village, type: area, level: village, required: "yes", filter: "yes"}}
  - {{id: well, title: 井号, title_en: Well, type: text, required: "yes", pattern: "[A-Z]-[0-9]{{4}}", help: 如 W-0001}}
  - {{id: source, title: 水源, title_en: Source, type: code, choices: {{deep: 深井, shallow: 浅井, spring: 泉}}, required: "yes"}}
  - {{id: depth, title: 井深, title_en: Depth, type: number, decimals: "1", help: 米, least: "0", most: "500"}}
  - {{id: tested_on, title: 检测日期, title_en: Tested on, type: date, required: "yes"}}
  - {{id: safe, title: 水质合格, title_en: Safe, type: flag, required: "yes", filter: "yes"}}
cases:
  - name: 井深到上限为止
    on: 2024-05-01
    rows:
      - {{village: "150302001002", well: W-0001, source: deep, depth: "500", tested_on: 2024-04-01, safe: "是"}}
      - {{village: "150302001002", well: W-0002, source: deep, depth: "501", tested_on: 2024-04-01, safe: "是"}}
      - {{village: "150302001002", well: W-0003, source: deep, depth: "0", tested_on: 2024-04-01, safe: "否"}}
      - {{village: "150302001002", well: W-0004, source: deep, depth: "-1", tested_on: 2024-04-01, safe: "是"}}
    expect:
      rows: "2"
      faults: {{"2": 大于上限, "4": 小于下限}}
"""
RATE = f"""
kind: indicator
id: {ID}-safe
title: 井水合格率{RUN}
title_en: Share of wells with safe water
unit: "%"
clauses: [qingyuan#S4-03.25]
direction: up
ratio:
  numerator: {{table: register_{ID.replace("-", "_")}, count: rows, where: {{safe: "yes"}}}}
  denominator: {{table: register_{ID.replace("-", "_")}, count: rows}}
breakdowns: [source]
target: {{comparator: ">=", value: 90%, clause: qingyuan#S4-03.25}}
cases:
  - name: 十口九口合格
    rows:
      register_{ID.replace("-", "_")}:
        - {{repeat: "9", safe: "yes"}}
        - {{safe: "no"}}
    period: 2024-05
    expect: "90.0"
"""
HEADS = ["村", "井号", "水源", "井深", "检测日期", "水质合格"]
SLIPS = [  # place of the cell, what was typed, what it should have been
    (1, "井三十", "W-{n:04d}"), (2, "河水", "深井"), (3, "很深", "36.5"), (3, 5000, "50"), (4, "二月三十", "2024-02-29"), (5, "还行", "是"),
    (0, "无此村", "{village}"), (2, "", "泉"),
    (4, "", "2024-03-01"), (5, "", "是"), (1, "w0", "W-{n:04d}"), (4, "2024-13-01", "2024-12-01"),
]  # fmt: skip


def wells(village):
    """The spreadsheet, and line -> (column, the right text) of the rows that are wrong in it."""
    rows, right = [], {}
    for n in range(ROWS):
        safe = "是" if n % 10 < SAFE_OF_TEN else "否"
        rows.append([village, f"W-{n:04d}", ("深井", "浅井", "泉")[n % 3], n % 300 + 0.5, "2024-04-01", safe])
    for number, (place, typed, wanted) in enumerate(SLIPS):
        n = 11 + 401 * number - (401 * number) % 10
        rows[n][place] = typed
        right[n + 2] = place, wanted.format(n=n, village=village)
    return write_sheet(rows, HEADS), right


def seen(page, address, text):
    """Open the page again until a change in the pack has reached every process of the server."""
    give_up = time.monotonic() + 15
    page.goto(address)
    while text not in page.inner_text("main") and time.monotonic() < give_up:
        page.wait_for_timeout(300)
        page.goto(address)
    assert text in page.inner_text("main")
    page.wait_for_timeout(2200)  # each process looks at the files every two seconds


def test_a_new_register_from_its_file_to_its_rate_and_its_export(city, log_in):
    office = log_in("office")
    office.goto("/registers/")
    assert TITLE not in office.inner_text("main")
    written = (
        city.pack / "work" / "registers" / f"{ID}.yaml",
        city.pack / "work" / "indicators" / f"{ID}-safe.yaml",
    )
    try:
        for path, text in zip(written, (REGISTER, RATE), strict=True):
            path.write_text(text.lstrip(), encoding="utf-8")
        walk(city, office)
    finally:
        for path in written:
            path.unlink()


def walk(city, office):
    """From the list of registers to the workbook."""
    seen(office, "/registers/", TITLE)
    office.click(f"a:text-is('{TITLE}')")
    office.click("a:text-is('表格导入')")
    content, right = wells(city.facts["village"])
    office.set_input_files(
        "#file", {"name": "饮水井.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    )
    office.click("button[value=apply]")
    office.wait_for_selector("#left")
    assert office.inner_text("#left") == str(len(SLIPS)) and "新增 4988 行" in office.inner_text("#messages")
    for line, (place, text) in right.items():
        card = office.locator(f"#line-{line}")
        name = ("village", "well", "source", "depth", "tested_on", "safe")[place]
        card.locator(f"#l{line}-{name}").fill(text)
        card.locator(f"#l{line}-{name}").press("Enter")
        office.wait_for_selector(f"#line-{line}.good")
    assert office.inner_text("#left") == "0"
    counted(office)
    exported(office)


def counted(office):
    """The rate on the register's page at once, and among the indicators after the figures were brought up to date."""
    office.goto(f"/registers/{ID}/")
    figure = office.inner_text(".figures")
    assert "90.0%" in figure and "90%" in figure.split("目标")[1] and "达标" in figure
    office.goto("/reports/")
    office.click("form[action*=refresh] button, form[action*=lake] button")
    office.wait_for_selector("#messages .note.good")
    office.goto(f"/indicators/?title=井水合格率{RUN}")
    row = office.locator(f"tr:has-text('井水合格率{RUN}')").inner_text()
    assert "90.0%" in row and ">= 90%" in row and "达标" in row and "未达标" not in row


def exported(office):
    """All 5,000 rows in a workbook."""
    office.goto(f"/registers/{ID}/")
    with office.expect_download() as taken:
        office.click("a[href*='export=xlsx']")
    with open(taken.value.path(), "rb") as file:
        grid = CalamineWorkbook.from_filelike(io.BytesIO(file.read())).get_sheet_by_index(0).to_python()
    numbers = {row[1] for row in grid[1:]}
    assert grid[0][:6] == HEADS and {f"W-{n:04d}" for n in range(ROWS)} <= numbers and len(grid) == ROWS + 2


def test_the_page_of_the_api_is_served_from_here(log_in):
    office = log_in("office")
    said, asked = [], []
    office.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    office.on("request", lambda request: asked.append(request.url))
    office.goto("/api/docs")
    office.wait_for_selector(".opblock")
    assert office.locator(".opblock").count() >= 8 and said == []
    assert all(url.startswith((office.url.partition("/api/")[0], "data:", "blob:")) for url in asked)
