"""The demonstration city: database, made-up people, log-ins for every role, server and worker."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from kangcheng.config import boot, place
from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.kernel.errors import KangchengError

PASSWORD = "Kangcheng-demo-1"  # noqa: S105  known to everybody: see refuse_production
LOADED = "demo.load"  # the audit event that says the city is in
START_SECONDS = 60
STOP_SECONDS = 15


class DemoError(KangchengError):
    """The demonstration cannot be started."""


def refuse_production() -> None:
    """The demonstration has known passwords, so it is never started on an installation that serves others."""
    if os.environ.get("KANGCHENG_HOSTS") or os.environ.get("KANGCHENG_HTTPS") == "1":
        raise DemoError(
            "演示不能在正式环境启动 (no demonstration in production)",
            where="KANGCHENG_HOSTS, KANGCHENG_HTTPS",
            rule="演示账户的口令是公开的",
            todo="正式环境用 kangcheng upgrade、kangcheng serve 和 kangcheng worker",
        )


def refuse_taken_port(host: str, port: int) -> None:
    """Say at once, not after minutes of work, that somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise DemoError(
                "端口不可用 (port not available)",
                where=f"{host}:{port}",
                todo=f"换一个端口：kangcheng demo --port {port + 1}，或 make demo ARGS='--port {port + 1}'",
            ) from error


def prepare(*, residents: int, seed: int) -> None:
    """Database, tables, city and log-ins; whatever is there already is left as it is."""
    today = datetime.now(CHINA_TZ).date()
    with step("启动数据库 (database)"):
        boot.boot()
    with step("更新数据库结构 (tables)"):
        _migrate()
    _load_city(residents, seed, today)
    with step("台账筛选所用的索引 (indexes of registers)"):
        _index_registers()
    _fill_lake(today)
    with step("准备演示账户 (log-ins)"):
        from kangcheng.config.demo_users import ensure_users

        ensure_users(password=PASSWORD, on=today)


def serve(*, host: str, port: int) -> None:
    """Run server and worker until this process is told to stop; one that dies is started again."""
    commands = {
        "serve": ["serve", "--host", host, "--port", str(port)],
        "worker": ["worker"],
    }
    running = {name: _start(arguments) for name, arguments in commands.items()}
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with step("启动服务 (server)"):
            _wait_for(f"http://{host}:{port}/login/", running["serve"])
        _announce(host, port)
        while True:
            time.sleep(1)
            for name, process in running.items():
                if process.poll() is not None:
                    running[name] = _start(commands[name])
    except KeyboardInterrupt:
        print("\n正在停止 (stopping)…")
    finally:
        _stop(running.values())


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print `title`, and the seconds it took when it is done."""
    print(f"  {title} …", end="", flush=True)
    start = time.monotonic()
    yield
    print(f"\r  ✓ {title}  {time.monotonic() - start:.1f} s", flush=True)


def _migrate() -> None:
    from django.core.management import call_command

    from kangcheng.base import personal

    call_command("migrate", interactive=False, verbosity=0)
    boot.grant()
    personal.mark_keys()


def _index_registers() -> None:
    from kangcheng.work.registers import selectors, services

    services.prepare(selectors.registers().values())


def _load_city(residents: int, seed: int, on: date) -> None:
    """The made-up city, in one transaction with the event that says so: half a city is never left behind."""
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.base.audit import acting, record
    from kangcheng.base.models import AuditEvent
    from kangcheng.synth.load import load_city

    if AuditEvent.objects.filter(action=LOADED).exists():
        print("  ✓ 演示城市已在库中 (city is there)")
        return
    by = system_actor("demo")
    start = time.monotonic()
    with acting(by=by, on=on, why="演示城市", action=LOADED):
        load_city(residents=residents, seed=seed, pack=_pack(), by=by, on=on, progress=_progress())
        record(
            action=LOADED, subject="city:demo", by=by, on=on, detail={"residents": residents, "seed": seed}
        )
    print(
        f"\r\033[K  ✓ 生成并载入 {residents:,} 名居民的一年 (city)  {time.monotonic() - start:.1f} s",
        flush=True,
    )


def _fill_lake(on: date) -> None:
    """The tables behind indicators, exported once; the nightly job keeps them fresh from then on."""
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.performance.indicators import selectors, services

    if selectors.newest() is None:
        with step("导出指标所依据的列式表 (lake)"):
            services.refresh(by=system_actor("demo"), on=on, now=datetime.now(CHINA_TZ), why="演示城市")


def _progress() -> Callable[[str, float], None]:
    """Shows what is being loaded and how far it is, on one line of a terminal or a line a title elsewhere."""
    shown: list[str] = [""]
    start = time.monotonic()

    def show(title: str, share: float) -> None:
        if sys.stdout.isatty():
            print(f"\r\033[K  {'█' * round(20 * share):░<20} {title}", end="", flush=True)
        elif title != shown[0]:
            print(f"    {time.monotonic() - start:5.1f} s  {title}", flush=True)
        shown[0] = title

    return show


def _pack() -> str:
    return os.environ.get("KANGCHENG_PACK", "kangcheng")


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    """One of our commands in a process group of its own, so that Ctrl-C reaches only us and we stop it in order."""
    command = [sys.executable, "-m", "kangcheng.cli.main", *arguments]
    return subprocess.Popen(command, cwd=place.REPOSITORY, start_new_session=True)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
                if answer.status < 400:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise DemoError(
        "服务未能启动 (server did not start)", where=address, todo="运行 kangcheng doctor 查看原因"
    )


def _announce(host: str, port: int) -> None:
    from kangcheng.base.accounts.selectors import find_user
    from kangcheng.config.demo_users import USERS, sample_identity

    print(f"\n  康城已就绪 Kangcheng is ready: http://{host}:{port}/")
    print(f"  口令 password (all log-ins): {PASSWORD}\n")
    for user in (user for user in USERS if find_user(user.login)):
        print(f"    {user.login:<12} {user.title}")
    if number := sample_identity(datetime.now(CHINA_TZ).date()):
        print(
            f"\n  窗口试用：建档立卡并享受低保的居民的身份证号 (for the counter: a made-up registered-poor resident): {number}"
        )
    print("\n  Ctrl-C 停止 (to stop)", flush=True)


def _stop(processes: object) -> None:
    running = [process for process in list(processes) if process.poll() is None]  # type: ignore[call-overload]
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
