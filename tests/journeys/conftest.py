"""A small demonstration city served as `kangcheng demo` serves it, and a browser for each role that logs in.

KANGCHENG_JOURNEYS_DATA names a folder to keep between runs: the city is then prepared once.
"""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
RESIDENTS = 1500
RUN = secrets.token_hex(
    3
)  # part of every log-in name that a journey opens: a kept city knows those of earlier runs
PASSWORD = "Kangcheng-demo-1"
START_SECONDS = 900
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
]  # fmt: skip
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir>
<alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
<alias><family>monospace</family><prefer><family>Noto Sans SC</family></prefer></alias></fontconfig>"""


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Without a browser the journeys cannot be played: say so instead of failing."""
    if CHROMIUM:
        return
    for item in items:
        if "journeys" in Path(item.path).parts:
            item.add_marker(pytest.mark.skip(reason="chromium is not installed: apt-get install chromium"))


@dataclass(frozen=True)
class City:
    """Where the city is served, the facts about it that a journey needs, and the folder of its pack."""

    url: str
    facts: dict[str, Any]
    pack: Path  # its own copy of the city's pack: a journey may write into it


def own_packs(data: Path) -> Path:
    """A folder of packs beside the data that holds the city's pack as it is now."""
    packs = data / "packs"
    shutil.rmtree(packs, ignore_errors=True)
    shutil.copytree(REPOSITORY / "packs/kangcheng", packs / "kangcheng")
    return packs


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """`kangcheng demo` in a data folder of its own on a free port; stopped in order at the end."""
    kept = os.environ.get("KANGCHENG_JOURNEYS_DATA")
    data = Path(kept) if kept else tmp_path_factory.mktemp("city")
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("KANGCHENG_", "DATABASE_URL", "DJANGO_"))
    }
    packs = own_packs(data)
    environment |= {"KANGCHENG_DATA": str(data), "PYTHONPATH": str(REPOSITORY), "KANGCHENG_PACKS": str(packs)}
    port, log = free_port(), data / "journeys.log"
    command = [
        sys.executable,
        "-m",
        "kangcheng.cli.main",
        "demo",
        "--residents",
        str(RESIDENTS),
        "--port",
        str(port),
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/login/", process, log)
        told = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("facts.py"))],
            cwd=REPOSITORY,
            env=environment,
            check=True,
            capture_output=True,
        )
        yield City(url, json.loads(told.stdout), packs / "kangcheng")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The system's chromium with the font we ship."""
    from playwright.sync_api import sync_playwright

    folder = tmp_path_factory.mktemp("fonts")
    file = folder / "fonts.conf"
    file.write_text(
        FONTS.format(fonts=REPOSITORY / "kangcheng/assets/fonts", cache=folder / "cache"), encoding="utf-8"
    )
    os.environ["FONTCONFIG_FILE"] = str(file)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def visitor(browser: Any, city: City) -> Iterator[Any]:
    """Opens windows that nobody has logged in to: visitor(width=390). Script errors and failed requests fail the test."""
    contexts, faults = [], []

    def make(*, width: int = 1280) -> Any:
        context = browser.new_context(
            base_url=city.url, viewport={"width": width, "height": 900}, locale="zh-CN", accept_downloads=True
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "response",
            lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def log_in(visitor: Any) -> Any:
    """Logs in: log_in("cashier"), log_in("leader", width=390)."""

    def make(login: str, *, password: str = PASSWORD, width: int = 1280) -> Any:
        page = visitor(width=width)
        page.goto("/login/")
        page.fill("#login", login)
        page.fill("#password", password)
        page.click("main form >> nth=0 >> button")
        page.wait_for_load_state()
        assert "/login/" not in page.url, page.inner_text("main")
        return page

    return make


@pytest.fixture(scope="session")
def opened() -> dict[str, str]:
    """Log-in -> password of the accounts that journeys have opened."""
    return {}


@pytest.fixture
def newcomer(log_in: Any, opened: dict[str, str]) -> Any:
    """Opens an account through the system and the security administrator and logs it in: newcomer("fund_auditor", ...)."""

    def make(role: str, *, login: str, institution: str = "", area: str = "") -> Any:
        name = f"{login}-{RUN}"
        if name not in opened:
            opened[name] = open_account(log_in, role, name, institution, area)
        return log_in(name, password=opened[name])

    return make


def open_account(log_in: Any, role: str, login: str, institution: str, area: str) -> str:
    """The password the new account has chosen."""
    system, security = log_in("system"), log_in("security")
    system.goto("/accounts/new/")
    system.fill("#login", login)
    system.fill("#display_name", f"{login}新人")
    system.fill("#why", "新入职")
    system.click("main form button")
    first = system.inner_text(".big")
    system.click("main a.button")
    address = system.url
    security.goto(address)
    security.select_option("#role", role)
    if institution:
        security.select_option("#institution", label=institution)
    if area:
        security.fill("#area", area)
    security.fill("#why", "岗位需要")
    security.click("#grant")
    security.wait_for_selector(".note.good")
    page = log_in(login, password=first)
    chosen = "Willow-Harbour-27"
    for name, text in (("old", first), ("new", chosen), ("again", chosen)):
        page.fill(f"#{name}", text)
    page.click("main form button")
    page.wait_for_url(re.compile("/me/$"))
    return chosen


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the city answers; its log in the error when it does not."""
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            pytest.fail(f"the city stopped:\n{log.read_text('utf-8')[-3000:]}")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"the city did not start:\n{log.read_text('utf-8')[-3000:]}")
