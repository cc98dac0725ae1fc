"""Starts the town's processes, kills them by id one after the other, starts them again, and judges what is left."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.faults.clients import Client, Log

REPOSITORY = Path(__file__).resolve().parents[2]
SERVERS = 2
PEOPLE = 24
START_SECONDS = 60.0
TARGETS = ("server", "server", "worker", "database")


@dataclass
class Outcome:
    """What happened."""

    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    retries: int = 0
    seconds: float = 0.0
    logs: list[Log] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


class Process:
    """One child process that is started again after it was killed."""

    def __init__(self, *arguments: str, port: int | None = None) -> None:
        self.arguments, self.port = arguments, port
        self.child = self._start()

    def kill(self) -> None:
        """SIGKILL to this very child, and a new one in its place."""
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()
        self.child = self._start()

    def end(self) -> None:
        """Stop it for good."""
        self.child.kill()
        self.child.wait()

    def ready(self) -> bool:
        """True when it listens (or, without a port, runs)."""
        if self.port is None:
            return self.child.poll() is None
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", *self.arguments], cwd=REPOSITORY, env=dict(os.environ))


def run(
    *, kills: int, clients: int = 8, pause: tuple[float, float] = (0.3, 1.2), seed: int = 1,
    tell: Callable[[str], None] = lambda text: None,
) -> Outcome:  # fmt: skip
    """Let `clients` work while `kills` processes die; returns what was found. KANGCHENG_DATA names a fresh folder."""
    cluster = _ground()
    try:
        return _run(cluster, kills, clients, pause, seed, tell)
    finally:
        cluster.release()


def _run(
    cluster: Any, kills: int, clients: int, pause: tuple[float, float], seed: int, tell: Callable[[str], None]
) -> Outcome:
    ports = [_free_port() for _ in range(SERVERS)]
    servers = [Process("bench.faults.server", str(port), port=port) for port in ports]
    worker = Process("bench.faults.worker")
    started = time.monotonic()
    try:
        _wait(lambda: all(server.ready() for server in servers))
        outcome = _under_fire(cluster, servers, worker, ports, kills, clients, pause, seed, tell)
    finally:
        for process in (*servers, worker):
            process.end()
    tell("comparing")
    _judge(outcome)
    outcome.seconds = time.monotonic() - started
    return outcome


def _ground() -> Any:
    """A fresh database with the town in it."""
    from kangcheng.config.boot import boot, cluster

    boot()
    from django.core.management import call_command
    from django.db import connection

    from bench import town
    from bench.faults.worker import SEEN
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.funds.settlement import services

    call_command("migrate", verbosity=0)
    town.build(PEOPLE)
    with connection.cursor() as sql:
        sql.execute(SEEN)
    for number in range(0, PEOPLE, 4):
        services.credit(
            owner_id=town.household_id(number), owner="household", account="family", amount=300_00, source="basic",
            by=system_actor("credit"), on=town.DAY, why="划入", key=f"credit-{number}",
        )  # fmt: skip
    connection.close()
    return cluster()


def _under_fire(
    cluster: Any, servers: list[Process], worker: Process, ports: list[int], kills: int, clients: int,
    pause: tuple[float, float], seed: int, tell: Callable[[str], None],
) -> Outcome:  # fmt: skip
    from bench import town

    outcome, dice, stop = Outcome(), random.Random(seed), threading.Event()
    people = [str(town.person_id(number)) for number in range(PEOPLE)]
    working = [Client(number, ports, list(people), stop) for number in range(clients)]
    for client in working:
        client.start()
    try:
        for number in range(kills):
            time.sleep(dice.uniform(*pause))
            target = dice.choice(TARGETS)
            _kill(target, cluster, servers, worker, dice)
            outcome.kills[target] += 1
            tell(f"{number + 1}/{kills} {target}")
        time.sleep(1)
    finally:
        stop.set()
        for client in working:
            client.join()
    for client in working:
        outcome.acknowledged.update(verb for verb, _ in client.log.acknowledged.values())
        outcome.refused += len(client.log.refused)
        outcome.retries += client.log.retries
    outcome.logs = [client.log for client in working]
    return outcome


def _kill(target: str, cluster: Any, servers: list[Process], worker: Process, dice: random.Random) -> None:
    if target == "server":
        dice.choice(servers).kill()
    elif target == "worker":
        worker.kill()
    else:
        pid = cluster.server_pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        _wait(lambda: _revived(cluster))


def _revived(cluster: Any) -> bool:
    from kangcheng.base.postgres import EmbeddedServerError

    try:
        cluster.revive()
    except EmbeddedServerError:
        return False  # backends of the killed server are still leaving
    return bool(cluster.running())


def _judge(outcome: Outcome) -> None:
    from django.db import connection

    from bench.faults.verify import findings

    connection.close()
    outcome.findings = findings(outcome.logs)
    connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > give_up:
            raise TimeoutError("a process did not come back")
        time.sleep(0.1)
