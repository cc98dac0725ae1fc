"""The real server and worker: they start, outlive a killed database, and leave nothing running."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from kangcheng.base import postgres
from kangcheng.base.postgres import Cluster

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def environment(tmp_path):
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("KANGCHENG") and key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    yield kept | {"KANGCHENG_DATA": str(tmp_path / "data")}
    shutil.rmtree(postgres.home(tmp_path / "data"), ignore_errors=True)
    shutil.rmtree(postgres.socket_folder(tmp_path / "data"), ignore_errors=True)


def start(environment, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "kangcheng.cli.main", *arguments],
        cwd=REPOSITORY, env=environment, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # as a shell does in the background
    )  # fmt: skip


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(question, seconds=30):
    give_up = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < give_up:
        time.sleep(0.2)
    return answer


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def job_done(environment):
    """Hands the worker a job and sees whether it has done one."""
    code = """
        from kangcheng.config.boot import boot
        boot()
        from procrastinate.contrib.django.models import ProcrastinateJob as Job
        from kangcheng.base.jobs import clear_sessions
        if not Job.objects.filter(status="todo").exists():
            clear_sessions.defer(timestamp=0)
        raise SystemExit(not Job.objects.filter(status="succeeded").exists())
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode == 0


def serving_roles(cluster):
    """Who is connected besides the one who asks."""
    with psycopg.connect(**cluster.connection()) as link:
        rows = link.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'kangcheng' AND pid <> pg_backend_pid()"
        )
        return {name for (name,) in rows.fetchall()}


def test_server_and_worker_outlive_a_killed_database(environment, tmp_path):
    code = "from kangcheng.config import boot, demo; boot.boot(); demo._migrate()"
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, env=environment, check=True)
    port = free_port()
    server, worker = (
        start(environment, "serve", "--port", str(port), "--workers", "1"),
        start(environment, "worker"),
    )
    password = (tmp_path / "data" / "keys" / "database").read_text().strip()
    cluster = Cluster(tmp_path / "data", password=password, database="kangcheng")
    try:
        assert until(lambda: answers(port)), "the server did not start"
        first = cluster.server_pid()
        os.kill(first, signal.SIGKILL)
        assert until(lambda: cluster.server_pid() not in (None, first)), "the database was not started again"
        assert until(lambda: answers(port)), "the server did not recover"
        assert worker.poll() is None and server.poll() is None
        assert until(lambda: job_done(environment)), "the worker did not recover"
        assert serving_roles(cluster) == {"kangcheng_serve"}, "served by a role that owns nothing"
    finally:
        for process in (server, worker):
            process.terminate()
        codes = [process.wait(30) for process in (server, worker)]
    assert codes == [0, 0]
    assert until(lambda: cluster.server_pid() is None), "the database was left running"
